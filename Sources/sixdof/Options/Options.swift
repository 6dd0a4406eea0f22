public import ArgumentParser
internal import Codecs
internal import FoundationEssentials
public import Pipeline
public import Runs
internal import Schema
public import Shards

/// What is given by one of several names, which shells complete.
public protocol NamedArgument: ExpressibleByArgument {}
extension NamedArgument {
  public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

extension ProgressMeter.Style: ExpressibleByArgument {}
extension ShardLayout: NamedArgument {
  public init?(argument: String) {
    guard let layout = Self.named(argument) else { return nil }
    self = layout
  }

  public static var allValueStrings: [String] { all.map(\.name) }
  public var defaultValueDescription: String { name }
}
extension PackingSettings.StoredLandmarks: ExpressibleByArgument {}
extension PackingSettings.Dealing: ExpressibleByArgument {}

/// - Throws: `ValidationError` where an option's number is given and outside of its range.
func require(_ option: String, _ number: Int?, in range: ClosedRange<Int>) throws {
  guard let number, !range.contains(number) else { return }
  throw ValidationError(
    "'\(option)' must be from \(range.lowerBound) to \(range.upperBound), not \(number).")
}

/// A size in pixels, as it is typed: `640x480`.
struct ImageSize: ExpressibleByArgument {
  var width: Int
  var height: Int

  init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
    (self.width, self.height) = (width, height)
  }
}

/// How a run goes about its work; no option here changes what it writes.
struct RunOptions: ParsableArguments {
  @Option(help: "How many threads work.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help:
      "How progress is shown: a bar on a terminal and plain lines elsewhere (auto), plain, none, or json: all that is said as an object a line, the last with the exit code and reason."
  )
  var progress: ProgressMeter.Style = .auto

  @Flag(help: "Stop at the first issue, warnings included, and write nothing.")
  var strict = false

  @Flag(help: "End soon after the process that started this one, so that no part is left at work.")
  var exitWithParent = false

  @OptionGroup var ending: EndingOptions

  var settings: RunSettings {
    var settings = RunSettings()
    (settings.jobs, settings.progress) = (jobs, progress)
    (settings.isStrict, settings.failOn) = (strict, ending.failOn)
    return settings
  }

  func validate() throws {
    try require("--jobs", jobs, in: 1...1024)
  }
}

/// Which findings make the exit code 2.
struct EndingOptions: ParsableArguments {
  @Option(
    help: "The least severity of findings that ends with exit code 2: note, warning or error.")
  var failOn: Schema.Check.Severity = .error
}

/// What is done about outputs that are there already.
struct OverwriteOptions: ParsableArguments {
  @Flag(
    help:
      "Replace what is there under the outputs' names, once the new outputs are whole; a folder only if sixdof made it and nothing in it changed."
  )
  var overwrite = false

  var existing: OutputSet.Existing { overwrite ? .overwritten : .refused }
}

/// How training data are laid out.
struct ShardOptions: ParsableArguments {
  @Option(
    help:
      "The LMDB's layout: img2pose's own, whole records, or what PerspNet's samples are made of.")
  var layout: ShardLayout = .img2pose

  @Option(
    help: ArgumentHelp(
      "perspnet: the folder of ARKitFace's tables uv_coords_std_202109.npy, triangles.npy and kpt_ind.npy.",
      valueName: "folder"))
  var meshTables: String?

  @Option(help: "Spread samples over this many LMDB files.")
  var shards: Int = 1

  @Option(
    help:
      "Which samples go to which of them: each to the one with the fewest bytes so far (weight), or blocks of the input in its order, as parts have them (blocks)."
  )
  var shardBy: PackingSettings.Dealing = .weight

  @Option(
    help:
      "Which landmarks img2pose is given, from which it fits poses anew to images it flips or crops: the annotated ones, or the face model's points as the pose projects them."
  )
  var landmarks: PackingSettings.StoredLandmarks = .annotated

  @Flag(help: "Go on with an interrupted run of the same input and options.")
  var resume = false

  @OptionGroup var overwriting: OverwriteOptions

  @Flag(help: "Say what would be read, written and left out, and write nothing.")
  var dryRun = false

  @Flag(help: "Put the SHA-256 of images and outputs into the manifest.")
  var checksum = false

  func validate() throws {
    try require("--shards", shards, in: 1...10_000)
    guard layout.needsMeshes == (meshTables != nil) else {
      throw ValidationError(
        meshTables == nil
          ? "'--layout \(layout.name)' is made of meshes; name the folder of their tables by '--mesh-tables'."
          : "'--mesh-tables' has no effect on '--layout \(layout.name)'.")
    }
  }

  var settings: PackingSettings {
    var settings = PackingSettings()
    (settings.layout, settings.shards, settings.landmarks) = (layout, shards, landmarks)
    settings.dealing = shardBy
    settings.meshTables = meshTables
    (settings.resumes, settings.existing) = (resume, overwriting.existing)
    (settings.isDryRun, settings.checksum) = (dryRun, checksum)
    return settings
  }

  func validate(with parts: PartOptions) throws {
    guard parts.part != nil else { return }
    guard shards == 1, shardBy == .weight else {
      throw ValidationError("'--part' writes one LMDB; '--shards' is for a run of the whole.")
    }
    guard !dryRun else {
      throw ValidationError("'--dry-run' is for a run of the whole, not for '--part'.")
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
