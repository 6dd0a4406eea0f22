internal import Geometry

/// Groups faces by their true yaw in degrees; by its magnitude unless a bound is negative.
public struct YawBins: Sendable, Equatable {
  /// In degrees, ascending, at least two.
  public let bounds: [Double]

  /// The three usual bins of AFLW2000-3D (Zhu et al., CVPR 2016).
  public static let standard = YawBins(checked: [0, 30, 60, 90])

  /// Bins between given bounds, in degrees.
  ///
  /// - Returns: nil where there are fewer than two bounds, or they do not ascend.
  public init?(bounds: [Double]) {
    guard bounds.count >= 2, bounds.allSatisfy(PlausibleRange.coordinate.contains),
      zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.bounds = bounds
  }

  /// Bounds in degrees with commas between.
  ///
  /// - Returns: nil where they are not bounds.
  public init?(text: String) {
    self.init(
      bounds: text.split(separator: ",", omittingEmptySubsequences: false)
        .map { Double($0) ?? .nan })
  }

  private init(checked bounds: [Double]) { self.bounds = bounds }

  /// Whether yaws to the left and right are told apart.
  public var isSigned: Bool { bounds[0] < 0 }

  /// The bin of a yaw. A bin includes its lower bound but not its upper one; the last bin includes both.
  ///
  /// - Returns: -1 for a yaw below all bins, and the number of bins for one above all.
  func bin(of yaw: Double) -> Int {
    let value = isSigned ? yaw : yaw.magnitude
    if value == bounds[bounds.count - 1] { return bounds.count - 2 }
    return bounds.count { $0 <= value } - 1
  }

  /// All bins, from -1 to their number: with the open ones below and above.
  var all: Range<Int> { -1..<bounds.count }

  /// The bounds of a bin; nil for an open end.
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
