internal import ArgumentParser
internal import Runs
internal import Schema

/// Whether all poses are brought to one object frame.
struct FrameOptions: ParsableArguments {
  /// The frames of which it is known how they lie to each other.
  enum Frame: String, ExpressibleByArgument, CaseIterable {
    case bfm, arkit
    case biwiHead = "biwi-head"

    fileprivate var frame: HeadPose.Frame {
      switch self {
      case .bfm: .bfm
      case .arkit: .arkit
      case .biwiHead: .biwiHead
      }
    }
  }

  @Option(
    help: ArgumentHelp(
      "Bring all poses to one object frame: origins move by constants that are known to 5 to 10 mm between bfm and the others. Poses of several frames are not pooled without it.",
      valueName: "frame"))
  var frameOf: Frame?

  var conversion: FrameConversion? { frameOf.map { FrameConversion(frame: $0.frame) } }
}
