import Foundation
import Schema
import TestSupport
import Testing

/// A folder with records of synthetic BIWI frames in `records.jsonl`: two persons, a face an image.
struct RecordFiles {
  let folder: String

  static func with<Result>(
    count: Int = 24, _ body: (RecordFiles) throws -> Result
  ) throws -> Result {
    try withTemporaryDirectory { folder in
      let files = RecordFiles(folder: folder)
      let made = try files.run(
        ["synth", "biwi", "--count", "\(count)", "--size", "96x72", "--output", "set"])
      #expect(made.status == 0, "\(made.errors)")
      let options = ["--input", "set", "--native", "none", "--output", "records.jsonl"]
      #expect(try files.run(["convert", "biwi"] + options).status == 0)
      return try body(files)
    }
  }

  func run(_ arguments: [String], input: String? = nil) throws -> Program.Outcome {
    try Program.run(
      arguments + (arguments[0] == "help" ? [] : ["--progress", "none"]), input: input, in: folder)
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
  }

  func lines(_ name: String) throws -> [String] {
    try text(name).split(separator: "\n").map(String.init)
  }

  func records(_ name: String) throws -> [JSONValue] {
    try lines(name).map { try JSONParser.value(of: $0) }
  }

  func write(_ lines: [String], to name: String) throws {
    try TestSupport.write(lines.map { $0 + "\n" }.joined(), to: "\(folder)/\(name)")
  }

  /// The names of what is there beside the input.
  func others() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .filter { !["set", "records.jsonl", "records.issues.jsonl"].contains($0) }
  }
}

extension JSONValue {
  var path: String? { self["image"]?["path"]?.text }
  /// The person of the first face.
  var subject: String? { self["faces"]?.elements?.first?["attributes"]?["subject_id"]?.text }
}
