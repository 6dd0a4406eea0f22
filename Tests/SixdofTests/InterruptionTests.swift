import Foundation
import TestSupport
import Testing

extension SyntheticSet {
  /// A set whose build takes several transactions of LMDB: each image file is a megabyte, most of it
  /// after its end marker, and has many names.
  fileprivate static func withLargeSet<Result>(
    _ body: (SyntheticSet) throws -> Result
  ) throws -> Result {
    try SyntheticSet.with(count: 8, options: ["--size", "96x64"]) { set in
      let lines = try set.text("retinaface/train/label.txt")
      var label = ""
      for copy in 0..<25 {
        for line in lines.split(separator: "\n") {
          guard line.hasPrefix("# ") else {
            label += line + "\n"
            continue
          }
          let name = line.dropFirst(2).replacingOccurrences(of: ".jpg", with: "_\(copy).jpg")
          label += "# \(name)\n"
          // All of one image are one file, whose bytes are added to below.
          try FileManager.default.linkItem(
            atPath: "\(set.images)/\(line.dropFirst(2))", toPath: "\(set.images)/\(name)")
        }
      }
      for line in lines.split(separator: "\n") where line.hasPrefix("# ") {
        let image = try FileHandle(
          forUpdating: URL(fileURLWithPath: "\(set.images)/\(line.dropFirst(2))"))
        try image.seekToEnd()
        try image.write(contentsOf: Data(repeating: 1, count: 1 << 20))
        try image.close()
      }
      try write(label, to: set.label)
      return try body(set)
    }
  }

  fileprivate func start(_ name: String, _ options: [String] = []) throws -> Run {
    try Run(Program.path, buildArguments(name, ["--jobs", "2"] + options))
  }

