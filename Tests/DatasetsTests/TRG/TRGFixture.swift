import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport

/// What TRG's writer makes of records, in a folder of its own.
struct TRGFixture {
  let folder: String
  private(set) var written: [WrittenRecord] = []
  private(set) var notes: [String] = []

  static let arkitFace = "ARKitFace/"
  static let landmarks = "300W_LP/"
  static let biwi = "BIWI/download_from_official_site/kinect_head_pose_db/hpdb/"

  /// An image of the size that a record states, or for which 300W-LP is read where no image is given.
  static func image(_ record: ImageRecord) throws -> StoredImage {
    let picture = PixelImage(
      width: record.image.width ?? 450, height: record.image.height ?? 450)
    return try StoredImage(bytes: picture.jpeg(quality: 60), with: ImageHeaderReader())
  }

  static func with<Result>(
    _ records: [ImageRecord], sources: [String] = [], tables: ARKitFaceTables? = nil,
    points: ExportOptions.Points = .automatic, _ body: (TRGFixture) throws -> Result
  ) throws -> Result {
    try withTemporaryDirectory { folder in
      var writer = try TRGWriter(
        folder: folder, sources: sources.map(FileTree.init), tables: tables, points: points)
      var fixture = TRGFixture(folder: folder)
      for record in records {
        fixture.written.append(try writer.write(record, image: image(record)))
      }
      try writer.finish()
      fixture.notes = writer.notes
      return try body(fixture)
    }
  }

  func bytes(_ path: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
  }

  func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(path)")
  }

  /// An array of an archive, with its type.
  func array(_ name: String, of path: String) throws -> (type: String, numbers: [Double]) {
    try bytes(path).withUnsafeBytes { bytes in
      try NPZFile(bytes).withArray(name, limit: 1 << 20) {
        ($0.element.littleEndianType, $0.doubles)
      }
    }
  }

  /// `pts_3d` of a file of landmarks.
  func points(_ path: String) throws -> [Double] {
    try bytes(Self.landmarks + path).withUnsafeBytes {
      try MATArrays($0, path: path)["pts_3d"]?.doubles ?? []
    }
  }
}

/// A record of a dataset that TRG does not know, with 68 points.
func recordOf68Points(
  _ dataset: String, _ path: String, split: String? = nil, shift: Double = 0
) -> ImageRecord {
  var face = Face(box: BoundingBox(left: 10, top: 8, right: 50, bottom: 38))
  face.landmarks = Landmarks(
    layout: .ibug68,
    points: (0..<68).map {
      Landmarks.Point(SIMD2(10.25 + Double($0) / 2 + shift, 8 + Double($0 % 30)))
    })
  var image = ImageReference(path: path)
  (image.width, image.height) = (60, 40)
  return ImageRecord(
    source: RecordSource(dataset: dataset, split: split), image: image, faces: [face])
}
