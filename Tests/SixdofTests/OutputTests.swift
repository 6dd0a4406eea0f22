import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("Outputs that would do harm")
struct OutputTests {
  @Test("every option of every command that names an output is in the list of these tests")
  func listIsWhole() throws {
    let named = [
      "--output <", "--output, ", "--overlay <", "--picture <", "--findings, ", "--faces <file>",
      "--findings <", "--accept <", "--fix <", "--report <",
    ]
    for command in Sixdof.configuration.subcommands {
      let name = command._commandName
      let help = Sixdof.helpMessage(for: command, columns: 500)
      for option in named where help.contains(option) {
        let flag = String(option.prefix { $0 != " " && $0 != "," })
        #expect(
          WritingCommand.all.contains { $0.name == name && $0.option == flag }, "\(name) \(flag)")
      }
    }
  }

  @Test("a folder, an input and a name that cannot be are refused", arguments: WritingCommand.all)
  func refused(command: WritingCommand) throws {
    try OutputFixture.with { fixture in
      try write("mine", to: fixture.path("taken\(command.ending)/precious.txt"))
      let long = String(repeating: "n", count: 256) + command.ending
      let deep = String(repeating: "d/", count: 2100) + "x" + command.ending
      var refused = ["", long, deep]
      if command.ending.isEmpty { refused.append("no/") }
      switch command.kind {
      case .file:
        refused += ["taken\(command.ending)", "taken\(command.ending)/"]
        // A picture's name does not end as records do, so that of the input is tried as a link.
        if !command.input.isEmpty {
          try FileManager.default.createSymbolicLink(
            atPath: fixture.path("link\(command.ending)"), withDestinationPath: command.input)
          refused.append("link\(command.ending)")
          if command.ending.isEmpty { refused += [command.input, "./" + command.input] }
          if command.input != "images" {
            #expect(
              Glibc.link(fixture.path(command.input), fixture.path("hard\(command.ending)")) == 0)
            refused.append("hard\(command.ending)")
          }
        }
        if command.arguments.contains("images") { refused.append("images/x\(command.ending)") }
      case .prefix:
        try write("mine", to: fixture.path("folder.lmdb/data.mdb"))
        try write("mine", to: fixture.path("there.manifest.json/precious.txt"))
        try write("mine", to: fixture.path("file.lmdb"))
        refused += ["folder", "there", "file", "-"]
        if command.arguments.contains("images") { refused.append("images/x") }
      case .folder:
        refused += ["taken", "taken/", "label.txt", "-"]
        if !command.input.isEmpty { refused.append(command.input) }
      case .filesInFolder: refused += ["label.txt", "-"]
      }
      for output in refused where !(output == "no/" && command.kind.takesFolders) {
        try fixture.expectRefused(command, output)
      }
      #expect(fixture.bytes("taken\(command.ending)/precious.txt") == Data("mine".utf8))
      guard case .prefix = command.kind else { return }
      for output in ["folder", "there"] {
        try fixture.expectRefused(command, output, ["--overwrite"])
      }
      #expect(fixture.bytes("folder.lmdb/data.mdb") == Data("mine".utf8))
    }
  }

  @Test(
    "a folder of unfinished output that no run made is not touched, nor is another run's",
    arguments: WritingCommand.all.filter { !$0.needsNetworks })
  func unfinished(command: WritingCommand) throws {
    try OutputFixture.with { fixture in
      let output = "out" + command.ending
      let base: String
      switch command.kind {
      case .filesInFolder: base = "out/labelled"
      case .file:
        let hasEnding = ["check", "evaluate", "inspect", "conventions"].contains(command.name)
        base = command.ending.isEmpty || hasEnding ? output : "out"
      default: base = "out"
      }
      try write("mine", to: fixture.path("\(base).partial/precious.txt"))
      try fixture.expectRefused(command, output)
      try write("{\"wandb\": 1}", to: fixture.path("\(base).partial/run.json"))
      try fixture.expectRefused(command, output)
      #expect(fixture.bytes("\(base).partial/precious.txt") == Data("mine".utf8))
      try FileManager.default.removeItem(atPath: fixture.path("\(base).partial"))
      try write("mine", to: fixture.path("elsewhere/precious.txt"))
      try FileManager.default.createSymbolicLink(
        atPath: fixture.path("\(base).partial"), withDestinationPath: fixture.path("elsewhere"))
      try fixture.expectRefused(command, output)
      #expect(fixture.bytes("elsewhere/precious.txt") == Data("mine".utf8))
      try FileManager.default.removeItem(atPath: fixture.path("\(base).partial"))
      // Another run's lock.
      try write("", to: fixture.path("\(base).partial/lock"))
      let held = open(fixture.path("\(base).partial/lock"), O_RDWR | O_CLOEXEC)
      #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
      try fixture.expectRefused(command, output, status: 75)
      close(held)
      // What a killed run left is no hindrance.
      let outcome = try fixture.run(command.call(output))
      #expect([0, 2].contains(outcome.status), "\(outcome.errors)")
      #expect(try !fixture.names().contains("\(base).partial"))
    }
  }

  @Test(
    "a link stays and the file that it names is replaced, with its mode",
    arguments: WritingCommand.running)
  func links(command: WritingCommand) throws {
    try OutputFixture.with { fixture in
      let (link, target) = ("link\(command.ending)", "kept/target\(command.ending)")
      try write("old", to: fixture.path(target))
      #expect(chmod(fixture.path(target), 0o640) == 0)
      let files = FileManager.default
      try files.createSymbolicLink(atPath: fixture.path(link), withDestinationPath: target)
      let plain = try fixture.run(command.call("plain\(command.ending)"))
      #expect([0, 2].contains(plain.status), "\(plain.errors)")
      #expect([0, 2].contains(try fixture.run(command.call(link)).status))
      #expect(fixture.kind(link) == S_IFLNK)
      #expect(fixture.kind(target) == S_IFREG)
      #expect(fixture.bytes(target) == fixture.bytes("plain\(command.ending)"))
      let mode = try files.attributesOfItem(atPath: fixture.path(target))[.posixPermissions]
      #expect(mode as? Int == 0o640)
      let dangling = "dangling\(command.ending)"
      try files.createSymbolicLink(
        atPath: fixture.path(dangling), withDestinationPath: "kept/new\(command.ending)")
      #expect([0, 2].contains(try fixture.run(command.call(dangling)).status))
      #expect(fixture.kind(dangling) == S_IFLNK)
      #expect(fixture.bytes("kept/new\(command.ending)") == fixture.bytes(target))
      // Whoever took away the right to write meant it.
      #expect(chmod(fixture.path(target), 0o440) == 0)
      try fixture.expectRefused(command, link)
    }
  }

  @Test(
    "devices and pipes are written through, and a full one is an error",
    arguments: WritingCommand.running.filter { $0.option != "--fix" })
  func streams(command: WritingCommand) throws {
    try OutputFixture.with { fixture in
      let ending = command.ending
      let plain = try fixture.run(command.call("plain\(ending)"))
      #expect([0, 2].contains(plain.status), "\(plain.errors)")
      let pipe = fixture.path("pipe\(ending)")
      #expect(mkfifo(pipe, 0o600) == 0)
      let reader = try Run("/bin/cat", [pipe])
      #expect([0, 2].contains(try fixture.run(command.call("pipe\(ending)")).status))
      #expect(fixture.kind("pipe\(ending)") == S_IFIFO)
      let expected = fixture.bytes("plain\(ending)").map { String(decoding: $0, as: UTF8.self) }
      #expect(reader.wait().output == expected)
      // Own nodes, where that is allowed.
      for (name, number) in [("null", UInt(3)), ("full", 7)] {
        guard mknod(fixture.path(name + ending), S_IFCHR | 0o666, 1 << 8 | number) == 0 else {
          return
        }
        let before = try fixture.names()
        let outcome = try fixture.run(command.call(name + ending))
        if name == "null" {
          #expect([0, 2].contains(outcome.status), "\(outcome.errors)")
        } else {
          #expect(outcome.status == 74, "\(outcome.errors)")
          #expect(outcome.errors.contains("free space"))
        }
        #expect(fixture.kind(name + ending) == S_IFCHR)
        #expect(try fixture.names() == before)
      }
    }
  }

  @Test(
    "closed descriptors and a full standard error change no output",
    arguments: WritingCommand.all.filter { !$0.needsNetworks })
  func closedDescriptors(command: WritingCommand) throws {
    try OutputFixture.with { fixture in
      #expect(
        [0, 2].contains(try fixture.run(command.call("plain/out\(command.ending)")).status))
      for (name, redirection) in [("closed", "<&- >&- 2>&-"), ("full", "2>/dev/full")] {
        let script = "exec \"$0\" \"$@\" \(redirection)"
        let outcome = try Run(
          "/bin/sh",
          ["-c", script, Program.path] + command.call("\(name)/out\(command.ending)"),
          in: fixture.folder
        ).wait()
        // Commands that print cannot where standard output is closed, and say so by their code.
        let codes: [Int32] = name == "closed" ? [0, 2, 74] : [0, 2]
        #expect(codes.contains(outcome.status), "\(name)")
        guard outcome.status != 74 else { continue }
        try Program.system(
          "/usr/bin/diff", ["-r", "plain", name], in: fixture.folder)
      }
    }
  }

  @Test(
    "of input that holds nothing usable the earlier output stays",
    arguments: ["label", "merge", "sample"])
  func nothingUsable(name: String) throws {
    try OutputFixture.with { fixture in
      let good = fixture.bytes("labelled.jsonl")
      try write("", to: fixture.path("empty.jsonl"))
      for input in ["label.txt", "empty.jsonl", "none.jsonl"] {
        let more = name == "sample" ? ["--count", "2"] : []
        let outcome = try fixture.run([name, input, "--output", "labelled.jsonl"] + more)
        #expect(outcome.status == 65, "\(input): \(outcome.errors)")
        #expect(fixture.bytes("labelled.jsonl") == good)
        #expect(try !fixture.names().contains("labelled.partial"))
      }
    }
  }

  @Test(
    "--overwrite replaces a folder that sixdof made, and none that anybody changed",
    arguments: WritingCommand.all.filter { if case .folder = $0.kind { true } else { false } })
  func overwrite(command: WritingCommand) throws {
    try OutputFixture.with { fixture in
      #expect(try fixture.run(command.call("made")).status == 0)
      try fixture.expectRefused(command, "made")
      let again = try fixture.run(command.call("made", ["--overwrite"]))
      #expect(again.status == 0, "\(again.errors)")
      let seed = command.name == "export" ? [] : ["--seed", "7"]
      #expect(try fixture.run(command.call("made", seed + ["--overwrite"])).status == 0)
      try write("mine", to: fixture.path("made/precious.txt"))
      try fixture.expectRefused(command, "made", ["--overwrite"])
      try write("mine", to: fixture.path("foreign/precious.txt"))
      try fixture.expectRefused(command, "foreign", ["--overwrite"])
      #expect(fixture.bytes("made/precious.txt") == Data("mine".utf8))
      #expect(fixture.bytes("foreign/precious.txt") == Data("mine".utf8))
    }
  }

  @Test("--overwrite of a prefix leaves nothing of the earlier run beside the new")
  func overwritePrefix() throws {
    try OutputFixture.with { fixture in
      let build = WritingCommand.all[0]
      #expect(
        try fixture.run(build.call("out/train", ["--shards", "3", "--records"])).status == 0)
      try write("mine", to: fixture.path("out/train.notes.txt"))
      let single = try fixture.run(build.call("out/train", ["--overwrite"]))
      #expect(single.status == 0, "\(single.errors)")
      #expect(
        try Set(FileManager.default.contentsOfDirectory(atPath: fixture.path("out"))) == [
          "train.lmdb", "train_pose_mean.npy", "train_pose_stddev.npy", "train.hashes.npy",
          "train.manifest.json", "train.issues.jsonl", "train.notes.txt",
        ])
    }
  }

  @Test("--overwrite of a prefix leaves what somebody changed of the earlier run, and says so")
  func overwriteChanged() throws {
    try OutputFixture.with { fixture in
      let build = WritingCommand.all[0]
      #expect(try fixture.run(build.call("out/train", ["--records"])).status == 0)
      try write("mine", to: fixture.path("out/train.jsonl"))
      let again = try fixture.run(build.call("out/train", ["--overwrite"]))
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.errors.contains("out/train.jsonl stays: it was changed"), "\(again.errors)")
      #expect(fixture.bytes("out/train.jsonl") == Data("mine".utf8))
      #expect(try fixture.run(build.call("out/train", ["--records", "--overwrite"])).status == 0)
      #expect(fixture.bytes("out/train.jsonl") != Data("mine".utf8))
    }
  }

  @Test(
    "of two runs on one output one is refused, or both are whole one after the other",
    arguments: WritingCommand.all.filter {
      ["build --output", "convert --output", "export --output", "check --fix"]
        .contains($0.testDescription)
    })
  func twoRuns(command: WritingCommand) throws {
    try OutputFixture.with { fixture in
      // Another input of the same length: the faces' boxes are a pixel further.
      for (from, to) in [("label.txt", "other.txt"), ("labelled.jsonl", "other.jsonl")] {
        let text = String(decoding: fixture.bytes(from) ?? Data(), as: UTF8.self)
        let changed = text.split(separator: "\n", omittingEmptySubsequences: false).reversed()
        try write(
          from == "label.txt"
            ? text.replacingOccurrences(of: " 0.0 ", with: " 1.0 ")
            : changed.filter { !$0.isEmpty }.joined(separator: "\n") + "\n",
          to: fixture.path(to))
      }
      func arguments(_ output: String, other: Bool) -> [String] {
        command.call(output).map { argument in
          guard other, !argument.contains("=") else { return argument }
          return argument == "label.txt"
            ? "other.txt"
            : argument == "labelled.jsonl" ? "other.jsonl" : argument
        }
      }
      func contents(_ output: String) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in try fixture.names() where name.hasPrefix(output) {
          if fixture.kind(name) == S_IFREG {
            found[String(name.dropFirst(output.count))] = fixture.bytes(name)
          }
        }
        return found
      }
      var whole: [[String: Data]] = []
      for other in [false, true] {
        let outcome = try fixture.run(arguments("whole\(other)/out", other: other))
        #expect([0, 2].contains(outcome.status), "\(outcome.errors)")
        whole.append(try contents("whole\(other)/out"))
      }
      // SIXDOF_LONG asks for what was promised, which takes minutes.
      let pairs = ProcessInfo.processInfo.environment["SIXDOF_LONG"] == nil ? 4 : 40
      for pair in 0..<pairs {
        let name = "pair\(pair)/out"
        let runs = try [false, pair % 2 == 1].map {
          try Run(Program.path, arguments(name, other: $0), in: fixture.folder)
        }
        let outcomes = runs.map { $0.wait() }
        #expect(outcomes.contains { [0, 2].contains($0.status) })
        #expect(
          outcomes.allSatisfy { [0, 2, 64, 75].contains($0.status) },
          "\(outcomes.map(\.errors))")
        #expect(whole.contains(try contents(name)), "\(outcomes.map(\.errors))")
      }
    }
  }

  @Test(
    "a folder in which nothing may be written is said, and nothing is left in it",
    .enabled(if: Unprivileged.isPossible, "root may write here, and setpriv cannot change that"),
    arguments: WritingCommand.all.filter { !$0.needsNetworks })
  func readOnlyFolder(command: WritingCommand) throws {
    try OutputFixture.with { fixture in
      try write("mine", to: fixture.path("locked/precious.txt"))
      #expect(chmod(fixture.path("locked"), 0o555) == 0)
      defer { _ = chmod(fixture.path("locked"), 0o755) }
      let outcome = try Unprivileged.run(
        command.call("locked/out\(command.ending)"), in: fixture.folder)
      #expect(outcome.status == 74, "\(outcome.errors)")
      #expect(outcome.errors.contains("locked/out"), "\(outcome.errors)")
      #expect(outcome.errors.contains("Permission denied"), "\(outcome.errors)")
      #expect(try fixture.names().filter { $0.hasPrefix("locked/") } == ["locked/precious.txt"])
    }
  }

  @Test("two outputs of a run in one file are refused")
  func shared() throws {
    try OutputFixture.with { fixture in
      let outcome = try fixture.run([
        "check", "labelled.jsonl", "--findings", "a.jsonl", "--report", "./a.jsonl",
      ])
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains("expected another file than the output"))
    }
  }

  @Test("standard output sent to the input is refused, and standard input may not be the output")
  func redirected() throws {
    try OutputFixture.with { fixture in
      let good = fixture.bytes("labelled.jsonl")
      for script in [
        "\"$0\" label labelled.jsonl --output - >> labelled.jsonl",
        "\"$0\" label - --output labelled.jsonl < labelled.jsonl",
        "\"$0\" label labelled.jsonl --output /dev/stdout >> labelled.jsonl",
      ] {
        let outcome = try Run("/bin/sh", ["-c", script, Program.path], in: fixture.folder).wait()
        #expect(outcome.status == 64, "\(script): \(outcome.errors)")
        #expect(fixture.bytes("labelled.jsonl") == good)
      }
      let appended = try Run(
        "/bin/sh",
        [
          "-c", "echo first > all; \"$0\" label labelled.jsonl --output /dev/stdout >> all",
          Program.path,
        ],
        in: fixture.folder
      ).wait()
      #expect(appended.status == 0)
      #expect(fixture.bytes("all")?.starts(with: "first\n{\"schema\"".utf8) == true)
    }
  }
}
