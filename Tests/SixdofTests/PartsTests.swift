import Codecs
import Foundation
import Schema
import TestSupport
import Testing

extension SyntheticSet {
  /// A command whose work can be cut, without its output.
  enum Parted: String, CaseIterable, Sendable {
    case build, pack, convert, label

    func arguments(_ set: SyntheticSet) -> [String] {
      let annotations = ["wider-face", "--images", set.images, "--annotations", set.label]
      return switch self {
      case .build: ["build"] + annotations + ["--records", "--checksum"]
      case .pack: ["pack", set.folder + "/labelled.jsonl", "--images", set.images]
      case .convert: ["convert"] + annotations
      case .label: ["label", set.folder + "/records.jsonl"]
      }
    }

    var packs: Bool { self == .build || self == .pack }
    /// The end of the output's name as it is typed.
    var ending: String { self == .build ? "" : self == .pack ? ".lmdb" : ".jsonl" }
  }

  func run(_ command: Parted, to name: String, _ more: [String] = []) throws -> Program.Outcome {
    try Program.run(
      command.arguments(self) + ["--output", "\(folder)/\(name)\(command.ending)"]
        + ["--progress", "none"] + more)
  }

  func parts(_ name: String, _ more: String...) throws -> Program.Outcome {
    try Program.run(["parts", "\(folder)/\(name)"] + more)
  }

  func gather(_ name: String, _ more: String...) throws -> Program.Outcome {
    try Program.run(["gather", "\(folder)/\(name)", "--progress", "none"] + more)
  }

  /// A set with a record file, one unusable line and an image without an annotation that is used.
  static func forParts(_ body: (SyntheticSet) throws -> Void) throws {
    try with(count: 20) { set in
      try set.editLabel { $0[1] = "1 2 3" }
      let converted = try Program.run(
        Parted.convert.arguments(set) + ["--output", set.folder + "/records.jsonl"])
      #expect(converted.status == 2, "\(converted.errors)")
      let labelled = try Program.run(
        Parted.label.arguments(set) + ["--output", set.folder + "/labelled.jsonl"])
      #expect(labelled.status == 0, "\(labelled.errors)")
      try body(set)
    }
  }
}

