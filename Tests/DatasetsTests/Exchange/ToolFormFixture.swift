import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport

/// Records and files for the forms of drawing tools.
enum ToolFormFixture {
  /// Of each picture, in pixels.
  static let size = SIMD2(450, 450)

  /// An image without faces and without anything else.
  static func record(_ path: String, _ faces: [Face] = []) -> ImageRecord {
    var record = ImageRecord(
      source: RecordSource(dataset: "own"), image: ImageReference(path: path), faces: faces)
    (record.image.width, record.image.height) = (size.x, size.y)
    return record
  }

  /// A face whose numbers no form can round without being seen.
  ///
  /// - Parameters:
  ///   - layout: with all points in the box; nil for none.
  ///   - x: of its box.
  ///   - missing: the points that are not there.
  static func face(
    _ layout: Landmarks.Layout? = .face5, x: Double = 20.125, missing: Set<Int> = []
  ) -> Face {
    var face = Face(box: BoundingBox(left: x, top: 30.0625, right: x + 96.7, bottom: 151.3))
    guard let layout else { return face }
    var points = Landmarks(layout: layout)
    for i in 0..<layout.count where !missing.contains(i) {
      // Eyes and corners of the mouth from left to right, as on an upright face.
      let place = SIMD2(x + 5.1 + Double(i * 37 % 80), 40.3 + 1.37 * Double(i))
      points[i] = Landmarks.Point(place, i % 4 == 1 ? .occluded : .visible)
    }
    if layout == .face5 {
      for (i, x) in [(0, 10.0), (1, 70.5), (2, 40), (3, 20), (4, 60.25)] where !missing.contains(i)
      {
        points[i] = Landmarks.Point(
          SIMD2(face.box.left + x, points[i].position.y), points[i].visibility)
      }
    }
    face.landmarks = points
    return face
  }

  /// Faces of both layouts, with points missing and without any, images with several and none, names of all kinds.
  static func records(_ layouts: [Landmarks.Layout] = [.face5, .ibug68]) -> [ImageRecord] {
    let points = layouts.map { face($0, x: $0 == .face5 ? 20.125 : 200.7) }
    return [
      record("a.jpg", points),
      record("a b/größe, \"x\" & <y> 'z' ;50%.jpg", [face(layouts[0]), face(nil, x: 300)]),
      record("none/x.jpg"),
      record("profile.jpg", [face(layouts[0], missing: layouts[0] == .face5 ? [1, 4] : [3, 9])]),
      record("masked/m.jpg", [face(layouts[0], missing: layouts[0] == .face5 ? [2, 3, 4] : [0])]),
    ]
  }

  /// Writes records with pictures and reads them back.
  static func roundTrip(
    _ records: [ImageRecord], _ form: String, as reader: String,
    _ options: (inout ExportOptions) -> Void = { _ in }
  ) throws -> FormReading {
    try withTemporaryDirectory { folder in
      try TrainingSetFixture.write(records, form, to: folder, options)
      return try FormReading(reader, at: folder)
    }
  }

  /// The files that a form makes of records, by their names; without pictures.
  static func files(
    _ records: [ImageRecord], _ form: String, remarks: [ImageRemarks] = [],
    _ options: (inout ExportOptions) -> Void = { _ in }
  ) throws -> [String: String] {
    try withTemporaryDirectory { folder in
      guard let form = ExportForm.named(form) else { return [:] }
      var target = ExportForm.Target(folder: folder)
      target.hasRemarks = !remarks.isEmpty
      options(&target.options)
      var writer = try form.makeWriter(target)
      if !remarks.isEmpty, var remarking = writer as? any RemarkingWriter {
        for (record, words) in zip(records, remarks) {
          try remarking.write(record, image: nil, remarks: words)
        }
        try remarking.finish()
      } else {
        for record in records { try writer.write(record, image: nil) }
        try writer.finish()
      }
      var files: [String: String] = [:]
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
      for name in names where name.contains(".") {
        files[name] = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
      }
      return files
    }
  }

  /// What a form would lose of a record.
  static func losses(
    _ record: ImageRecord, _ form: String, _ options: (inout ExportOptions) -> Void = { _ in }
  ) throws -> [String] {
    try withTemporaryDirectory { folder in
      guard let form = ExportForm.named(form) else { return [] }
      var target = ExportForm.Target(folder: folder)
      options(&target.options)
      return try form.makeWriter(target).losses(of: record)
    }
  }
}

extension Face {
  /// Whether box and points are the same to a billionth of a pixel, and visibilities exactly.
  func agrees(with other: Face) -> Bool {
    guard zip(edges, other.edges).allSatisfy({ abs($0 - $1) < 1e-9 }),
      visibilities == other.visibilities
    else { return false }
    return zip(points, other.points).allSatisfy { mine, theirs in
      guard let mine, let theirs else { return (mine == nil) == (theirs == nil) }
      return abs(mine.x - theirs.x) < 1e-9 && abs(mine.y - theirs.y) < 1e-9
    }
  }
}

extension [UInt8] {
  /// A JPEG file with an EXIF block that states an orientation.
  func withOrientation(_ value: Int) -> [UInt8] {
    let tiff: [UInt8] =
      [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1]
      + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(value), 0, 0] + [0, 0, 0, 0]
    let payload = [UInt8]("Exif\0\0".utf8) + tiff
    let segment: [UInt8] = [0xFF, 0xE1, 0, UInt8(payload.count + 2)]
    return [UInt8](self[..<2]) + segment + payload + [UInt8](self[2...])
  }
}
