import Codecs
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@testable import Datasets

@Suite("Crops for networks of angles")
struct AngleCropTests {
  /// Red is the column, green the row.
  private static let picture = {
    var image = PixelImage(width: 100, height: 80)
    for y in 0..<80 {
      for x in 0..<100 {
        image.pixels[3 * (y * 100 + x)] = UInt8(x)
        image.pixels[3 * (y * 100 + x) + 1] = UInt8(y)
      }
    }
    return image
  }()

  private func encode(
    _ record: ImageRecord, _ form: AngleArrayWriter.Form = .fsaNet, bytes: [UInt8]? = nil
  ) throws -> AngleCropEncoder.Sample {
    var encoder = AngleCropEncoder(form)
    let image = try StoredImage(bytes: bytes ?? Self.picture.png(), with: ImageHeaderReader())
    return try encoder.encode(record, image: image)
  }

  private func crop(_ record: ImageRecord) throws -> AngleCrop {
    guard case .crop(let crop, _) = try encode(record) else {
      throw RejectedRecord(RecordIssue(.missingPose, at: record.location, "left out"))
    }
    return crop
  }

  /// - Parameter points: x of all, then y of all.
  private func record(points: [Double], path: String = "AFW/a.jpg") -> ImageRecord {
    let arrays = [
      MATArray(
        name: "Pose_Para", floats: [0.1, 0.2, 0.3, 50, 40, 0, 1e-3], rows: 1, columns: 7),
      MATArray(name: "pt2d", doubles: points, rows: 2, columns: points.count / 2),
    ]
    var face = Face(box: BoundingBox(left: 0, top: 0, right: 1, bottom: 1))
    face.pose = HeadPose(
      rotationVector: EulerConvention.aflw.rotation(
        of: EulerAngles(
          pitch: Double(Float(0.1)), yaw: Double(Float(0.2)), roll: Double(Float(0.3)))
      ).rotationVector, translation: [0, 0, 1], provenance: .annotation)
    face.native = .arrays(
      arrays.map {
        NativeArray(
          name: $0.name, dtype: $0.element.rawValue, shape: [$0.rows, $0.columns],
          content: .bytes($0.bytes))
      })
    return ImageRecord(
      source: RecordSource(dataset: "300w-lp"), image: ImageReference(path: path), faces: [face])
  }

  @Test("the points' bounds and 0.6 on each side, without the last column and row, blue first")
  func part() throws {
    // 40...50 and 30...50: columns 34 to 55, rows 18 to 61.
    let crop = try crop(record(points: [40.9, 50.9, 30.9, 50.9]))
    let expected = Self.picture.resizedLikeOpenCV(
      width: 64, height: 64, columns: 34..<56, rows: 18..<62)
    var found = crop.pixels
    for i in stride(from: 0, to: found.count, by: 3) { found.swapAt(i, i + 2) }
    #expect(found == expected.pixels)
    #expect(crop.set == "AFW" && crop.name == "a.jpg")
    #expect(length(crop.angles - SIMD3(0.2, 0.1, 0.3)) < 1e-6)
  }

  @Test("points that are not above 0 do not count, by the coordinate that leaves fewer")
  func missingPoints() throws {
    // By y, one point of three is left.
    let found = try crop(record(points: [40, 60, 20, -1, -1, 30, 40, -1, -1, -1]))
    let expected = try crop(record(points: [40, 60, 30, 40]))
    #expect(found.pixels == expected.pixels)
  }

  @Test(
    "a crop without pixels is an issue at its record",
    arguments: [
      [-5, -1, -5, -1], [40, 40, 30, 50], [200, 240, 30, 50], [.nan, .nan, 3, 4],
      [1e300, 50, 1, 2], [.infinity, 50, 1, 2],
    ] as [[Double]])
  func noPixels(points: [Double]) {
    #expect(throws: RejectedRecord.self) { try crop(record(points: points)) }
  }

  @Test("a broken image is an issue, and no error that ends the run")
  func brokenImage() throws {
    var bytes = Self.picture.png()
    // Within the compressed pixels.
    for i in bytes.count / 2..<bytes.count / 2 + 8 { bytes[i] ^= 0xFF }
    let error = #expect(throws: RejectedRecord.self) {
      try encode(record(points: [40, 50, 30, 50]), bytes: bytes)
    }
    #expect(error?.issue.code == .unreadableImage)
    #expect(error?.issue.detail.hasPrefix("image 'AFW/a.jpg': ") == true)
  }

  @Test("what cannot be cropped is left out by its reason")
  func reasons() throws {
    func reason(_ change: (inout ImageRecord) -> Void, _ form: AngleArrayWriter.Form = .fsaNet)
      throws -> String
    {
      var record = record(points: [40, 50, 30, 50])
      change(&record)
      guard case .leftOut(let reason) = try encode(record, form) else { return "none" }
      return reason
    }
    #expect(try reason { $0.faces = [] } == "images without a face")
    #expect(try reason { $0.faces[0].pose = nil } == "images without a pose")
    #expect(try reason { $0.image.path = "a.jpg" }.hasPrefix("images in no folder"))
    #expect(try reason { $0.faces[0].native = nil }.hasPrefix("images without the pt2d"))
    #expect(
      try reason {
        $0.source.dataset = "arkitface"
        $0.faces[0].native = nil
      }.hasPrefix("images of 'arkitface', which has no"))
    #expect(try reason({ _ in }, .sixDRepNetBiwi).contains("(form 6drepnet)"))
  }
}
