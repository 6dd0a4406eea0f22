internal import Geometry

/// How well a fitted pose explains the landmarks.
public struct FitQuality: Sendable, Equatable {
  public enum Solver: String, Sendable, CaseIterable {
    case leastSquares = "least-squares"
    case epnp
  }

  /// What to be wary of in a fit. The thresholds are `FitQuality`'s.
  public struct Flags: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The model's origin is behind the camera. Only EPnP gives such poses; least squares has none then.
    public static let behindCamera = Flags(rawValue: 1)
    /// `relativeError` is above `largeRelativeError`.
    public static let largeResidual = Flags(rawValue: 2)
    /// Another pose, more than 10° away, explains the landmarks with at most `ambiguousRatio` times the
    /// error of this one, or of what the stated uncertainty expects where that is greater.
    public static let ambiguous = Flags(rawValue: 4)
    /// Fitted to fewer landmarks than the layout has.
    public static let fewPoints = Flags(rawValue: 8)
    /// `interocularDistance` is below `smallInterocularDistance`.
    public static let smallFace = Flags(rawValue: 16)
    /// The model's origin appears outside of the image.
    public static let outOfImage = Flags(rawValue: 32)

    static let named: [(name: String, flag: Flags)] = [
      ("behind-camera", .behindCamera), ("large-residual", .largeResidual),
      ("ambiguous", .ambiguous), ("few-points", .fewPoints), ("small-face", .smallFace),
      ("out-of-image", .outOfImage),
    ]
  }

  /// Three times what five landmarks of the stated uncertainty leave in the mean.
  public static let largeRelativeError = 0.15
  public static let ambiguousRatio = 2.0
  /// In pixels: below it, rounding to whole pixels alone costs about a degree.
  public static let smallInterocularDistance = 10.0

  public var solver: Solver
  public var flags: Flags
  public var points: Int32
  /// Root mean square reprojection error in pixels.
  public var reprojectionError: Double
  /// The model's interocular distance as it appears: f x distance / depth, in pixels.
  public var interocularDistance: Double
  /// nil where the solver states none.
  public var uncertainty: Uncertainty? {
    get { storedUncertainty.isNone ? nil : storedUncertainty }
    set { storedUncertainty = newValue ?? .none }
  }
  /// An optional would take eight bytes more of every face.
  private var storedUncertainty: Uncertainty

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

  /// Standard deviations of a pose: about the camera's axes in degrees, and along them in metres.
  ///
  /// Seven digits are more than they are known to, and a face is large enough as it is.
  public struct Uncertainty: Sendable, Equatable {
    private var rx, ry, rz, tx, ty, tz: Float

    public init(rotation: SIMD3<Float>, translation: SIMD3<Float>) {
      (rx, ry, rz) = (rotation.x, rotation.y, rotation.z)
      (tx, ty, tz) = (translation.x, translation.y, translation.z)
    }

    fileprivate static let none = Uncertainty(
      rotation: SIMD3(repeating: -1), translation: .zero)
    fileprivate var isNone: Bool { rx < 0 }

    public var rotation: SIMD3<Float> { SIMD3(rx, ry, rz) }
    public var translation: SIMD3<Float> { SIMD3(tx, ty, tz) }
  }

  /// Whether its measures are numbers that a fit may have.
  public var isPlausible: Bool {
    let range = PlausibleRange.measure
    return range.contains(reprojectionError) && range.contains(interocularDistance)
      && range.contains(relativeError) && range.contains(SIMD3<Double>(storedUncertainty.rotation))
      && range.contains(SIMD3<Double>(storedUncertainty.translation))
  }

  /// The reprojection error in fractions of the interocular distance.
  public var relativeError: Double { reprojectionError / interocularDistance }
}
