internal import Geometry

/// Faces grouped by their true yaw, in degrees: of its magnitude, unless a bound is negative.
public struct YawBins: Sendable, Equatable {
  public let bounds: [Double]

  /// The usual three of AFLW2000-3D (Zhu et al., CVPR 2016).
  public static let standard = YawBins(checked: [0, 30, 60, 90])

  /// - Returns: nil where the bounds are fewer than two or do not rise.
  public init?(bounds: [Double]) {
    guard bounds.count >= 2, bounds.allSatisfy(PlausibleRange.coordinate.contains),
      zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.bounds = bounds
  }

  private init(checked bounds: [Double]) { self.bounds = bounds }

  public var isSigned: Bool { bounds[0] < 0 }

  /// Which bin holds a yaw: its lower bound belongs to it, its upper one does not, save the last bin's.
  ///
  /// - Returns: -1 below all bins, and their number above all.
  func bin(of yaw: Double) -> Int {
    let value = isSigned ? yaw : yaw.magnitude
    if value == bounds[bounds.count - 1] { return bounds.count - 2 }
    return bounds.count { $0 <= value } - 1
  }

  /// The bins from -1 to their number.
  var all: Range<Int> { -1..<bounds.count }

  /// nil for an end that is open.
  func limits(of bin: Int) -> (lower: Double?, upper: Double?) {
    (bin < 0 ? nil : bounds[bin], bin + 1 < bounds.count ? bounds[bin + 1] : nil)
  }

  func title(of bin: Int) -> String {
    let yaw = isSigned ? "yaw" : "|yaw|"
    func text(_ value: Double) -> String {
      value == value.rounded() && value.magnitude < 1e6 ? "\(Int(value))" : "\(value)"
    }
    return switch limits(of: bin) {
    case (let lower?, let upper?): "\(yaw) \(text(lower))° to \(text(upper))°"
    case (nil, let upper?): "\(yaw) below \(text(upper))°"
    case (let lower?, nil): "\(yaw) above \(text(lower))°"
    case (nil, nil): yaw
    }
  }
}
