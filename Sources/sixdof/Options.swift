public import ArgumentParser
internal import Codecs
internal import Foundation
public import Pipeline
public import Schema

extension ProgressMeter.Style: ExpressibleByArgument {}
extension ShardLayout: ExpressibleByArgument {}

/// How a run goes about its work; no option here changes what it writes.
struct RunOptions: ParsableArguments {
  @Option(help: "How many threads work.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help:
      "How progress is shown: a bar on a terminal and plain lines elsewhere (auto), plain, or none."
  )
  var progress: ProgressMeter.Style = .auto

  @Flag(help: "Stop at the first issue, warnings included, and write nothing.")
  var strict = false

  func validate() throws {
    guard (1...1024).contains(jobs) else {
      throw ValidationError("'--jobs' must be from 1 to 1024, not \(jobs).")
    }
  }
}

/// How training data are laid out.
struct ShardOptions: ParsableArguments {
  enum StoredLandmarks: String, ExpressibleByArgument, CaseIterable { case annotated, reprojected }

  @Option(help: "The LMDB's layout: img2pose's own, or whole records.")
  var layout: ShardLayout = .img2pose

  @Option(help: "Spread samples over this many LMDB files.")
  var shards: Int = 1

  @Option(
    help:
      "Which landmarks img2pose is given, from which it fits poses anew to images it flips or crops: the annotated ones, or the face model's points as the pose projects them."
  )
  var landmarks: StoredLandmarks = .annotated

  @Flag(help: "Go on with an interrupted run of the same input and options.")
  var resume = false

  @Flag(help: "Say what would be read, written and left out, and write nothing.")
  var dryRun = false

  @Flag(help: "Put the SHA-256 of images and outputs into the manifest.")
  var checksum = false

  func validate() throws {
    guard (1...10_000).contains(shards) else {
      throw ValidationError("'--shards' must be from 1 to 10000, not \(shards).")
    }
  }

  func validate(with profile: ProfileOptions) throws {
    guard profile.profile == .standard || landmarks == .annotated else {
      throw ValidationError(
        "'--landmarks reprojected' has no effect on '--profile img2pose', which stores the annotated ones."
      )
    }
  }
}
