public import Geometry

extension HeadPose.Frame {
  /// The frame's origin in the frame `bfm`, in metres; nil for a user's frame. Axes are assumed to be parallel.
  fileprivate var origin: SIMD3<Double>? {
    switch self {
    case .bfm: .zero
    case .arkit: Extrinsics.arkitOriginInBFM
    case .biwiHead: Extrinsics.arkitOriginInBFM - Extrinsics.arkitOriginInBiwi
    case .user: nil
    }
  }

  /// How exact the conversion of a pose from this frame to another is, in words. nil where nothing changes, or
  /// where no conversion is known.
  public func exactness(to other: Self) -> String? {
    switch (self, other) {
    case (.user, _), (_, .user): nil
    case (.bfm, .bfm), (.arkit, .arkit), (.biwiHead, .biwiHead): nil
    case (.arkit, .biwiHead), (.biwiHead, .arkit):
      "origins by PerspNet's alignment of the two datasets, which states no error"
    case (.bfm, .arkit), (.arkit, .bfm):
      "origins by a fit of 68 landmarks, rms 5 to 10 mm"
    case (.bfm, .biwiHead), (.biwiHead, .bfm):
      "origins by a fit of 68 landmarks, rms 5 to 10 mm, and PerspNet's alignment"
    }
  }
}

extension HeadPose {
  /// The same head's pose in another object frame. nil from or to a user's frame, about which nothing is known.
  ///
  /// The rotation stays, and the origin moves by a constant vector of the two frames (FORMATS §11.9).
  public func converted(to frame: Frame) -> HeadPose? {
    if frame == self.frame { return self }
    guard let from = self.frame.origin, let to = frame.origin else { return nil }
    return HeadPose(
      rotationVector: rotationVector,
      translation: extrinsics?.withOrigin(at: to - from).translation, frame: frame, scale: scale,
      provenance: provenance)
  }
}

extension HeadPose {
  /// The rotation, and the translation where there is one, without what they are based on.
  public var notated: PoseNotation.Pose {
    PoseNotation.Pose(rotation: rotation, translation: translation)
  }
}

/// How many poses there are in each object frame.
public struct FrameCounts: Sendable, Equatable {
  private var counts = SIMD4<Int>.zero

  /// All counts 0.
  public init() {}

  /// Counts poses.
  public mutating func add(_ frame: HeadPose.Frame, count: Int = 1) {
    counts[Self.place(of: frame)] += count
  }

  /// Adds all counts of another.
  public static func += (left: inout Self, right: Self) { left.counts &+= right.counts }

  /// Takes away all counts of another, which were added.
  public static func -= (left: inout Self, right: Self) { left.counts &-= right.counts }

  /// How many poses are in a frame.
  public subscript(frame: HeadPose.Frame) -> Int { counts[Self.place(of: frame)] }

  /// The frames that have poses, in the order of `allCases`.
  public var present: [HeadPose.Frame] { HeadPose.Frame.allCases.filter { self[$0] > 0 } }

  /// Whether there are poses in more than one frame.
  public var isMixed: Bool {
    (0..<counts.scalarCount).reduce(0) { $0 + (counts[$1] > 0 ? 1 : 0) } > 1
  }

  /// The counts in words: "1 pose of bfm, 24 of biwi-head".
  public var text: String {
    present.enumerated().map { i, frame in
      "\(self[frame])\(i > 0 ? "" : self[frame] == 1 ? " pose" : " poses") of \(frame.rawValue)"
    }.joined(separator: ", ")
  }

  private static func place(of frame: HeadPose.Frame) -> Int {
    switch frame {
    case .bfm: 0
    case .arkit: 1
    case .biwiHead: 2
    case .user: 3
    }
  }
}

extension ImageRecord {
  /// The object frames of the poses of its faces.
  public var frames: FrameCounts {
    var counts = FrameCounts()
    for face in faces { if let frame = face.pose?.frame { counts.add(frame) } }
    return counts
  }
}