@Suite("Parts make the whole")
struct PartsTests {
  @Test(
    "run in any order and gathered they are what one run writes, to the byte",
    arguments: SyntheticSet.Parted.allCases, [1, 3, 25])
  func whole(command: SyntheticSet.Parted, count: Int) throws {
    try SyntheticSet.forParts { set in
      let blocks = command.packs ? ["--shards", "\(count)", "--shard-by", "blocks"] : []
      let one = try set.run(command, to: "one/train", blocks)
      for index in (0..<count).reversed() {
        let part = try set.run(command, to: "parts/train", ["--part", "\(index)/\(count)"])
        #expect([0, 2].contains(part.status), "\(part.errors)")
      }
      #expect(try set.parts("parts/train", "--verify").status == 0)
      let options = command == .build ? ["--records"] : []
      let gathered = try Program.run(
        ["gather", "\(set.folder)/parts/train", "--progress", "none"] + options)
      #expect(gathered.status == one.status, "\(gathered.errors)")
      let (expected, found) = try (set.outputs("one/train"), set.outputs("parts/train"))
      #expect(expected.count > 1)
      for (suffix, bytes) in expected { #expect(found[suffix] == bytes, "\(suffix)") }
      if command.packs { try set.expectWhole("parts/train") }
    }
  }

  @Test("gathered into one LMDB they are what one run writes into one")
  func oneLMDB() throws {
    try SyntheticSet.forParts { set in
      #expect(try set.run(.build, to: "one/train").status == 2)
      for index in 0..<3 {
        _ = try set.run(.build, to: "parts/train", ["--part", "\(index)/3"])
      }
      // Without --single-lmdb the LMDBs stay where they are.
      #expect(try set.gather("parts/train", "--output", set.folder + "/other/train").status == 64)
      let gathered = try set.gather(
        "parts/train", "--single-lmdb", "--records", "--output", set.folder + "/other/train")
      #expect(gathered.status == 2, "\(gathered.errors)")
      #expect(try set.outputs("other/train") == set.outputs("one/train"))
    }
  }

  @Test("a part without samples or poses is whole, and a whole without them is refused")
  func empty() throws {
    try SyntheticSet.with(count: 4) { set in
      // The official lists have no landmarks, so img2pose's layout takes nothing.
      let official = ["--annotations", set.folder + "/wider_face_train_bbx_gt.txt"]
      for index in 0..<6 {
        let part = try set.build("train", official + ["--part", "\(index)/6"])
        #expect(part.status == 0, "\(part.errors)")
      }
      #expect(try set.parts("train", "--verify").status == 0)
      let gathered = try set.gather("train")
      #expect(gathered.status == 65)
      #expect(gathered.errors.contains("no face has a pose"))
      #expect(try set.output("train", ".manifest.json") == nil)
    }
  }

  @Test("a plan has the command's options, and its parts are those of --part")
  func plan() throws {
    try SyntheticSet.forParts { set in
      let plan = set.folder + "/plan.json"
      for command in SyntheticSet.Parted.allCases {
        let arguments = command.arguments(set)
        let planned = try Program.run(
          ["plan"] + arguments + ["--part-images", "7", "--output", plan])
        #expect(planned.status == 0, "\(planned.errors)")
        let name = "\(set.folder)/planned/\(command)\(command.ending)"
        for index in 0..<3 {
          let part = try Program.run(
            [arguments[0], "--plan", plan, "--part", "\(index)", "--output", name])
          #expect([0, 2].contains(part.status), "\(part.errors)")
          _ = try set.run(command, to: "typed/\(command)", ["--part", "\(index)/3"])
        }
        #expect(try set.outputs("planned/\(command)") == set.outputs("typed/\(command)"))
        #expect(try set.parts("planned/\(command)", "--plan", plan).status == 0)
      }
    }
  }

  @Test("plans that do not fit are refused")
  func wrongPlans() throws {
    try SyntheticSet.forParts { set in
      let plan = set.folder + "/plan.json"
      let arguments = SyntheticSet.Parted.label.arguments(set)
      func make(_ more: String...) throws -> Program.Outcome {
        try Program.run(["plan"] + arguments + ["--output", plan] + more)
      }
      func part(_ index: String, _ command: String = "label") throws -> Program.Outcome {
        try Program.run(
          [command, "--plan", plan, "--part", index, "--output", set.folder + "/x.jsonl"])
      }
      #expect(try make().status == 64)
      #expect(try make("--parts", "2", "--part-images", "3").status == 64)
      #expect(try make("--parts", "0").status == 64)
      #expect(try Program.run(["plan", "stats", "--parts", "2", "--output", plan]).status == 64)
      #expect(try make("--parts", "2").status == 0)
      // Parts that were made in different ways would be gathered as one.
      let other = try Program.run([
        "label", "--plan", plan, "--part", "0", "--output", set.folder + "/x.jsonl", "--focal",
        "300",
      ])
      #expect(other.status == 64 && other.errors.contains("leave out '--focal' '300'"))
      #expect(try part("2").status == 64)
      #expect(try part("0", "convert").status == 64)
      #expect(try part("0/3").status == 64)
      let text = try set.text("plan.json")
      try write(text.replacingOccurrences(of: "\"entries\": 20", with: "\"entries\": 19"), to: plan)
      let altered = try part("0")
      #expect(altered.status == 65)
      #expect(altered.errors.contains("plan anew"), "\(altered.errors)")
      try write("{}", to: plan)
      #expect(try part("0").status == 65)
      try write(text, to: plan)
      #expect(try part("0").status == 0)
      let records = try set.text("records.jsonl")
      try write(records + records, to: set.folder + "/records.jsonl")
      let changed = try part("1")
      #expect(changed.status == 65)
      #expect(changed.errors.contains("as it was planned"), "\(changed.errors)")
    }
  }
}

@Suite("Parts that are there")
struct PublishedPartsTests {
  @Test("a whole part is not made again, another's is refused, a damaged one is made anew")
  func states() throws {
    try SyntheticSet.forParts { set in
      func part(_ more: String...) throws -> Program.Outcome {
        try set.run(.build, to: "train", ["--part", "1/3"] + more)
      }
      #expect(try part().status == 0)
      let whole = try set.outputs("train")
      let again = try part()
      #expect(again.status == 0)
      #expect(again.errors.contains("is there already"))
      let other = try part("--landmarks", "reprojected")
      #expect(other.status == 64)
      #expect(other.errors.contains("one of plan"))
      #expect(try set.outputs("train") == whole)
      #expect(try part("--landmarks", "reprojected", "--overwrite").status == 0)
      #expect(try set.outputs("train") != whole)
      #expect(try part("--overwrite").status == 0)
      #expect(try set.outputs("train") == whole)
      let name = "\(set.folder)/train-00001-of-00003"
      try write("x", to: name + ".lmdb")
      #expect(try set.parts("train").output.contains("damaged  1 of 3: 1"))
      #expect(try part().status == 0)
      #expect(try set.outputs("train") == whole)
      for suffix in [".jsonl", ".part.json"] {
        try FileManager.default.removeItem(atPath: name + suffix)
        if suffix == ".part.json" {
          // Without it nobody knows whose files these are.
          #expect(try part().status == 64)
          #expect(try part("--overwrite").status == 0)
        } else {
          #expect(try part().status == 0)
        }
        #expect(try set.outputs("train") == whole)
      }
    }
  }

