import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

/// What a form's reader makes of a file.
struct FormReading {
  var records: [ImageRecord] = []
  var issues: [String] = []

  /// Reads a file of this text, with other files beside it.
  init(
    _ form: String, _ text: String, named name: String = "a.json",
    beside others: [(name: String, text: String)] = []
  ) throws {
    try self.init(form, Array(text.utf8), named: name, beside: others)
  }

  init(
    _ form: String, _ bytes: [UInt8], named name: String = "a.json",
    beside others: [(name: String, text: String)] = []
  ) throws {
    self = try withTemporaryDirectory { folder in
      try write("", to: "\(folder)/\(name)")
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      for other in others { try write(other.text, to: "\(folder)/\(other.name)") }
      return try FormReading(form, inFolder: folder)
    }
  }

  /// Reads all files of the form in a folder.
  init(_ form: String, inFolder folder: String, hasImages: Bool = false) throws {
    var options = ReadingOptions(dataset: form)
    if hasImages {
      options.images = try ImageStore(path: folder, maximumBytes: 1 << 24, searchesFolders: true)
    }
    let read = try #require(DatasetDescription.named(form)?.readTree)
    var source = try read(FileTree(path: folder), options)
    while let outcome = try source.next() {
      issues += outcome.issues.map { "\($0)" }
      if let record = outcome.record { records.append(record) }
    }
  }

  /// Reads files that are named.
  init(
    _ form: String, _ files: [(name: String, text: String)],
    _ change: (inout ReadingOptions) -> Void = { _ in }
  ) throws {
    self = try withTemporaryDirectory { folder in
      for file in files { try write(file.text, to: "\(folder)/\(file.name)") }
      var options = ReadingOptions(dataset: form)
      change(&options)
      let read = try #require(DatasetDescription.named(form)?.readFiles)
      var reading = FormReading()
      var source = try read(files.map { "\(folder)/\($0.name)" }, options)
      while let outcome = try source.next() {
        reading.issues += outcome.issues.map { "\($0)" }
        if let record = outcome.record { reading.records.append(record) }
      }
      return reading
    }
  }

  private init() {}

  /// The form that a text is recognised as.
  static func form(of text: String, named name: String = "a.json") -> String? {
    Array(text.utf8).withUnsafeBytes { Recognition(of: $0, path: name)?.dataset }
  }

  /// Reads a text with bytes changed, taken out and cut off, and counts how often it was read. It must not crash or hang.
  static func mutate(_ form: String, _ text: String, rounds: Int = 300) throws -> Int {
    var random = SeededRandom(seed: 16)
    let bytes = Array(text.utf8)
    var count = 0
    for round in 0..<rounds {
      var changed = bytes
      for _ in 0..<(1 + round % 3) {
        let place = random.below(changed.count)
        switch random.below(4) {
        case 0: changed[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: changed[place] = Array("{}[],:\"-9e0".utf8)[random.below(11)]
        case 2: changed.remove(at: place)
        default: changed.removeLast(min(changed.count - 1, place / 2))
        }
      }
      _ = try FormReading(form, changed)
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

  var edges: [Double] { [box.left, box.top, box.right, box.bottom] }
}
