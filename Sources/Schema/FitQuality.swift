internal import Geometry

/// How well a fitted pose explains the landmarks.
public struct FitQuality: Sendable, Equatable {
  /// How the pose was fitted: by `LeastSquaresPoseSolver` or `EPnPSolver`.
  public enum Solver: String, Sendable, CaseIterable {
    /// `LeastSquaresPoseSolver`.
    case leastSquares = "least-squares"
    /// `EPnPSolver`.
    case epnp
  }

  /// Warnings about a fit. The thresholds are static members of `FitQuality`.
  public struct Flags: OptionSet, Sendable {
    /// One bit for each flag, in the order of the members below.
    public let rawValue: UInt8

    /// From the bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The model's origin is behind the camera. Only EPnP gives such poses; least squares gives no pose then.
    public static let behindCamera = Flags(rawValue: 1)
    /// `relativeError` is above `largeRelativeError`.
    public static let largeResidual = Flags(rawValue: 2)
    /// Another pose, more than 10° away, explains the landmarks about as well. Its error is at most
    /// `ambiguousRatio` times that of this pose, or times what the stated uncertainty expects where that is
    /// greater.
    public static let ambiguous = Flags(rawValue: 4)
    /// The pose was fitted to fewer landmarks than the layout has.
    public static let fewPoints = Flags(rawValue: 8)
    /// `interocularDistance` is below `smallInterocularDistance`.
    public static let smallFace = Flags(rawValue: 16)
    /// The model's origin appears outside of the image.
    public static let outOfImage = Flags(rawValue: 32)
    /// Two networks' rotations are further apart than `networkDisagreement`.
    public static let networksDisagree = Flags(rawValue: 64)

    static let named: [(name: String, flag: Flags)] = [
      ("behind-camera", .behindCamera), ("large-residual", .largeResidual),
      ("ambiguous", .ambiguous), ("few-points", .fewPoints), ("small-face", .smallFace),
      ("out-of-image", .outOfImage), ("networks-disagree", .networksDisagree),
    ]
  }

  /// Above this `relativeError` a fit has a large residual. It is three times the mean for five landmarks of the
  /// stated uncertainty.
  public static let largeRelativeError = 0.15
  /// Above this `relativeError` landmarks are of another thing or order than the model's.
  public static let unlikeAnyFace = 0.3
  /// Up to this ratio of errors, a second pose makes a fit ambiguous.
  public static let ambiguousRatio = 2.0
  /// Above this angle between the rotations that two networks give, in degrees, their mean is not to be relied on. Of 16
  /// photographs of AFLW2000 five are above it.
  public static let networkDisagreement = 15.0
  /// Below this interocular distance, in pixels, a face is small: rounding to whole pixels alone then costs about
  /// a degree.
  public static let smallInterocularDistance = 10.0

  /// How the pose was fitted.
  public var solver: Solver
  /// What to be wary of.
  public var flags: Flags
  /// How many landmarks the pose was fitted to.
  public var points: Int32
  /// Root mean square reprojection error in pixels.
  public var reprojectionError: Double
  /// The model's interocular distance as it appears, in pixels: f x distance / depth.
  public var interocularDistance: Double
  /// nil where the solver gives none.
  public var uncertainty: Uncertainty? {
    get { storedUncertainty.isNone ? nil : storedUncertainty }
    set { storedUncertainty = newValue ?? .none }
  }
  /// An optional would take eight more bytes for every face.
  private var storedUncertainty: Uncertainty

  /// Distances and errors are in pixels.
  public init(
    solver: Solver, points: Int, reprojectionError: Double, interocularDistance: Double,
    uncertainty: Uncertainty? = nil, flags: Flags = []
  ) {
    self.solver = solver
    self.points = Int32(points)
    self.reprojectionError = reprojectionError
    self.interocularDistance = interocularDistance
    storedUncertainty = uncertainty ?? .none
    self.flags = flags
  }

  /// Standard deviations of a pose: of the rotation about the camera's axes in degrees, of the translation along
  /// them in metres.
  ///
  /// `Float` has more digits than they are known to, and keeps faces small in memory.
  public struct Uncertainty: Sendable, Equatable {
    private var rx, ry, rz, tx, ty, tz: Float

    /// Rotation in degrees, translation in metres; none may be negative.
    public init(rotation: SIMD3<Float>, translation: SIMD3<Float>) {
      (rx, ry, rz) = (rotation.x, rotation.y, rotation.z)
      (tx, ty, tz) = (translation.x, translation.y, translation.z)
    }

    fileprivate static let none = Uncertainty(
      rotation: SIMD3(repeating: -1), translation: .zero)
    fileprivate var isNone: Bool { rx < 0 }

    /// About the camera's axes x, y, z, in degrees.
    public var rotation: SIMD3<Float> { SIMD3(rx, ry, rz) }
    /// Along the camera's axes x, y, z, in metres.
    public var translation: SIMD3<Float> { SIMD3(tx, ty, tz) }
  }

  /// Whether all its numbers are within `PlausibleRange.measure`.
  public var isPlausible: Bool {
    let range = PlausibleRange.measure
    return range.contains(reprojectionError) && range.contains(interocularDistance)
      && range.contains(relativeError) && range.contains(SIMD3<Double>(storedUncertainty.rotation))
      && range.contains(SIMD3<Double>(storedUncertainty.translation))
  }

  /// The reprojection error as a fraction of the interocular distance.
  public var relativeError: Double { reprojectionError / interocularDistance }
}
