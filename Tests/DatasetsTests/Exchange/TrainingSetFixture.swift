import Codecs
import Datasets
import Foundation
import Schema
import TestSupport

/// Records of a small 300W-LP whose faces differ in shape, with plain pictures.
enum TrainingSetFixture {
  /// Coefficients that grow with the record's number, so that none has a deviation of 0.
  static func records(count: Int, set: MATFaceSet) throws -> [ImageRecord] {
    try set.read(native: .all).records.prefix(count).enumerated().map { i, record in
      var record = record
      (record.image.width, record.image.height) = (450, 450)
      guard case .arrays(var arrays) = record.faces[0].native else { return record }
      for (name, length) in [("Shape_Para", 199), ("Exp_Para", 29)] {
        guard let place = arrays.firstIndex(where: { $0.name == name }) else { continue }
        arrays[place] = native(name, (0..<length).map { Double((i + 1) * ($0 + 1)) })
      }
      record.faces[0].native = .arrays(arrays)
      return record
    }
  }

  /// A column of float64 as records keep it.
  static func native(_ name: String, _ numbers: [Double]) -> NativeArray {
    NativeArray(
      name: name, dtype: "<f8", shape: [numbers.count, 1],
      content: .bytes(numbers.flatMap { withUnsafeBytes(of: $0) { Array($0) } }))
  }

  /// A picture of one colour, of 450 x 450 pixels unless told otherwise.
  static func image(side: Int = 450) throws -> StoredImage {
    try StoredImage(
      bytes: PixelImage(width: side, height: side, fill: [200, 100, 50]).jpeg(quality: 90),
      with: ImageHeaderReader())
  }

  /// Writes records in a form.
  @discardableResult
  static func write(
    _ records: [ImageRecord], _ form: String, to folder: String, source: String? = nil,
    _ options: (inout ExportOptions) -> Void = { _ in }
  ) throws -> [WrittenRecord] {
    guard let form = ExportForm.named(form) else { return [] }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var target = ExportForm.Target(folder: folder, sources: source.map { [$0] } ?? [])
    options(&target.options)
    var writer = try form.makeWriter(target)
    let image = try image()
    let written = try records.map { try writer.write($0, image: image) }
    try writer.finish()
    return written
  }

  /// The lines of a file.
  static func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// The numbers of a `.npy` file.
  static func array(_ path: String) throws -> (shape: [Int], numbers: [Double]) {
    try MappedFile(path: path).withBytes {
      let array = try NPYArray($0, name: path)
      return (array.shape, array.doubles)
    }
  }
}