  @Test("what is missing, damaged or another's is said by number, and not gathered")
  func survey() throws {
    try SyntheticSet.forParts { set in
      for index in [0, 1, 3, 4, 5] {
        _ = try set.run(.build, to: "train", ["--part", "\(index)/6"])
      }
      _ = try set.run(.build, to: "train", ["--part", "0/2"])
      let survey = try set.parts("train")
      #expect(survey.status == 2)
      #expect(survey.output.contains("whole    5 of 6: 0-1,3-5"), "\(survey.output)")
      #expect(survey.output.contains("missing  1 of 6: 2"))
      #expect(survey.output.contains("1 part of another cut"))
      let gathered = try set.gather("train")
      #expect(gathered.status == 65)
      #expect(gathered.errors.contains("missing: 2"), "\(gathered.errors)")
      _ = try set.run(.build, to: "train", ["--part", "2/6", "--landmarks", "reprojected"])
      #expect(try set.parts("train").output.contains("foreign  1 of 6: 2"))
      _ = try set.run(.build, to: "train", ["--part", "2/6", "--overwrite"])
      #expect(try set.parts("train").status == 0)
      // A bit of an image: sizes do not show it.
      let name = "train-00004-of-00006.lmdb"
      var bytes = try set.bytes(name)
      let image = try #require(bytes.range(of: Data([0xFF, 0xD8, 0xFF])))
      bytes[image.lowerBound + 700] ^= 1
      try bytes.write(to: URL(fileURLWithPath: set.folder + "/" + name))
      #expect(try set.parts("train").status == 0)
      let verified = try set.parts("train", "--verify", "--json")
      #expect(verified.status == 2)
      #expect(verified.output.contains("\"damaged\": \"4\""), "\(verified.output)")
      let joined = try set.gather(
        "train", "--single-lmdb", "--output", set.folder + "/joined/train")
      #expect(joined.status == 65)
      #expect(joined.errors.contains("run part 4 again"), "\(joined.errors)")
      #expect(try set.parts("nothing").status == 65)
    }
  }

  @Test("files with a part's names and no part.json are foreign to all who look")
  func strangers() throws {
    try SyntheticSet.forParts { set in
      _ = try set.run(.build, to: "train", ["--part", "0/2"])
      try write("", to: set.folder + "/train-00001-of-00002.lmdb")
      #expect(try set.parts("train").output.contains("foreign  1 of 2: 1"))
      let refused = try set.run(.build, to: "train", ["--part", "1/2"])
      #expect(refused.status == 64)
      #expect(refused.errors.contains("files without a part.json: .lmdb"), "\(refused.errors)")
    }
  }

  @Test("a face model that was changed since is another plan's")
  func changedModel() throws {
    try SyntheticSet.forParts { set in
      let face = set.folder + "/face.npy"
      // The mean face's five points, in metres.
      let points = [
        [-0.031, -0.034, 0.028], [0.031, -0.034, 0.028], [0, 0, 0], [-0.025, 0.03, 0.02],
        [0.025, 0.03, 0.02],
      ]
      try Data(NPY.file(points.flatMap { $0 }, shape: [5, 3])).write(
        to: URL(fileURLWithPath: face))
      let plan = set.folder + "/plan.json"
      let planned = try Program.run(
        ["plan"] + SyntheticSet.Parted.label.arguments(set) + [
          "--relabel", "--face-model", face, "--parts", "2", "--output", plan,
        ])
      try #require(planned.status == 0, "\(planned.errors)")
      func part(_ index: Int) throws -> Program.Outcome {
        try Program.run([
          "label", "--plan", plan, "--part", "\(index)", "--output", set.folder + "/l.jsonl",
          "--progress", "none",
        ])
      }
      let first = try part(0)
      #expect([0, 2].contains(first.status), "\(first.errors)")
      var bytes = try set.bytes("face.npy")
      bytes[bytes.count - 3] ^= 1
      try bytes.write(to: URL(fileURLWithPath: face))
      let refused = try part(1)
      #expect(refused.status == 65)
      #expect(
        refused.errors.contains("face.npy: expected the file that was planned, found another"),
        "\(refused.errors)")
    }
  }

