import ArgumentParser
internal import Datasets
import Foundation
import Schema
import Shards
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

/// The message for arguments that are refused; nil where they are accepted.
private func refusal(_ arguments: [String]) -> String? {
  do {
    _ = try Sixdof.parseAsRoot(arguments)
    return nil
  } catch {
    return Sixdof.message(for: error)
  }
}

private let build = [
  "build", "wider-face", "--images", "i", "--annotations", "a", "--output", "o",
]

@Suite("Command line")
struct ParsingTests {
  @Test("build has the defaults that its help names")
  func defaults() throws {
    let command = try #require(try Sixdof.parseAsRoot(build) as? Build)
    #expect(command.dataset.name == "wider-face")
    #expect(command.annotations.annotations == ["a"])
    #expect(command.images.images == ["i"])
    #expect(command.images.size.maxImageBytes == 268_435_456)
    #expect(command.shards.layout == .img2pose)
    #expect(command.shards.shards == 1)
    #expect(!command.shards.resume && !command.shards.dryRun && !command.shards.checksum)
    #expect(!command.records && !command.runOptions.strict)
    #expect(command.runOptions.jobs == ProcessInfo.processInfo.activeProcessorCount)
  }

  @Test("several annotation files follow one option")
  func severalAnnotations() throws {
    let command = try Build.parse([
      "wider-face", "--annotations", "a", "b", "c", "--images", "i", "--output", "o",
    ])
    #expect(command.annotations.annotations == ["a", "b", "c"])
  }

  @Test(
    "an option out of its range is refused with the range",
    arguments: [
      (
        ["convert", "biwi", "--input", "i", "--output", "o", "--egocentric"],
        "'--egocentric' is for 300w-lp and aflw2000; rotations of 'biwi' are relative to the camera's axis."
      ),
      (
        ["convert", "coco", "--input", "i", "--output", "o", "--pixel-origin", "1"],
        "'--pixel-origin' is for voc, not for 'coco'."
      ),
      (
        ["convert", "coco", "--input", "i", "--output", "o", "--convention", "matrix"],
        "'--convention' of other numbers than angles is for csv and pose-jsonl, not for 'coco'."
      ),
      (
        ["convert", "voc", "--input", "i", "--output", "o", "--map", "m"],
        "'--map' is for cvat, imglab, label-studio, labelme, datumaro, coco, csv and yolo, not for 'voc'."
      ),
      (build + ["--jobs", "0"], "'--jobs' must be from 1 to 1024, not 0."),
      (build + ["--jobs", "1025"], "'--jobs' must be from 1 to 1024, not 1025."),
      (build + ["--shards", "0"], "'--shards' must be from 1 to 10000, not 0."),
      (
        ["synth", "wider-face", "--count", "0", "--output", "o"],
        "'--count' must be from 1 to 1000000, not 0."
      ),
      (
        ["synth", "wider-face", "--count", "1", "--output", "o", "--quality", "101"],
        "'--quality' must be from 1 to 100, not 101."
      ),
      (
        ["synth", "wider-face", "--count", "1", "--output", "o", "--split", "dev"],
        "'--split' must be train, val or test, not 'dev'."
      ),
      (
        ["convert", "biwi", "--annotations", "a", "--output", "o"],
        "'--annotations' is for wider-face and 300w-lp; 'biwi' has them in its '--input'."
      ),
      (
        ["convert", "300w-lp", "--annotations", "a", "--input", "b", "--output", "o"],
        "'--annotations' and '--input' are two ways to name one dataset; give one."
      ),
      (
        ["convert", "biwi", "--output", "o"],
        "'biwi' needs '--input', the folder, zip or tar that it is in."
      ),
      (
        ["convert", "biwi", "--input", "i", "--landmark-tables", "t", "--output", "o"],
        "'--landmark-tables' is for 300w-lp, not for 'biwi'."
      ),
      (
        ["build", "300w-lp", "--annotations", "a", "--output", "o"],
        "'--images' needs the folder, zip or tar of images."
      ),
      (["inspect", "x.lmdb", "--index=-1"], "'--index' must be at least 0."),
      (
        ["inspect", "x.lmdb", "--overlay", "o.png"],
        "'--overlay' draws one sample; name it with '--index'."
      ),
      (
        build + ["--focal", "800", "--fov", "60"],
        "'--camera', '--focal', '--fov' and '--intrinsics' exclude each other."
      ),
      (build + ["--fov", "180"], "'--fov' must be from 0.1 to 179.7, not 180.0."),
      (build + ["--focal", "0"], "'--focal' must be from 0.001 to 1e9, not 0.0."),
      (build + ["--tolerance", "0"], "'--tolerance' must be between 0 and 1, not 0.0."),
      (
        build + ["--landmark-sigma", "2"], "'--landmark-sigma' must be from 0 to 1, not 2.0."
      ),
      (
        build + ["--profile", "img2pose", "--fov", "60"],
        "'--fov' has no effect on '--profile img2pose', which follows its converter."
      ),
      (
        build + ["--profile", "img2pose", "--landmarks", "reprojected"],
        "'--landmarks reprojected' has no effect on '--profile img2pose', which stores the annotated ones."
      ),
      (
        ["label", "r", "--output", "o", "--relabel", "--fit-translation"],
        "'--relabel' replaces the rotations that '--fit-translation' keeps."
      ),
      (
        ["evaluate", "p", "--truth", "t", "--protocol", "wider", "--bins", "0,30"],
        "'--bins', '--source' and '--triangles' are for poses, not for '--protocol wider'."
      ),
      (
        ["evaluate", "p", "--truth", "t", "u", "--protocol", "trg"],
        "'--truth' takes several files for '--protocol wider' only."
      ),
      (
        ["evaluate", "-", "--truth", "-", "--protocol", "trg"],
        "Predictions and truth cannot both be standard input."
      ),
      (
        ["evaluate", "p", "--truth", "t", "--protocol", "trg", "--bootstrap", "100001"],
        "'--bootstrap' must be from 0 to 100000, not 100001."
      ),
      (
        ["pack", "-", "--images", "i", "--output", "o"],
        "'pack' reads its records twice, so they must be a file and not '-'."
      ),
    ])
  func ranges(arguments: [String], message: String) {
    #expect(refusal(arguments) == message)
  }

