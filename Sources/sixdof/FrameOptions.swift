public import ArgumentParser
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

/// Brings records' poses to one object frame.
struct FrameConversion: Sendable {
  var frame: HeadPose.Frame

  /// - Returns: of which frames the poses were that were changed.
  /// - Throws: `Failure` where a pose is in a frame of which nothing is known.
  func apply(to record: inout ImageRecord) throws -> FrameCounts {
    var changed = FrameCounts()
    for i in record.faces.indices {
      guard let pose = record.faces[i].pose, pose.frame != frame else { continue }
      guard let converted = pose.converted(to: frame) else {
        throw Failure(
          "\(record.location(ofFace: i)): face \(i + 1), pose: expected one in the frame of a known head, found one of '\(pose.frame.rawValue)', which cannot be converted to \(frame.rawValue)"
        )
      }
      record.faces[i].pose = converted
      changed.add(pose.frame)
    }
    return changed
  }

  /// What was done, and how exact it is; nil where nothing was.
  func text(_ changed: FrameCounts) -> String? {
    guard !changed.present.isEmpty else { return nil }
    let exactness = changed.present.compactMap { from in
      from.exactness(to: frame).map { "\(from.rawValue): \($0)" }
    }
    return
      "\(changed.text) converted to \(frame.rawValue), rotations unchanged (\(exactness.joined(separator: "; ")))"
  }
}

extension Failure {
  /// Poses of several frames would be pooled.
  init(mixed frames: FrameCounts, at place: String) {
    self.init(
      "\(place): poses: expected one object frame, found \(frames.text); --frame-of bfm, arkit or biwi-head converts all to one"
    )
  }
}
