/// Facial landmarks of one layout, in pixels.
///
/// Five points are kept in place and need no memory of their own, for they are what large training
/// sets have.
public struct Landmarks: Sendable, Equatable {
  public enum Layout: String, Sendable, CaseIterable {
    /// Image-left eye, image-right eye, nose tip, image-left and image-right mouth corner.
    case face5 = "face-5"
    /// The 68 points of iBUG, from the image-left jaw.
    case ibug68 = "ibug-68"
    /// The 21 points of AFLW.
    case aflw21 = "aflw-21"

    public var count: Int {
      switch self {
      case .face5: 5
      case .ibug68: 68
      case .aflw21: 21
      }
    }
  }

  public enum Visibility: String, Sendable, CaseIterable { case visible, occluded, missing }

  public struct Point: Sendable, Equatable {
    /// 0-based pixels; zero where the point is missing.
    public var position: SIMD2<Double>
    public var visibility: Visibility

    public init(_ position: SIMD2<Double>, _ visibility: Visibility = .visible) {
      self.position = visibility == .missing ? .zero : position
      self.visibility = visibility
    }

    public static let missing = Point(.zero, .missing)
  }

  @usableFromInline var positions: InlineArray<5, SIMD2<Double>>
  @usableFromInline var visibilities: InlineArray<5, Visibility>
  public let layout: Layout
  /// All points of a layout of more than five.
  @usableFromInline var more: [Point]?

  /// All points missing.
  public init(layout: Layout) {
    self.layout = layout
    positions = .init(repeating: .zero)
    visibilities = .init(repeating: .missing)
    if layout != .face5 { more = Array(repeating: .missing, count: layout.count) }
  }

  /// Five points, each with its visibility; where that is `missing` the position must be zero.
  @inlinable
  public init(
    fivePositions: InlineArray<5, SIMD2<Double>>, visibilities: InlineArray<5, Visibility>
  ) {
    positions = fivePositions
    self.visibilities = visibilities
    layout = .face5
  }

  /// - Parameter points: exactly as many as the layout has.
  public init(layout: Layout, points: [Point]) {
    precondition(points.count == layout.count, "as many points as the layout has")
    self.init(layout: layout)
    for (i, point) in points.enumerated() { self[i] = point }
  }

  public var count: Int { layout.count }

  public subscript(index: Int) -> Point {
    get { more?[index] ?? Point(positions[index], visibilities[index]) }
    set {
      if more == nil {
        positions[index] = newValue.position
        visibilities[index] = newValue.visibility
      } else {
        more?[index] = newValue
      }
    }
  }

  /// A point's position, or nil where it is missing.
  public func position(_ index: Int) -> SIMD2<Double>? {
    let point = self[index]
    return point.visibility == .missing ? nil : point.position
  }

  /// How many points are there.
  public var presentCount: Int {
    (0..<count).reduce(0) { $0 + (self[$1].visibility == .missing ? 0 : 1) }
  }

  /// Which points of `ibug68` each point of `face5` is the mean of: eyes of six points each, nose tip,
  /// mouth corners.
  public static let fivePointSources: [ClosedRange<Int>] = [
    36...41, 42...47, 30...30, 48...48, 54...54,
  ]

  /// The five points that these hold, as `fivePointSources` says; nil for a layout that has none. A
  /// mean of an eye with a missing point is missing.
  public var fivePoints: Landmarks? {
    switch layout {
    case .face5: return self
    case .aflw21: return nil
    case .ibug68:
      func mean(_ range: ClosedRange<Int>) -> Point {
        var sum = SIMD2<Double>.zero
        var visibility = Visibility.visible
        for i in range {
          let point = self[i]
          if point.visibility == .missing { return .missing }
          if point.visibility == .occluded { visibility = .occluded }
          sum += point.position
        }
        return Point(sum / Double(range.count), visibility)
      }
      return Landmarks(layout: .face5, points: Self.fivePointSources.map(mean))
    }
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.layout == right.layout && (0..<left.count).allSatisfy { left[$0] == right[$0] }
  }
}
