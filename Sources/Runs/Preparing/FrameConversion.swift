public import Schema

/// Brings records' poses to one object frame.
public struct FrameConversion: Sendable {
  /// The frame that all poses are brought to.
  public var frame: HeadPose.Frame

  /// To this frame.
  public init(frame: HeadPose.Frame) { self.frame = frame }

  /// - Returns: of which frames the poses were that were changed.
  /// - Throws: `RunFailure` where a pose is in a frame of which nothing is known.
  func apply(to record: inout ImageRecord) throws -> FrameCounts {
    var changed = FrameCounts()
    for i in record.faces.indices {
      guard let pose = record.faces[i].pose, pose.frame != frame else { continue }
      guard let converted = pose.converted(to: frame) else {
        throw RunFailure(
          "\(record.location(ofFace: i)): face \(i + 1), pose: expected one in the frame of a known head, found one of '\(pose.frame.rawValue)', which cannot be converted to \(frame.rawValue)"
        )
      }
      record.faces[i].pose = converted
      changed.add(pose.frame)
    }
    return changed
  }

  /// What was done, and how exact it is; nil where nothing was.
  public func text(_ changed: FrameCounts) -> String? {
    guard !changed.present.isEmpty else { return nil }
    let exactness = changed.present.compactMap { from in
      from.exactness(to: frame).map { "\(from.rawValue): \($0)" }
    }
    return
      "\(changed.text) converted to \(frame.rawValue), rotations unchanged (\(exactness.joined(separator: "; ")))"
  }
}

extension RunFailure {
  /// Poses of several frames would be pooled.
  public init(mixed frames: FrameCounts, at place: String) {
    self.init(
      "\(place): poses: expected one object frame, found \(frames.text)", remedy: .oneFrame)
  }
}
