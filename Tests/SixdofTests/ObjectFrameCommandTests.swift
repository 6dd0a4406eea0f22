import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("poses of several object frames")
struct ObjectFrameCommandTests {
  /// `bfm.jsonl` with labelled faces, `arkit.jsonl` and `biwi.jsonl` with the same in other frames.
  private func withFrames(_ body: (SyntheticSet) throws -> Void) throws {
    try SyntheticSet.with(count: 6) { set in
      let build = try set.build("bfm", ["--records"])
      #expect(build.status == 0, "\(build.errors)")
      let text = try set.text("bfm.jsonl")
      for (name, frame) in [("arkit", "arkit"), ("biwi", "biwi-head"), ("own", "user")] {
        let other =
          text
          .replacingOccurrences(of: "\"frame\":\"bfm\"", with: "\"frame\":\"\(frame)\"")
          .replacingOccurrences(of: "\"id\":\"wider-face/", with: "\"id\":\"\(name)/")
        #expect(other != text)
        try write(other, to: "\(set.folder)/\(name).jsonl")
      }
      try body(set)
    }
  }

  private func run(_ set: SyntheticSet, _ arguments: [String]) throws -> Program.Outcome {
    try Program.run(arguments + ["--progress", "none"], in: set.folder)
  }

  private func poses(_ set: SyntheticSet, _ name: String) throws -> [HeadPose] {
    try set.text(name).split(separator: "\n").flatMap {
      try ImageRecord(JSONParser.value(of: String($0))).faces
    }
    .compactMap(\.pose)
  }

  @Test("merge keeps them and names the mixture; stats and pack refuse it until one is chosen")
  func refused() throws {
    try withFrames { set in
      let merged = try run(
        set, ["merge", "bfm.jsonl", "arkit.jsonl", "biwi.jsonl", "--output", "all.jsonl"])
      #expect(merged.status == 0, "\(merged.errors)")
      let count = try poses(set, "bfm.jsonl").count
      let text = "\(count) poses of bfm, \(count) of arkit, \(count) of biwi-head"
      #expect(merged.errors.contains("frames    \(text)\n"))
      #expect(merged.errors.contains("warning: all.jsonl: poses: expected one object frame, found"))
      #expect(try set.text("all.issues.jsonl").contains("\"mixed-frames\""))
      let pack = ["pack", "all.jsonl", "--images", "images", "--output", "all.lmdb"]
      for arguments in [
        ["stats", "all.jsonl", "--output", "s"], pack, pack + ["--layout", "records"],
        pack + ["--dry-run"],
      ] {
        let outcome = try run(set, arguments)
        // Exit code 65 of DESIGN §12.
        #expect(outcome.status != 0, "\(arguments)")
        #expect(outcome.errors.contains("poses: expected one object frame, found "))
        #expect(outcome.errors.contains("--frame-of bfm, arkit or biwi-head converts all to one"))
        #expect(try set.outputs("all.lmdb").isEmpty)
      }
      // img2pose's converter fits all poses anew.
      #expect(try run(set, pack + ["--profile", "img2pose"]).status == 0)
    }
  }

  @Test("--frame-of converts, and says in summary and manifest how exact that is")
  func converted() throws {
    try withFrames { set in
      #expect(
        try run(set, ["merge", "arkit.jsonl", "biwi.jsonl", "--output", "all.jsonl"]).status == 0)
      let outcome = try run(
        set,
        [
          "pack", "all.jsonl", "--images", "images", "--output", "all.lmdb", "--frame-of", "bfm",
        ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let count = try poses(set, "arkit.jsonl").count
      let text =
        "\(count) poses of arkit, \(count) of biwi-head converted to bfm, rotations unchanged (arkit: origins by a fit of 68 landmarks, rms 5 to 10 mm; biwi-head: origins by a fit of 68 landmarks, rms 5 to 10 mm, and PerspNet's alignment)"
      #expect(outcome.errors.contains("frames    \(text)\n"))
      let manifest = try JSONParser.value(of: set.text("all.manifest.json"))
      #expect(manifest["pose"]?["frames"]?.text == text)
      #expect(manifest["options"]?["frame_of"]?.text == "bfm")
      let stats = try run(set, ["stats", "all.jsonl", "--output", "s", "--frame-of", "arkit"])
      #expect(stats.status == 0 && stats.errors.contains("converted to arkit, rotations unchanged"))
      #expect(try set.text("s/all.stats.json").contains("converted to arkit"))
    }
  }

  @Test("label writes records in the frame that is asked for")
  func labelled() throws {
    try withFrames { set in
      let label = ["label", "biwi.jsonl", "--output", "out.jsonl", "--frame-of"]
      let outcome = try run(set, label + ["arkit"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let poses = try poses(set, "out.jsonl")
      // Fitted poses are fitted again, in the mean face's frame.
      #expect(poses.allSatisfy { $0.frame == .arkit })
      let before = try self.poses(set, "bfm.jsonl")
      #expect(poses.count == before.count)
      for (pose, old) in zip(poses, before) {
        let expected = old.motion.applied(to: Extrinsics.arkitOriginInBFM)
        #expect(length(pose.place - expected) < 1e-6)
      }
    }
  }

  @Test("a user's frame is no frame to convert from, and no name for --frame-of")
  func user() throws {
    try withFrames { set in
      let outcome = try run(set, ["stats", "own.jsonl", "--output", "s", "--frame-of", "bfm"])
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains("found one of 'user', which cannot be converted to bfm"))
      #expect(try run(set, ["stats", "own.jsonl", "--output", "s"]).status == 0)
      let stats = ["stats", "own.jsonl", "--output", "s", "--frame-of", "user"]
      #expect(try run(set, stats).status == 64)
      let profile = ["stats", "own.jsonl", "--output", "s", "--frame-of", "bfm"]
      #expect(try run(set, profile + ["--profile", "img2pose"]).status == 64)
    }
  }
}
