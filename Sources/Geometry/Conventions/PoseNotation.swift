/// A way to write a pose as a row of numbers. Its name is the one that the command line uses.
public enum PoseNotation: Sendable, Equatable {
  /// Three angles in degrees, in the convention's own order.
  case euler(EulerConvention)
  /// Any other notation.
  case numbers(Layout)

  /// Notations other than angles. Matrices are written row by row.
  public enum Layout: String, Sendable, CaseIterable {
    /// Records' own: rotation vector in radians, translation in metres.
    case record
    /// img2pose: rotation vector in radians, translation in units of 0.1 m.
    case img2pose
    /// Axis times angle in radians.
    case rotationVector = "rotation-vector"
    /// The canonical 3 x 3.
    case matrix
    /// `Pose_Para`: pitch, yaw, roll in radians, t3d, scale (`WeakPerspectivePose`).
    case poseParameters = "pose-para"
    /// F R F, 3DDFA's and face3d's (`Rotation.inYUpAxes`).
    case bfm
    /// F Rᵀ F (`Rotation.transposedInYUpAxes`).
    case sixDRepNet = "6drepnet-matrix"
    /// The first two columns of that matrix, one after the other (`SixDLayout.sixDRepNet`).
    case sixDRepNet6D = "6drepnet-6d"
    /// The first two columns of R, row by row (`SixDLayout.trg`).
    case trg6D = "trg-6d"
    /// TRG's 4 x 4 (`RowTransform.Axes.openCV`).
    case trg
    /// ARKitFace's and PerspNet's 4 x 4 (`RowTransform.Axes.openGL`).
    case arkit
    /// WCPA's nine numbers and three.
    case wcpa
    /// PnP on points in OpenGL axes: 3 x 3, then translation in metres.
    case perspNetPnP = "perspnet-pnp"
    /// `_pose.txt`: 3 x 3, then the head's centre in millimetres (`BiwiPose`).
    case biwi
  }

  /// What some notations need in addition to their numbers.
  public struct Scene: Sendable {
    /// The image's camera, for the translation of `pose-para`; nil for poses of rotation only.
    public var camera: Intrinsics?
    /// In pixels; `pose-para` counts rows from below.
    public var imageHeight = 0
    /// With it, poses are in BIWI's colour camera, while the numbers of `biwi` stay in the depth camera.
    public var rig: BiwiRig?

    /// Without a camera or rig.
    public init() {}
  }

  /// A rotation, with a translation in metres where the notation has one.
  public struct Pose: Sendable, Equatable {
    /// From object axes to camera axes, canonical.
    public var rotation: Rotation
    /// In metres; nil where the notation has none.
    public var translation: SIMD3<Double>?

    /// From a rotation alone, or with a translation in metres.
    public init(rotation: Rotation, translation: SIMD3<Double>? = nil) {
      self.rotation = rotation
      self.translation = translation
    }

    /// From a whole pose, its translation in metres.
    public init(_ pose: Extrinsics) {
      self.init(rotation: pose.rotation, translation: pose.translation)
    }

    /// Whether all numbers are within `PlausibleRange`.
    var isPlausible: Bool {
      Extrinsics(rotation: rotation, translation: translation ?? .zero).isPlausible
    }

    /// The whole pose; nil without a translation.
    public var extrinsics: Extrinsics? {
      translation.map { Extrinsics(rotation: rotation, translation: $0) }
    }
  }

  /// Every notation: first the conventions of angles, then the layouts.
  public static let all: [PoseNotation] =
    EulerConvention.allCases.map(Self.euler) + Layout.allCases.map(Self.numbers)

  /// The notation of a name; nil where there is none.
  public init?(name: String) {
    guard let notation = Self.all.first(where: { $0.name == name }) else { return nil }
    self = notation
  }

  /// As the command line spells it.
  public var name: String {
    switch self {
    case .euler(let convention): convention.rawValue
    case .numbers(let layout): layout.rawValue
    }
  }

  /// How many numbers a pose has.
  public var count: Int {
    guard case .numbers(let layout) = self else { return 3 }
    return switch layout {
    case .rotationVector: 3
    case .record, .img2pose, .sixDRepNet6D, .trg6D: 6
    case .poseParameters: 7
    case .matrix, .bfm, .sixDRepNet: 9
    case .wcpa, .perspNetPnP, .biwi: 12
    case .trg, .arkit: 16
    }
  }

  /// Whether a pose needs a translation to be written in it.
  public var hasTranslation: Bool {
    switch self {
    case .euler, .numbers(.rotationVector), .numbers(.matrix), .numbers(.bfm),
      .numbers(.sixDRepNet), .numbers(.sixDRepNet6D), .numbers(.trg6D):
      false
    case .numbers: true
    }
  }
}
