import Foundation
import Geometry
import Labelling
import Schema
import TestSupport
import Testing

@Suite("calibrate")
struct CalibrateTests {
  /// A folder with records of synthetic faces.
  private struct Faces {
    let folder: String
    /// The bundled face with other depths and another jaw.
    var points = FaceModel.bfm68Points.points.enumerated().map { i, point in
      point * SIMD3(1, 1, 0.85) + (i < 17 ? SIMD3(0, 0.006, 0.004) : .zero)
    }

    static func with(_ body: (Faces) throws -> Void) throws {
      try withTemporaryDirectory { try body(Faces(folder: $0)) }
    }

    /// Writes records, one a face.
    func put(
      _ count: Int, to name: String, posed: Bool, seed: UInt64 = 1, turn: Double = 0.9,
      noise: Double = 0.02, frame: HeadPose.Frame = .bfm,
      changes: (Int, inout Face) -> Void = { _, _ in }
    ) throws {
      var random = SeededRandom(seed: seed)
      var faces = TurnedFaces(layout: .ibug68, points: points)
      (faces.greatestTurn, faces.noise) = (turn, noise)
      var (writer, text) = (JSONWriter(), [UInt8]())
      for (i, seen) in faces.seen(count, &random).enumerated() {
        var face = Face(box: BoundingBox(left: 100, top: 100, right: 300, bottom: 300))
        face.landmarks = seen.landmarks
        if posed {
          face.pose = HeadPose(
            rotationVector: seen.pose.rotation.rotationVector,
            translation: seen.pose.translation, frame: frame, provenance: .annotation)
        }
        changes(i, &face)
        var image = ImageReference(path: "\(name)/\(i).jpg")
        (image.width, image.height) = (450, 450)
        let record = ImageRecord(
          source: RecordSource(dataset: "wider-face", file: name, line: i + 1), image: image,
          camera: Camera(intrinsics: faces.camera, provenance: .weakPerspective), faces: [face])
        writer.removeAll()
        record.write(to: &writer)
        text += try writer.bytes
      }
      try Data(text).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    func run(_ arguments: String...) throws -> Program.Outcome {
      try Program.run(arguments + ["--progress", "none"], in: folder)
    }

    func note(_ name: String) throws -> JSONValue {
      try JSONParser.value(of: String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))
    }

    func bytes(_ name: String) -> Data? {
      FileManager.default.contents(atPath: "\(folder)/\(name)")
    }

    /// The mean angle between two files' poses, in degrees.
    func difference(_ one: String, _ other: String) throws -> Double {
      func rotations(_ name: String) throws -> [Rotation] {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(separator: "\n").map
        {
          let face = try JSONParser.value(of: String($0))["faces"]?.elements?.first
          let numbers = face?["pose"]?["rotation_vector"]?.elements?.compactMap(\.number) ?? []
          try #require(numbers.count == 3)
          return Rotation(rotationVector: SIMD3(numbers[0], numbers[1], numbers[2]))
        }
      }
      let (a, b) = (try rotations(one), try rotations(other))
      try #require(a.count == b.count)
      return zip(a, b).reduce(0) { $0 + $1.0.angle(to: $1.1) } / Double(a.count) * 180 / .pi
    }
  }