  /// The size of the unfinished LMDB of a run; 0 before there is one.
  fileprivate func partialBytes(_ name: String) -> Int {
    let file = "\(folder)/\(name).partial/\(URL(fileURLWithPath: name).lastPathComponent).lmdb"
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  /// Goes on with a run and compares what it gives with an undisturbed one.
  fileprivate func checkResume(_ name: String, undisturbed: [String: Data]) throws {
    let outcome = try build(name, ["--resume"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let outputs = try outputs(name)
    #expect(Set(outputs.keys) == Set(undisturbed.keys))
    for (suffix, bytes) in undisturbed { #expect(outputs[suffix] == bytes, "\(suffix)") }
  }
}

@Suite("Interrupted builds", .serialized)
struct InterruptionTests {
  @Test("killed at any moment a run leaves nothing under a final name and resumes to equal bytes")
  func kill() throws {
    try SyntheticSet.withLargeSet { set in
      #expect(try set.build("whole/train").status == 0)
      let undisturbed = try set.outputs("whole/train")
      #expect((undisturbed[".lmdb"]?.count ?? 0) > 140 << 20)
      // The file grows by a batch of 64 MiB: beyond 70 one is committed, beyond 140 two are.
      for (index, bytes) in [1, 70 << 20, 140 << 20].enumerated() {
        let name = "killed-\(index)/train"
        let run = try set.start(name)
        #expect(run.waits { set.partialBytes(name) >= bytes })
        run.send(SIGKILL)
        #expect(run.wait().status == 128 + SIGKILL)
        #expect(try Set(set.outputs(name).keys) == [".partial"])
        try set.checkResume(name, undisturbed: undisturbed)
        try FileManager.default.removeItem(atPath: "\(set.folder)/killed-\(index)")
      }
      for milliseconds in (0..<3).map({ _ in UInt32.random(in: 1...250) }) {
        let name = "random-\(milliseconds)/train"
        let run = try set.start(name)
        usleep(1000 * milliseconds)
        run.send(SIGKILL)
        // A run that was faster than that is whole.
        if run.wait().status == 0 { continue }
        let left = Set((try? set.outputs(name)).map { Array($0.keys) } ?? [])
        #expect(left.isSubset(of: [".partial"]), "after \(milliseconds) ms")
        try set.checkResume(name, undisturbed: undisturbed)
        try FileManager.default.removeItem(atPath: "\(set.folder)/random-\(milliseconds)")
      }
    }
  }

  @Test("SIGINT ends a run within a second with 130, names its folder, and it can be resumed")
  func interrupt() throws {
    try SyntheticSet.withLargeSet { set in
      #expect(try set.build("whole/train").status == 0)
      let run = try set.start("stopped/train")
      #expect(run.waits { set.partialBytes("stopped/train") > 0 })
      let start = Date()
      run.send(SIGINT)
      let outcome = run.wait()
      #expect(outcome.status == 130)
      // A second is promised; the rest is for a machine busy with other tests.
      #expect(Date().timeIntervalSince(start) < 2)
      #expect(
        outcome.errors.contains(
          "interrupted; unfinished output is in \(set.folder)/stopped/train.partial; go on with --resume"
        ), "\(outcome.errors)")
      #expect(try Set(set.outputs("stopped/train").keys) == [".partial"])
      try set.checkResume("stopped/train", undisturbed: set.outputs("whole/train"))
    }
  }

  @Test("where an image that was committed is not as its source, the run says so and begins anew")
  func damagedRemainder() throws {
    try SyntheticSet.withLargeSet { set in
      #expect(try set.build("whole/train").status == 0)
      let run = try set.start("train")
      #expect(run.waits { set.partialBytes("train") >= 140 << 20 })
      run.send(SIGKILL)
      _ = run.wait()
      // As a page is that was counted and never reached the disk.
      let lmdb = try FileHandle(
        forUpdating: URL(fileURLWithPath: "\(set.folder)/train.partial/train.lmdb"))
      try lmdb.seek(toOffset: 20 << 20)
      try lmdb.write(contentsOf: Data(repeating: 0, count: 4096))
      try lmdb.close()
      let outcome = try set.build("train", ["--resume"])
      #expect(outcome.status == 0)
      #expect(
        outcome.errors.contains(
          "expected what this run would write, found other bytes; the input changed since the interrupted run, or what that wrote was lost when the machine stopped; the run begins anew"
        ), "\(outcome.errors)")
      let outputs = try set.outputs("train")
      #expect(try outputs == set.outputs("whole/train"))
    }
  }

  @Test("a run of other options is not resumed, and the unfinished one stays")
  func otherOptions() throws {
    try SyntheticSet.withLargeSet { set in
      let run = try set.start("train")
      #expect(run.waits { set.partialBytes("train") > 0 })
      run.send(SIGKILL)
      _ = run.wait()
      let outcome = try set.build("train", ["--resume", "--layout", "records"])
      #expect(outcome.status == 64)
      #expect(
        outcome.errors.contains(
          "error: \(set.folder)/train.partial: expected an interrupted run with this input and these options, found another; run without --resume to start anew"
        ), "\(outcome.errors)")
      #expect(set.partialBytes("train") > 0)
      #expect(try Set(set.outputs("train").keys) == [".partial"])
    }
  }

  @Test("--resume without an unfinished run starts one")
  func nothingToResume() throws {
    try SyntheticSet.with { set in
      #expect(try set.build("whole").status == 0)
      let outcome = try set.build("resumed", ["--resume"])
      #expect(outcome.status == 0)
      #expect(try set.output("resumed", ".lmdb") == set.output("whole", ".lmdb"))
    }
  }

  @Test("an old unfinished run is thrown away without --resume")
  func startsAnew() throws {
    try SyntheticSet.with { set in
      try write("stale", to: "\(set.folder)/train.partial/train.lmdb")
      try write("{}", to: "\(set.folder)/train.partial/run.json")
      #expect(try set.build("train").status == 0)
      #expect(try set.output("train", ".partial") == nil)
    }
  }
}

@Suite("Two runs with one output")
struct LockTests {
  @Test("the second is refused with the first one's process, which goes on to its end")
  func secondRun() throws {
    try SyntheticSet.with(count: 3) { set in
      let arguments = ["label", "-", "--output", "\(set.folder)/x.jsonl", "--progress", "none"]
      // It waits for its input, and holds the lock meanwhile.
      let first = try Run(Program.path, arguments, holdsInput: true)
      let lock = "\(set.folder)/x.partial/lock"
      #expect(
        first.waits {
          FileManager.default.contents(atPath: lock) == Data("\(first.identifier)\n".utf8)
        })
      let second = try Program.run(arguments)
      #expect(second.status == 75)
      #expect(
        second.errors.contains(
          "error: \(set.folder)/x: expected no other run with this output, found process \(first.identifier); wait for it or choose another --output"
        ), "\(second.errors)")
      let records = ["--images", set.images, "--output", "-"]
      let convert = ["convert", "wider-face", "--annotations", set.label] + records
      first.send(text: try Program.run(convert).output)
      first.endInput()
      #expect(first.wait().status == 0)
      #expect(try Set(set.outputs("x").keys) == [".jsonl", ".issues.jsonl"])
    }
  }

  @Test("SIGINT ends a run that is held up, too")
  func interruptsHeldRun() throws {
    try withTemporaryDirectory { folder in
      let run = try Run(
        Program.path, ["label", "-", "--output", "\(folder)/x.jsonl", "--progress", "none"],
        holdsInput: true)
      #expect(
        run.waits {
          FileManager.default.fileExists(atPath: "\(folder)/x.partial/lock")
        })
      usleep(100_000)
      let start = Date()
      run.send(SIGINT)
      let outcome = run.wait()
      #expect(outcome.status == 130)
      #expect(Date().timeIntervalSince(start) < 2)
      #expect(outcome.errors.contains("unfinished output is in \(folder)/x.partial"))
    }
  }
}
