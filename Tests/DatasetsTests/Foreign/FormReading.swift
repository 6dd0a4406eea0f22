import Codecs
import Datasets
import Foundation
import Schema
import TestSupport

/// What a form's reader gives of files of a test.
struct FormReading {
  var records: [ImageRecord] = []
  /// "error: a.json:3: what: expected X, found Y".
  var issues: [String] = []

  /// Reads files that are named.
  init(
    _ form: String, _ files: [(name: String, text: String)],
    _ change: (inout ReadingOptions) -> Void = { _ in }
  ) throws {
    self = try withTemporaryDirectory { folder in
      for file in files { try TestSupport.write(file.text, to: "\(folder)/\(file.name)") }
      let dataset = try Self.dataset(form)
      var options = ReadingOptions(dataset: form)
      change(&options)
      guard let read = dataset.readFiles else { throw Unknown(form: form) }
      return try FormReading(read(files.map { "\(folder)/\($0.name)" }, options))
    }
  }

  /// Reads a folder.
  init(_ form: String, folder: String, _ change: (inout ReadingOptions) -> Void = { _ in }) throws {
    var options = ReadingOptions(dataset: form)
    options.images = try ImageStore(path: folder, maximumBytes: 1 << 28, searchesFolders: true)
    change(&options)
    guard let read = try Self.dataset(form).readTree else { throw Unknown(form: form) }
    try self.init(read(FileTree(path: folder), options))
  }

  private init(_ source: any AnnotationSource) throws {
    var source = source
    while let outcome = try source.next() {
      issues += outcome.issues.map { "\($0.severity): \($0)" }
      if let record = outcome.record { records.append(record) }
    }
  }

  private static func dataset(_ form: String) throws -> DatasetDescription {
    guard let dataset = DatasetDescription.named(form) else { throw Unknown(form: form) }
    return dataset
  }

  private struct Unknown: Error { var form: String }
}