  @Test("a face from poses makes label's poses right, and is taken without another option")
  func posed() throws {
    try Faces.with { faces in
      try faces.put(60, to: "train.jsonl", posed: true)
      try faces.put(40, to: "truth.jsonl", posed: true, seed: 2)
      try faces.put(40, to: "test.jsonl", posed: false, seed: 2)
      let outcome = try faces.run("calibrate", "train.jsonl", "--output", "face.npy")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("faces     60 annotated poses, turned by "))
      #expect(outcome.errors.contains("wrote     face.npy, .json and .svg\n"))
      let note = try faces.note("face.json")
      #expect(note["schema"]?.text == "sixdof.face-model/1")
      #expect(note["frame"]?.text == "bfm" && note["layout"]?.text == "ibug-68")
      let sigma = try #require(note["identity_sigma"]?.number)
      let residuals = note["relative_residual"]
      let (before, after) = (residuals?["before"]?.number ?? 0, residuals?["after"]?.number ?? 1)
      #expect(after < 0.6 * before)
      #expect((0.005...0.03).contains(sigma))
      #expect(String(decoding: faces.bytes("face.svg") ?? Data(), as: UTF8.self).contains("bfm-68"))
      for (model, output) in [("bfm", "old.jsonl"), ("face.npy", "new.jsonl")] {
        let labelled = try faces.run(
          "label", "test.jsonl", "--face-model", model, "--output", output)
        #expect(labelled.status == 0, "\(labelled.errors)")
      }
      let (old, new) = (
        try faces.difference("old.jsonl", "truth.jsonl"),
        try faces.difference("new.jsonl", "truth.jsonl")
      )
      #expect(new < 1 && new < 0.5 * old, "\(old), \(new)")
      // The note's spread is what the sigmas are made of, and an option comes first.
      let twice = try faces.run(
        "label", "test.jsonl", "--face-model", "face.npy", "--identity-sigma", "\(sigma)",
        "--output", "same.jsonl")
      #expect(twice.status == 0)
      #expect(faces.bytes("same.jsonl") == faces.bytes("new.jsonl"))
      _ = try faces.run(
        "label", "test.jsonl", "--face-model", "face.npy", "--identity-sigma", "0.2",
        "--output", "other.jsonl")
      #expect(faces.bytes("other.jsonl") != faces.bytes("new.jsonl"))
    }
  }

  @Test("a face that is read twice counts once, and a frame that is not the poses' is explained")
  func readTwice() throws {
    try Faces.with { faces in
      try faces.put(40, to: "train.jsonl", posed: true, frame: .arkit)
      let once = try faces.run("calibrate", "train.jsonl", "--output", "face.npy")
      #expect(once.status == 0, "\(once.errors)")
      #expect(once.errors.contains("frame     bfm: the origin is the known face's"))
      #expect(once.errors.contains("in arkit, only rotations were used"), "\(once.errors)")
      let twice = try faces.run("calibrate", "train.jsonl", "train.jsonl", "--output", "two.npy")
      #expect(twice.errors.contains("40 faces that were read before, by id and box"))
      #expect(faces.bytes("two.npy") == faces.bytes("face.npy"))
      try faces.put(40, to: "bfm.jsonl", posed: true)
      let plain = try faces.run("calibrate", "bfm.jsonl", "--output", "plain.npy")
      #expect(plain.status == 0 && !plain.errors.contains("frame     bfm"), "\(plain.errors)")
    }
  }

  @Test("label estimates a camera with a learnt face only, says it, and does not depend on jobs")
  func estimatedCamera() throws {
    try Faces.with { faces in
      try faces.put(60, to: "train.jsonl", posed: true)
      try faces.put(30, to: "test.jsonl", posed: false, seed: 2, noise: 0.005)
      #expect(try faces.run("calibrate", "train.jsonl", "--output", "face.npy").status == 0)
      let estimate = ["label", "test.jsonl", "--camera", "estimate", "--output"]
      let refused = try Program.run(estimate + ["none.jsonl"], in: faces.folder)
      #expect(
        refused.status == 64 && refused.errors.contains("expected a face model that calibrate"))
      #expect(refused.errors.contains("'--face-model' names it"))
      for jobs in ["1", "2"] {
        let outcome = try Program.run(
          estimate + ["labelled\(jobs).jsonl", "--face-model", "face.npy", "--jobs", jobs],
          in: faces.folder)
        #expect(outcome.status == 0)
        // The faces were seen from so far away that nothing can be told.
        #expect(
          outcome.errors.contains(
            "camera    width + height is assumed for 1 size of images with 30 faces: too few faces"),
          "\(outcome.errors)")
      }
      #expect(faces.bytes("labelled1.jsonl") == faces.bytes("labelled2.jsonl"))
      #expect(faces.bytes("none.jsonl") == nil)
      for (arguments, message) in [
        (["label", "-", "--camera", "estimate"], "reads its records twice"),
        (["infer", "photos", "--camera", "estimate"], "is for label"),
        (["annotate", "photos", "--camera", "estimate"], "is for label"),
        (["calibrate", "train.jsonl", "--camera", "estimate"], "is for label"),
      ] {
        let outcome = try Program.run(arguments + ["--output", "x.npy"], in: faces.folder)
        #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
      }
    }
  }

  @Test("from landmarks alone the axes stay, and a few poses turn them")
  func alone() throws {
    try Faces.with { faces in
      try faces.put(80, to: "train.jsonl", posed: false)
      try faces.put(10, to: "ten.jsonl", posed: true, seed: 4)
      try faces.put(40, to: "truth.jsonl", posed: true, seed: 2)
      let outcome = try faces.run(
        "calibrate", "train.jsonl", "--turn-from", "ten.jsonl", "--output", "face.npy")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("to the annotated poses of 10 faces"))
      #expect(try faces.note("face.json")["turned"]?["faces"]?.number == 10)
      let labelled = try faces.run(
        "label", "truth.jsonl", "--relabel", "--face-model", "face.npy", "--output", "new.jsonl")
      #expect(labelled.status == 0, "\(labelled.errors)")
      #expect(try faces.difference("new.jsonl", "truth.jsonl") < 1)
    }
  }

  @Test("the same bytes with any number of threads")
  func jobs() throws {
    try Faces.with { faces in
      try faces.put(1100, to: "train.jsonl", posed: true, noise: 0.05)
      for jobs in ["1", "3"] {
        let outcome = try faces.run(
          "calibrate", "train.jsonl", "--output", "face\(jobs).npy", "--jobs", jobs)
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      #expect(faces.bytes("face1.npy") == faces.bytes("face3.npy"))
      #expect(faces.bytes("face1.npy") != nil)
    }
  }

  @Test("what tells no face is refused with the reason, and nothing is written")
  func refusals() throws {
    try Faces.with { faces in
      try faces.put(15, to: "few.jsonl", posed: true)
      try faces.put(60, to: "frontal.jsonl", posed: true, turn: 0.05)
      try faces.put(60, to: "nearly.jsonl", posed: false, turn: 0.2)
      try faces.put(60, to: "all.jsonl", posed: true)
      try faces.put(3, to: "three.jsonl", posed: true)
      try faces.put(40, to: "none.jsonl", posed: true) { _, face in face.landmarks = nil }
      try faces.put(40, to: "mixed.jsonl", posed: true) { i, face in
        guard i % 2 == 0, let pose = face.pose else { return }
        face.pose = HeadPose(
          rotationVector: pose.rotationVector, translation: pose.translation, frame: .arkit,
          provenance: .annotation)
      }
      try faces.put(40, to: "shuffled.jsonl", posed: false) { _, face in
        guard var points = face.landmarks else { return }
        for i in 0..<68 { points[i] = face.landmarks?[(i * 13) % 68] ?? .missing }
        face.landmarks = points
      }
      let cases: [([String], String)] = [
        (["few.jsonl"], "expected at least 16 faces with annotated poses, found 15"),
        (["frontal.jsonl"], "expected faces seen from different sides"),
        (["nearly.jsonl"], "expected faces seen from different sides"),
        (["none.jsonl"], "expected faces with landmarks, found none among 40"),
        (["mixed.jsonl"], "expected one object frame, found 20 poses of bfm, 20 of arkit"),
        (["shuffled.jsonl"], "expected at least 16 faces with landmarks, found 0"),
        (
          ["all.jsonl", "--turn-from", "three.jsonl"],
          "expected at least 5 faces with annotated poses"
        ),
      ]
      for (arguments, words) in cases {
        let outcome = try Program.run(
          ["calibrate"] + arguments + ["--output", "face.npy", "--progress", "none"],
          in: faces.folder)
        #expect(outcome.status == 65, "\(arguments): \(outcome.errors)")
        #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
        #expect(faces.bytes("face.npy") == nil)
      }
      let name = try faces.run("calibrate", "all.jsonl", "--output", "face.obj")
      #expect(name.status == 64 && name.errors.contains("expected the name of a .npy file"))
    }
  }

  @Test("faces that cannot be used are counted by reason")
  func leftOut() throws {
    try Faces.with { faces in
      try faces.put(50, to: "some.jsonl", posed: true) { i, face in
        if i % 10 == 0 { face.landmarks = nil }
        if i % 10 == 1 { face.landmarks = face.landmarks?.fivePoints }
        if i % 10 == 2 { face.landmarks?[30] = .missing }
        if i % 10 == 3 { face.pose = nil }
      }
      let outcome = try faces.run("calibrate", "some.jsonl", "--output", "face.npy")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(
        outcome.errors.contains(
          "left out  5 faces without landmarks, 5 faces with landmarks of another layout, 5 faces without an annotated pose\n"
        ),
        "\(outcome.errors)")
      #expect(try faces.note("face.json")["faces"]?.number == 35)
    }
  }
}
