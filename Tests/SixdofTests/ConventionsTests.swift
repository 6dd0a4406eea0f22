import Foundation
import TestSupport
import Testing

@Suite("Conventions on the command line")
struct ConventionsTests {
  private func run(_ arguments: [String], input: String? = nil) throws -> Program.Outcome {
    try Program.run(["conventions"] + arguments, input: input)
  }

  @Test("the table has a line a system with the sign of each axis")
  func table() throws {
    let all = try run([]).output.split(separator: "\n").map(String.init)
    let line = try #require(all.first { $0.hasPrefix("  perspnet-yxz") })
    #expect(
      line.split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) } == [
        "perspnet-yxz", "yaw, pitch, roll", "degrees", "+x face down", "−y face to image right",
        "−z counter-clockwise", "pitch ±90°",
      ])
    let one = try run(["--system", "3ddfa"]).output
    #expect(one.contains("Rz(−roll) Ry(yaw) Rx(pitch)") && !one.contains("perspnet-yxz"))
  }

  @Test("the picture is an SVG")
  func picture() throws {
    try withTemporaryDirectory { folder in
      let made = try run(["--system", "aflw", "--picture", folder + "/a.svg"])
      #expect(made.status == 0 && made.errors.contains("wrote"))
      let svg = try String(contentsOfFile: folder + "/a.svg", encoding: .utf8)
      #expect(svg.hasPrefix("<svg ") && svg.contains("R = Rx(−pitch) Ry(yaw) Rz(roll)"))
    }
  }

  @Test(
    "a pose given by arguments is written for people",
    arguments: [
      (["aflw", "trg-yxz", "20", "0", "0"], "yaw 0.000000  pitch -20.000000  roll 0.000000\n"),
      (
        ["aflw", "matrix", "0", "90", "0"],
        """
        0.000000  0.000000  1.000000
        0.000000  1.000000  0.000000
        -1.000000  0.000000  0.000000

        """
      ),
    ])
  func arguments(numbers: [String], output: String) throws {
    let outcome = try run(
      ["--from", numbers[0], "--to", numbers[1]] + numbers.dropFirst(2))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == output)
  }

  @Test("lines are converted one by one; an empty one stays empty, a bad one has its number")
  func lines() throws {
    let made = try run(
      ["--from", "record", "--to", "img2pose", "-"], input: "0 0 0 0.5 0 1\n\n0,0,0,1,2,3\r\n")
    #expect(made.output == "0.0 0.0 0.0 5.0 0.0 10.0\n\n0.0 0.0 0.0 10.0 20.0 30.0\n")
    let bad = try run(["--from", "aflw", "--to", "matrix", "-"], input: "0 0 0\n1 x 2\n")
    #expect(bad.status == 65)
    #expect(bad.errors.contains("standard input:2: aflw: expected numbers, found 'x'"))
  }

  @Test(
    "what cannot be converted says why",
    arguments: [
      (
        ["--from", "aflw", "--to", "arkit", "1", "2", "3"],
        "the pose: arkit: expected a translation, which aflw does not have"
      ),
      (
        ["--from", "aflw", "--to", "matrix", "1", "2"],
        "the pose: aflw: expected 3 numbers (pitch, yaw, roll in degrees), found 2"
      ),
      (
        ["--from", "matrix", "--to", "aflw", "1", "0", "0", "0", "1", "0", "0", "0", "2"],
        "the pose: matrix: expected a rotation, found numbers that are none"
      ),
      (
        ["--from", "record", "--to", "pose-para", "--image", "450x450"]
          + ["0", "0", "0", "0", "0", "-1"],
        "the pose: pose-para: expected a pose in front of the camera, found one behind it"
      ),
      (
        ["--from", "aflw", "--to", "matrix", "--sight", "egocentric", "1", "2", "3"],
        "the pose: expected a translation, from which origin and line of sight follow, found none"
      ),
    ])
  func refusals(arguments: [String], message: String) throws {
    let outcome = try run(arguments)
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("a calibration that is none is refused with its line")
  func calibration() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/rgb.cal"
      try "1 0 0\n0 0 0\n".write(toFile: path, atomically: true, encoding: .utf8)
      let numbers = ["1", "0", "0", "0", "1", "0", "0", "0", "1", "0", "0", "900"]
      let outcome = try run(["--from", "biwi", "--to", "record", "--rgb-cal", path] + numbers)
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("\(path): intrinsics: expected a row"))
    }
  }

  @Test("convert --euler adds angles that the schema knows")
  func euler() throws {
    try withTemporaryDirectory { folder in
      _ = try Program.run([
        "synth", "aflw2000", "--count", "3", "--output", folder, "--progress", "none",
      ])
      let made = try Program.run([
        "convert", "aflw2000", "--input", folder, "--native", "none", "--output", "-", "--euler",
        "aflw", "--euler", "trg-yxz",
      ])
      #expect(made.status == 0, "\(made.errors)")
      let lines = made.output.split(separator: "\n")
      #expect(lines.count == 3)
      for line in lines {
        #expect(line.contains("\"euler_aflw\":{\"pitch\":"))
        #expect(line.contains("\"euler_trg_yxz\":{\"yaw\":"))
      }
    }
  }
}
