import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport

/// What a form of annotation files gives for a folder of miniature files.
struct TextFormReading {
  var records: [ImageRecord] = []
  /// "error: file:3: what: expected X, found Y".
  var issues: [String] = []

  /// Reads a folder of these files as a whole, or only the files `named`.
  ///
  /// - Parameter pictures: JPEG files of 320 x 240 pixels.
  init(
    _ form: String, _ files: [String: String], pictures: [String] = [], named: [String]? = nil,
    _ change: (inout ReadingOptions) throws -> Void = { _ in }
  ) throws {
    try self.init(
      form, files.mapValues { Array($0.utf8) }, pictures: pictures, named: named, change)
  }

  /// Reads files of any bytes.
  init(
    _ form: String, _ files: [String: [UInt8]], pictures: [String] = [], named: [String]? = nil,
    _ change: (inout ReadingOptions) throws -> Void = { _ in }
  ) throws {
    self = try withTemporaryDirectory { folder in
      for (name, bytes) in files {
        try TestSupport.write("", to: "\(folder)/\(name)")
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      for name in pictures {
        try TestSupport.write("", to: "\(folder)/\(name)")
        try Data(Self.picture).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      return try TextFormReading(form, at: folder, named: named, change)
    }
  }

  /// Reads a folder that is there.
  init(
    _ form: String, at folder: String, named: [String]? = nil,
    _ change: (inout ReadingOptions) throws -> Void = { _ in }
  ) throws {
    var options = ReadingOptions(dataset: form)
    options.images = try ImageStore(path: folder, maximumBytes: 1 << 20, searchesFolders: true)
    try change(&options)
    guard let dataset = DatasetDescription.named(form), let readTree = dataset.readTree,
      let readFiles = dataset.readFiles
    else { throw CocoaError(.featureUnsupported) }
    var source =
      try named.map { try readFiles($0.map { "\(folder)/\($0)" }, options) }
      ?? readTree(try FileTree(path: folder), options)
    while let outcome = try source.next() {
      issues += outcome.issues.map { "\($0.severity): \($0)" }
      if let record = outcome.record { records.append(record) }
    }
  }

  /// A JPEG of 320 x 240 pixels.
  static let picture = PixelImage(width: 320, height: 240, fill: [90, 90, 90]).jpeg(quality: 50)

  /// Which form files are recognised as; nil for none.
  static func recognised(_ text: String, named name: String) -> String? {
    Array(text.utf8).withUnsafeBytes { Recognition(of: $0, path: name)?.dataset }
  }

  /// Reads a file again and again with bytes changed or cut off; nothing may trap.
  static func mutate(
    _ form: String, _ text: String, named name: String, others: [String: String] = [:],
    pictures: [String] = [], seed: UInt64
  ) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      var bytes = Array(text.utf8)
      for _ in 0...random.below(6) {
        bytes[random.below(bytes.count)] =
          random.below(2) == 0
          ? UInt8(random.below(256)) : Array("-.,;\"eE9\n \t{}naif".utf8)[random.below(17)]
      }
      if random.below(3) == 0 { bytes.removeLast(random.below(bytes.count)) }
      var files = others.mapValues { Array($0.utf8) }
      files[name] = bytes
      let reading = try? TextFormReading(form, files, pictures: pictures)
      for face in reading?.records.flatMap(\.faces) ?? [] {
        guard face.box.left.isFinite, face.box.bottom.isFinite else {
          throw CocoaError(.coderInvalidValue)
        }
      }
    }
  }
}

extension Face {
  /// Points as x and y; nil for a missing one.
  var pairs: [[Double]?] {
    (0..<(landmarks?.count ?? 0)).map { i in landmarks?.position(i).map { [$0.x, $0.y] } }
  }

  /// The box as left, top, right and bottom.
  var sides: [Double] { [box.left, box.top, box.right, box.bottom] }
}
