import Foundation
import TestSupport
import Testing

/// What a command says where its input or output is a stream that cannot be used.
@Suite("Streams that cannot be used")
struct StreamTests {
  private func shell(_ script: String, in folder: String) throws -> Program.Outcome {
    let run = try Run("/bin/bash", ["-c", script], in: folder, input: nil)
    return run.wait()
  }

  @Test(
    "what was asked for and cannot be printed is an error, help and version too",
    arguments: ["--help", "--version", "help", "help convert", "convert --help", "formats"])
  func fullDisk(arguments: String) throws {
    try withTemporaryDirectory { folder in
      let full = try shell("\(Program.path) \(arguments) > /dev/full", in: folder)
      #expect(full.status == 74, "\(full.errors)")
      #expect(full.errors.contains("standard output: write: expected free space where it goes"))
      let printed = try shell("\(Program.path) \(arguments)", in: folder)
      #expect(printed.status == 0 && !printed.output.isEmpty)
      let closed = try shell("\(Program.path) \(arguments) | head -c 1", in: folder)
      #expect(closed.status == 0 && closed.errors.isEmpty, "\(closed.errors)")
    }
  }

  @Test("a pipe as a file is refused with what to do", arguments: ["label", "stats", "merge"])
  func pipes(command: String) throws {
    try withTemporaryDirectory { folder in
      let outcome = try shell(
        "\(Program.path) \(command) <(echo) --output out --progress none", in: folder)
      #expect(outcome.status != 0)
      let expected = "read: expected a file, found a pipe or device"
      #expect(outcome.errors.contains(expected), "\(outcome.errors)")
      #expect(outcome.errors.contains("takes '-' as its input"))
    }
  }
}
