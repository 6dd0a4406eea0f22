public import ArgumentParser
internal import Codecs
internal import Foundation
public import Pipeline
public import Shards

extension ProgressMeter.Style: ExpressibleByArgument {}
extension ShardLayout: ExpressibleByArgument {}

/// Which dataset's form the input has.
enum Dataset: String, ExpressibleByArgument, CaseIterable {
  case widerFace = "wider-face"
}

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

/// Where images come from.
struct ImageOptions: ParsableArguments {
  @Option(help: "The folder, zip or tar that the annotations' image paths are relative to.")
  var images: String

  @Option(help: "Refuse image files larger than this.")
  var maxImageBytes: Int = 256 << 20

  func open() throws -> ImageStore { try ImageStore(path: images, maximumBytes: maxImageBytes) }
}

/// Which annotation files are read.
struct AnnotationOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help:
      "Annotation files of any of the dataset's forms; several are merged by image, the first giving the order."
  )
  var annotations: [String]

  @Option(help: "The records' split, where the file's name does not tell it.")
  var split: String?

  func validate() throws {
    guard !annotations.isEmpty else {
      throw ValidationError("'--annotations' needs at least one file.")
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