  @Test("a missing or unknown value is named")
  func missingValues() throws {
    let noOutput = try #require(refusal(Array(build.dropLast(2))))
    #expect(noOutput.contains("--output"))
    let noImages = try #require(
      refusal(["build", "wider-face", "--annotations", "a", "--output", "o"]))
    #expect(noImages.contains("--images"))
    let otherDataset = try #require(refusal(["build", "lfw"] + build.dropFirst(2)))
    #expect(otherDataset.contains("lfw") && otherDataset.contains("wider-face"))
    let otherLayout = try #require(refusal(build + ["--layout", "csv"]))
    #expect(otherLayout.contains("csv"))
    #expect(otherLayout.contains("img2pose") && otherLayout.contains("records"))
  }

  @Test(
    "the help of each command holds an example of it",
    arguments: ["build", "convert", "label", "stats", "pack", "evaluate", "inspect", "synth"])
  func helpHasAnExample(command: String) throws {
    let help = try Program.run([command, "--help"])
    #expect(help.status == 0)
    #expect(
      help.output.contains("\n    sixdof \(command) ")
        || help.output.contains("  sixdof \(command) "))
    #expect(help.output.contains("USAGE: sixdof \(command)"))
  }

  @Test("the root help is the snapshot's")
  func rootHelp() throws {
    #expect(try Program.run(["--help"]).output == rootHelpSnapshot)
  }

  @Test("bad usage ends with 64 and says what is wrong")
  func usageExitCode() throws {
    let outcome = try Program.run(build + ["--jobs", "0"])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("'--jobs' must be from 1 to 1024, not 0."))
  }

  @Test("the version is the one that manifests name")
  func version() throws {
    // A packaged program names its commit, too.
    let version = try Program.run(["--version"]).output
    #expect(version.wholeMatch(of: /(\S+)( \([0-9a-f]{12}\))?\n/)?.1 == Release.version[...])
  }
}
