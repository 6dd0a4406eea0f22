import Codecs
import Foundation
import Schema
import TestSupport
import Testing

@Suite(
  "infer and annotate that were killed", .enabled(if: canInfer, "needs OpenVINO; run Scripts/setup")
)
struct ResumedInferenceTests {
  /// A run that is killed once it has found faces in some images, of sixteen.
  private struct Killed {
    let set: SyntheticSet
    let arguments: [String]
    let output: String

    init(_ command: String, of set: SyntheticSet, _ options: [String] = []) throws {
      self.set = set
      output = set.folder + "/\(command)"
      arguments = [command, set.images, "--jobs", "1", "--progress", "none"] + options
      let run = try Run(Program.path, arguments + ["--output", output])
      let found = found
      #expect(run.waits { (try? Data(contentsOf: found).count { $0 == 10 }) ?? 0 >= 2 })
      run.send(SIGKILL)
      #expect(run.wait().status == 128 + SIGKILL)
      #expect(!FileManager.default.fileExists(atPath: output))
    }

    /// What it keeps of the faces that it found.
    var found: URL {
      URL(
        fileURLWithPath: output + ".partial/\(URL(fileURLWithPath: output).lastPathComponent).found"
      )
    }

    /// Goes on with it.
    func resume(_ options: [String] = []) throws -> Program.Outcome {
      try Program.run(arguments + ["--output", output, "--resume"] + options)
    }

    /// What a run gives that nothing disturbed.
    func undisturbed() throws -> Data {
      let whole = set.folder + "/whole"
      let run = try Program.run(arguments + ["--output", whole])
      #expect(run.status == 0, "\(run.errors)")
      return try Data(contentsOf: URL(fileURLWithPath: whole))
    }

    var written: Data { get throws { try Data(contentsOf: URL(fileURLWithPath: output)) } }

    /// Puts a record without faces in the place of the first image's.
    func forget() throws {
      var lines = try Data(contentsOf: found).split(separator: 10)
      let json = try #require(lines.first).dropFirst(34)
      var record = try json.withUnsafeBytes { try ImageRecord(json: $0) }
      #expect(!record.faces.isEmpty)
      record.faces = []
      var writer = JSONWriter()
      record.write(to: &writer)
      let bytes = try writer.bytes
      let hash = String(bytes.withUnsafeBytes { fastHash(of: $0) }, radix: 16)
      let padded = String(repeating: "0", count: 16 - hash.count) + hash
      lines[0] = lines[0].prefix(17) + Data("\(padded) ".utf8) + Data(bytes.dropLast())
      try Data(lines.joined(separator: [10]) + [10]).write(to: found)
    }
  }

  @Test("a resumed run writes what an undisturbed one writes")
  func equalBytes() throws {
    try SyntheticSet.with(count: 16) { set in
      let killed = try Killed("infer", of: set)
      let run = try killed.resume()
      #expect(run.status == 0, "\(run.errors)")
      #expect(try killed.written == killed.undisturbed())
      #expect(!FileManager.default.fileExists(atPath: killed.output + ".partial"))
    }
  }

  @Test("what was found is not looked for again, whatever is done with it afterwards")
  func notAgain() throws {
    try SyntheticSet.with(count: 16) { set in
      let killed = try Killed("infer", of: set)
      try killed.forget()
      let run = try killed.resume(["--fov", "50"])
      #expect(run.status == 0, "\(run.errors)")
      let lines = try String(decoding: killed.written, as: UTF8.self).split(separator: "\n")
      #expect(lines.count == 16)
      #expect(lines[0].contains("\"faces\":[]"))
      #expect(lines[1].contains("\"pose\""))
    }
  }

  @Test("a damaged or torn line, and an image that is another by now, are looked for again")
  func again() throws {
    try SyntheticSet.with(count: 16) { set in
      let killed = try Killed("infer", of: set)
      var lines = try String(contentsOf: killed.found, encoding: .utf8)
      // A box of the first image moves, and the second's line ends nowhere.
      let number = try #require(lines.firstRange(of: "\"bbox_xyxy\":["))
      lines.insert("1", at: number.upperBound)
      try Data(lines.utf8).write(to: killed.found)
      let handle = try FileHandle(forUpdating: killed.found)
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(lines.utf8.prefix(40)))
      try handle.close()
      let names = try FileManager.default.subpathsOfDirectory(atPath: set.images)
        .filter { $0.hasSuffix(".jpg") }.sorted()
      try FileManager.default.removeItem(atPath: "\(set.images)/\(names[1])")
      try FileManager.default.copyItem(
        atPath: "\(set.images)/\(names[5])", toPath: "\(set.images)/\(names[1])")
      let run = try killed.resume()
      #expect(run.status == 0, "\(run.errors)")
      #expect(try killed.written == killed.undisturbed())
    }
  }

  @Test("faces of other networks or another search are not taken over")
  func otherSearch() throws {
    try SyntheticSet.with(count: 16) { set in
      let killed = try Killed("infer", of: set)
      let run = try killed.resume(["--threshold", "0.5"])
      #expect(run.status == 64)
      #expect(run.errors.contains("run without --resume to start anew"), "\(run.errors)")
      #expect(FileManager.default.fileExists(atPath: killed.found.path))
    }
  }

  @Test("interrupted, it says how to go on")
  func interrupted() throws {
    try SyntheticSet.with(count: 16) { set in
      let output = set.folder + "/found.jsonl"
      let run = try Run(Program.path, ["infer", set.images, "--jobs", "1", "--output", output])
      #expect(
        run.waits {
          FileManager.default.fileExists(atPath: set.folder + "/found.partial/found.found")
        })
      run.send(SIGINT)
      let outcome = run.wait()
      #expect(outcome.status == 130)
      #expect(outcome.errors.contains("found.partial; go on with --resume"), "\(outcome.errors)")
    }
  }

  @Test("annotate does not look again either")
  func annotate() throws {
    try SyntheticSet.with(count: 16) { set in
      let killed = try Killed("annotate", of: set)
      try killed.forget()
      let run = try killed.resume()
      #expect(run.status == 0, "\(run.errors)")
      let records = try String(contentsOfFile: killed.output + ".jsonl", encoding: .utf8)
      #expect(records.split(separator: "\n")[0].contains("\"faces\":[]"))
    }
  }

  @Test("what goes through a stream cannot be resumed")
  func stream() throws {
    let run = try Program.run(["infer", "photos", "--output", "-", "--resume"])
    #expect(run.status == 64)
    #expect(run.errors.contains("'--resume' is for a file"), "\(run.errors)")
  }
}
