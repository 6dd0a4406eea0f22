/// A way to write a pose as a row of numbers, by the name that the command line has for it.
public enum PoseNotation: Sendable, Equatable {
  /// Three angles in degrees, in the convention's own order.
  case euler(EulerConvention)
  case numbers(Layout)

  /// Notations other than angles. Matrices are written row by row.
  public enum Layout: String, Sendable, CaseIterable {
    /// Records' own: rotation vector in radians, translation in metres.
    case record
    /// img2pose: rotation vector in radians, translation in units of 0.1 m.
    case img2pose
    case rotationVector = "rotation-vector"
    /// The canonical 3 x 3.
    case matrix
    /// `Pose_Para`: pitch, yaw, roll in radians, t3d, scale (`WeakPerspectivePose`).
    case poseParameters = "pose-para"
    /// F R F, 3DDFA's and face3d's (`Rotation.inYUpAxes`).
    case bfm
    /// F Rᵀ F (`Rotation.transposedInYUpAxes`).
    case sixDRepNet = "6drepnet-matrix"
    case sixDRepNet6D = "6drepnet-6d"
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

  /// What some notations need beside their numbers.
  public struct Scene: Sendable {
    /// For the translation of `pose-para`; its image's height in pixels with it.
    public var camera: Intrinsics?
    public var imageHeight = 0
    /// With it all poses but `biwi`, which stays in the depth camera, are in BIWI's colour camera.
    public var rig: BiwiRig?

    public init() {}
  }

  /// A rotation, with a translation in metres where the notation has one.
  public struct Pose: Sendable, Equatable {
    public var rotation: Rotation
    public var translation: SIMD3<Double>?

    public init(rotation: Rotation, translation: SIMD3<Double>? = nil) {
      self.rotation = rotation
      self.translation = translation
    }

    public init(_ pose: Extrinsics) {
      self.init(rotation: pose.rotation, translation: pose.translation)
    }

    /// Whether it is one that a head may have, so far as its numbers go.
    var isPlausible: Bool {
      Extrinsics(rotation: rotation, translation: translation ?? .zero).isPlausible
    }

    public var extrinsics: Extrinsics? {
      translation.map { Extrinsics(rotation: rotation, translation: $0) }
    }
  }

  public static let all: [PoseNotation] =
    EulerConvention.allCases.map(Self.euler) + Layout.allCases.map(Self.numbers)

  public init?(name: String) {
    guard let notation = Self.all.first(where: { $0.name == name }) else { return nil }
    self = notation
  }

  public var name: String {
    switch self {
    case .euler(let convention): convention.rawValue
    case .numbers(let layout): layout.rawValue
    }
  }

  /// How many numbers a pose takes.
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

  /// Whether it cannot be written without a translation.
  public var hasTranslation: Bool {
    switch self {
    case .euler, .numbers(.rotationVector), .numbers(.matrix), .numbers(.bfm),
      .numbers(.sixDRepNet), .numbers(.sixDRepNet6D), .numbers(.trg6D):
      false
    case .numbers: true
    }
  }
}
