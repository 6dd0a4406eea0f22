import ArgumentParser
import Foundation
import Labelling
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("Face model options and inspect")
struct FaceModelOptionsTests {
  private func refusal(_ arguments: [String]) -> String? {
    do {
      _ = try Inspect.parse(arguments)
      return nil
    } catch {
      return Inspect.message(for: error)
    }
  }

  @Test("the bundled models are the default")
  func defaults() throws {
    #expect(try FaceModelOptions.parse([]).load() == .bundled)
    #expect(try FaceModelOptions.parse(["--face-model", "face-mesh"]).load().models == [.faceMesh])
    #expect(try FaceModelOptions.parse(["--face-model", "bfm"]).load() == .bfm)
  }

  @Test(
    "what does not go together is refused",
    arguments: [
      ([], "'inspect' needs either a file or '--face-model'."),
      (["a.lmdb", "--face-model", "bfm"], "'inspect' needs either a file or '--face-model'."),
      (
        ["--face-model", "bfm", "--index", "1"],
        "'--index' and '--images' are for samples, not for '--face-model'."
      ),
      (
        ["--face-model", "bfm", "--face-model-axes", "opengl"],
        "'--face-model-axes' describes a model of your own; name its file with '--face-model'."
      ),
      (
        ["a.lmdb", "--face-model-unit", "0.001"],
        "'--face-model-unit' describes a model of your own; name its file with '--face-model'."
      ),
      (
        ["--face-model", "h.obj", "--face-model-unit", "0"],
        "'--face-model-unit' must be from 1e-9 to 1e6, not 0.0."
      ),
    ] as [([String], String)])
  func combinations(arguments: [String], message: String) {
    #expect(refusal(arguments) == message)
  }

  @Test("inspect lists both bundled models and draws them")
  func bundled() throws {
    try withTemporaryDirectory { folder in
      let outcome = try Program.run(
        ["inspect", "--face-model", "bfm", "--overlay", "model.svg"], in: folder)
      #expect(outcome.status == 0)
      #expect(outcome.errors == "wrote     model.svg\n")
      #expect(outcome.output.hasPrefix("bfm-5: face model of 5 points\n  source       img2pose"))
      #expect(outcome.output.contains("\nbfm-68: face model of 68 points\n"))
      #expect(outcome.output.contains("\n  interocular  61.8 mm\n"))
      #expect(outcome.output.contains("\n     30     -1.807    -6.197   -74.626  nose bridge\n"))
      let svg = try String(contentsOfFile: folder + "/model.svg", encoding: .utf8)
      #expect(svg.hasPrefix("<svg "))
    }
  }

  @Test("a model of one's own says how it was read; a mistake says which option would help")
  func ownModel() throws {
    try withTemporaryDirectory { folder in
      let points = ["-31 40 38", "31 40 38", "0 3 75", "-24 -28 40", "24 -28 40"]
      try write(points.map { "v \($0)\n" }.joined(), to: folder + "/gl.obj")
      try write(points.map { "v 9 9 9\nv \($0)\n" }.joined(), to: folder + "/head.obj")
      try write("1 3 5 7 9", to: folder + "/five.txt")
      func inspect(_ file: String, _ options: String...) throws -> Program.Outcome {
        try Program.run(["inspect", "--face-model", file] + options, in: folder)
      }
      #expect(
        try inspect("gl.obj").errors
          == "error: gl.obj: face model: expected an interocular distance from 3 to 12 cm, found 62 m; is the unit millimetres (scale 0.001)? (--face-model-unit 0.001)\n"
      )
      let flipped = try inspect("gl.obj", "--face-model-unit", "0.001")
      #expect(flipped.status == 65)
      #expect(flipped.errors.hasSuffix(" would fit (--face-model-axes opengl)\n"))
      #expect(
        try inspect("head.obj").errors
          == "error: head.obj: face model: expected 5, 68 or 468 points, found 10; name the landmarks' vertices with an index file (--face-model-indices FILE)\n"
      )
      let read = try inspect(
        "head.obj", "--face-model-indices", "five.txt", "--face-model-unit", "0.001",
        "--face-model-axes", "opengl")
      #expect(read.status == 0, "\(read.errors)")
      #expect(read.output.contains("\n  source       head.obj, 1 unit = 0.001 m, axes opengl\n"))
      #expect(
        read.output.contains("\n  frame        user: the axes and origin of a user's face model\n"))
      #expect(read.output.contains("\n      2      0.000    -3.000   -75.000  nose tip\n"))
    }
  }
}