  @Test("a map of columns that was changed since is another plan's")
  func changedMap() throws {
    try withTemporaryDirectory { folder in
      try write("file,a,b,c\nx.jpg,1,2,3\ny.jpg,1,2,3\n", to: folder + "/t.csv")
      try write("image=file\nyaw=a\npitch=b\nroll=c\n", to: folder + "/my.map")
      let input = ["csv", "--annotations", "t.csv", "--columns", "@my.map"]
      let planned = try Program.run(
        ["plan", "convert"] + input + ["--parts", "2", "--output", "plan.json"], in: folder)
      try #require(planned.status == 0, "\(planned.errors)")
      func part(_ index: Int) throws -> Program.Outcome {
        try Program.run(
          [
            "convert", "--plan", "plan.json", "--part", "\(index)", "--output", "o.jsonl",
            "--progress", "none",
          ], in: folder)
      }
      let first = try part(0)
      #expect(first.status == 0, "\(first.errors)")
      try write("image=file\nyaw=b\npitch=a\nroll=c\n", to: folder + "/my.map")
      let refused = try part(1)
      #expect(refused.status == 65)
      #expect(
        refused.errors.contains("my.map: expected the file that was planned, found another"),
        "\(refused.errors)")
    }
  }

  @Test("made in a scratch folder they are the same, and nothing is left there")
  func scratch() throws {
    try SyntheticSet.forParts { set in
      let scratch = set.folder + "/scratch"
      try FileManager.default.createDirectory(
        atPath: scratch + "/0123456789abcdef/old.partial", withIntermediateDirectories: true)
      try write(
        "{\"sixdof\": \"run\"}\n", to: scratch + "/0123456789abcdef/old.partial/run.json")
      try FileManager.default.createDirectory(
        atPath: scratch + "/mine", withIntermediateDirectories: true)
      for command in [SyntheticSet.Parted.build, .label] {
        _ = try set.run(command, to: "a/\(command)", ["--part", "1/3"])
        let made = try set.run(
          command, to: "b/\(command)", ["--part", "1/3", "--scratch", scratch])
        #expect(made.status == 0, "\(made.errors)")
        #expect(try set.outputs("a/\(command)") == set.outputs("b/\(command)"))
      }
      // What an ended run left is swept away, and what is not a run's stays.
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == ["mine"])
    }
  }

  @Test("with --progress json all that is said is an object a line, the last with the exit code")
  func json() throws {
    try SyntheticSet.forParts { set in
      for (options, status) in [([], 2), (["--part", "9/3"], 64)] as [([String], Int32)] {
        let outcome = try Program.run(
          SyntheticSet.Parted.build.arguments(set) + ["--output", set.folder + "/x"] + options
            + ["--progress", "json"])
        #expect(outcome.status == status)
        guard status == 2 else { continue }
        let lines = outcome.errors.split(separator: "\n").map { Array($0.utf8) }
        let values = try lines.map { try $0.withUnsafeBytes { try JSONParser.value(of: $0) } }
        #expect(values.allSatisfy { $0["event"]?.text != nil })
        #expect(values.last?["exit"] == .integer(2))
        #expect(values.last?["reason"] == .text("findings"))
      }
    }
  }

  @Test("with --exit-with-parent a run ends when the process that started it is gone")
  func parent() throws {
    try withTemporaryDirectory { folder in
      // Standard input never ends, so the run would wait for ever.
      let script = """
        mkfifo pipe; exec 3<>pipe
        "$1" label - --output x.jsonl --exit-with-parent <&3 & echo $! >pid
        exec 3>&-
        sleep 0.5
        """
      try Program.system("/bin/sh", ["-c", script, "sh", Program.path], in: folder)
      let text = try String(contentsOfFile: folder + "/pid", encoding: .utf8)
      let child = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      // Gone within a second, on a machine at rest.
      for _ in 0..<50 where kill(child, 0) == 0 { usleep(100_000) }
      #expect(kill(child, 0) != 0)
      kill(child, SIGKILL)
    }
  }
}
