import Codecs
import Datasets
import Foundation
import Schema
import TestSupport

/// All that annotation files give: records and issues, in order.
struct Reading {
  var records: [ImageRecord] = []
  var issues: [RecordIssue] = []
  private var folder = ""

  /// "error: label.txt:3: what: expected X, found Y", with paths relative to the folder of the test.
  var texts: [String] {
    issues.map {
      "\($0.severity): \($0)".replacingOccurrences(of: folder + "/", with: "")
    }
  }

  init(
    at paths: [String], in folder: String = "", options: ReadingOptions = .wider
  ) throws {
    self.folder = folder
    try read(WiderFace.annotations(at: paths, options: options))
  }

  /// Reads one file of these bytes.
  init(
    _ bytes: some Sequence<UInt8>, named name: String, options: ReadingOptions = .wider
  ) throws {
    try self.init([(name, Array(bytes))], options: options)
  }

  /// Reads one file of this text.
  init(_ text: String, named name: String, options: ReadingOptions = .wider) throws {
    try self.init(text.utf8, named: name, options: options)
  }

  /// Reads several files, merged; they lie beside `others`, which are not read by themselves.
  init(
    _ files: [(name: String, bytes: [UInt8])], beside others: [(name: String, text: String)] = [],
    options: ReadingOptions = .wider
  ) throws {
    self = try withTemporaryDirectory { folder in
      for file in files {
        try TestSupport.write("", to: "\(folder)/\(file.name)")
        try Data(file.bytes).write(to: URL(fileURLWithPath: "\(folder)/\(file.name)"))
      }
      for other in others { try TestSupport.write(other.text, to: "\(folder)/\(other.name)") }
      return try Reading(at: files.map { "\(folder)/\($0.name)" }, in: folder, options: options)
    }
  }

  private mutating func read(_ source: any AnnotationSource) throws {
    var source = source
    while let outcome = try source.next() {
      issues += outcome.issues
      if let record = outcome.record { records.append(record) }
    }
  }
}

extension ReadingOptions {
  static let wider = ReadingOptions(dataset: "wider-face")
}

extension ImageRecord {
  /// The image's own source lines and then those of its faces.
  var sourceLines: [String] {
    var lines: [Substring] = []
    if case .lines(let own) = native { lines += own }
    for face in faces { if case .line(let line) = face.native { lines.append(line) } }
    return lines.map(String.init)
  }
}
