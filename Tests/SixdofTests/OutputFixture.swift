import Foundation
import TestSupport
import Testing

/// A folder with what all commands read.
struct OutputFixture {
  let folder: String

  /// Its files, made once.
  private static let contents = Result {
    try SyntheticSet.with(count: 12, options: ["--size", "96x64"]) { set in
      let fixture = OutputFixture(folder: set.folder)
      try FileManager.default.copyItem(atPath: set.label, toPath: set.folder + "/label.txt")
      let options = ["--images", "images", "--output", "records.jsonl", "--progress", "none"]
      let calls = [
        ["convert", "wider-face", "--annotations", "label.txt"] + options,
        ["label", "records.jsonl", "--output", "labelled.jsonl"],
        ["pack", "labelled.jsonl", "--images", "images", "--output", "parts", "--part", "0/1"],
      ]
      for call in calls { #expect(try fixture.run(call).status == 0) }
      let names = try FileManager.default.subpathsOfDirectory(atPath: set.folder).filter {
        $0.hasPrefix("images/") && $0.hasSuffix(".jpg")
          || ["label.txt", "labelled.jsonl"].contains($0) || $0.hasPrefix("parts-")
      }
      return names.map { (name: $0, bytes: fixture.bytes($0) ?? Data()) }
    }
  }

  static func with<Outcome>(_ body: (OutputFixture) throws -> Outcome) throws -> Outcome {
    let contents = try contents.get()
    return try withTemporaryDirectory { folder in
      let fixture = OutputFixture(folder: folder)
      for (name, bytes) in contents {
        try write("", to: fixture.path(name))
        try bytes.write(to: URL(fileURLWithPath: fixture.path(name)))
      }
      return try body(fixture)
    }
  }

  func run(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run(arguments, in: folder)
  }

  func path(_ name: String) -> String { folder + "/" + name }

  func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: path(name)) }

  func kind(_ name: String) -> mode_t {
    var status = stat()
    return lstat(path(name), &status) == 0 ? status.st_mode & S_IFMT : 0
  }

  /// All names below the folder, to see that nothing was made or lost.
  func names() throws -> Set<String> {
    Set(try FileManager.default.subpathsOfDirectory(atPath: folder))
  }

  /// Runs a command whose output is to be refused: with 64, one line on why, and nothing changed.
  func expectRefused(
    _ command: WritingCommand, _ output: String, _ more: [String] = [], status: Int32 = 64,
    _ place: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let before = try names()
    let outcome = try run(command.call(output, more))
    #expect(
      outcome.status == status, "\(command.testDescription) \(output): \(outcome.errors)",
      sourceLocation: place)
    #expect(!outcome.errors.contains("NSCocoa"), sourceLocation: place)
    #expect(!outcome.errors.isEmpty, sourceLocation: place)
    #expect(try names() == before, "\(command.testDescription) \(output)", sourceLocation: place)
  }
}
