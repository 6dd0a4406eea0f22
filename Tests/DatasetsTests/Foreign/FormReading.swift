import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

/// What a form's reader gives of miniature files.
struct FormReading {
  var records: [ImageRecord] = []
  /// "a.json:3: what: expected X, found Y".
  var issues: [String] = []
  /// The pictures that the file holds, of each record.
  var images: [[UInt8]?] = []

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
      return try FormReading(form, at: folder, named: named, change)
    }
  }

  /// Reads a file of this text, with other files beside it.
  init(
    _ form: String, _ text: String, named name: String = "a.json",
    beside others: [(name: String, text: String)] = []
  ) throws {
    var files = [name: text]
    for other in others { files[other.name] = other.text }
    try self.init(form, files)
  }

  /// Reads a folder that is there.
  init(
    _ form: String, at folder: String, named: [String]? = nil,
    _ change: (inout ReadingOptions) throws -> Void = { _ in }
  ) throws {
    var options = ReadingOptions(dataset: form)
    options.images = try ImageStore(path: folder, maximumBytes: 1 << 24, searchesFolders: true)
    try change(&options)
    let dataset = try #require(DatasetDescription.named(form))
    let (readFiles, readTree) = (
      try #require(dataset.readFiles), try #require(dataset.readTree)
    )
    var source =
      try named.map { try readFiles($0.map { "\(folder)/\($0)" }, options) }
      ?? readTree(try FileTree(path: folder), options)
    while let outcome = try source.next() {
      issues += outcome.issues.map { "\($0)" }
      if let record = outcome.record {
        records.append(record)
        images.append(outcome.image)
      }
    }
  }

  /// A JPEG of 320 x 240 pixels.
  static let picture = PixelImage(width: 320, height: 240, fill: [90, 90, 90]).jpeg(quality: 50)

  /// The form that a text is recognised as; nil for none.
  static func form(of text: String, named name: String = "a.json") -> String? {
    Array(text.utf8).withUnsafeBytes { Recognition(of: $0, path: name)?.dataset }
  }

  /// Reads a file again and again with bytes changed, taken out and cut off. It must not crash or hang, and no face may
  /// have a box that is not finite.
  ///
  /// - Returns: how often it was read.
  static func mutate(
    _ form: String, _ text: String, named name: String = "a.json",
    beside others: [String: String] = [:], pictures: [String] = [], seed: UInt64 = 16,
    rounds: Int = 300, _ change: (inout ReadingOptions) throws -> Void = { _ in }
  ) throws -> Int {
    var random = SeededRandom(seed: seed)
    let marks = Array("{}[]<>,;:\"-.9e0 \n\tnaif".utf8)
    var count = 0
    for round in 0..<rounds {
      var changed = Array(text.utf8)
      for _ in 0...(round % 6) {
        let place = random.below(changed.count)
        switch random.below(8) {
        case 0...2: changed[place] = UInt8(truncatingIfNeeded: random.next())
        case 3...5: changed[place] = marks[random.below(marks.count)]
        case 6: if changed.count > 1 { changed.remove(at: place) }
        default: changed.removeLast(min(changed.count - 1, place / 2))
        }
      }
      var files = others.mapValues { Array($0.utf8) }
      files[name] = changed
      do {
        let faces = try FormReading(form, files, pictures: pictures, change)
          .records.flatMap(\.faces)
        #expect(faces.allSatisfy { $0.edges.allSatisfy(\.isFinite) })
      } catch is AnnotationFault {
        // A folder in which no list of the dataset is left.
      }
      count += 1
    }
    return count
  }
}

extension Face {
  /// The landmarks' positions, nil for those that are missing.
  var points: [SIMD2<Double>?] {
    landmarks.map { all in (0..<all.count).map { all.position($0) } } ?? []
  }

  var visibilities: [Landmarks.Visibility] {
    landmarks.map { all in (0..<all.count).map { all[$0].visibility } } ?? []
  }

  func attribute(_ name: String) -> JSONValue? {
    attributes.others.first { $0.name == name }?.value
  }

  /// The box as left, top, right and bottom.
  var edges: [Double] { [box.left, box.top, box.right, box.bottom] }
}
