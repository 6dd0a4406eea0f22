/// Facial landmarks of one layout, in 0-based pixels of the stored image.
///
/// Five points are stored in place and need no memory of their own, as large training sets have five.
public struct Landmarks: Sendable, Equatable {
  /// Which points there are, and in which order. Their numbers count from 0.
  public enum Layout: String, Sendable, CaseIterable {
    /// Image-left eye, image-right eye, nose tip, image-left and image-right mouth corner.
    case face5 = "face-5"
    /// The 68 points of iBUG, from the image-left jaw.
    case ibug68 = "ibug-68"
    /// The 21 points of AFLW.
    case aflw21 = "aflw-21"

    /// How many points the layout has.
    public var count: Int {
      switch self {
      case .face5: 5
      case .ibug68: 68
      case .aflw21: 21
      }
    }
  }

  /// Whether a point is seen, hidden but placed all the same, or not there.
  public enum Visibility: String, Sendable, CaseIterable {
    case visible, occluded, missing

    /// As COCO counts it: 0 for missing, 1 for occluded, 2 for visible.
    public var number: Int {
      switch self {
      case .missing: 0
      case .occluded: 1
      case .visible: 2
      }
    }
  }

  /// One landmark.
  public struct Point: Sendable, Equatable {
    /// In 0-based pixels; zero where the point is missing.
    public var position: SIMD2<Double>
    /// Whether it is seen.
    public var visibility: Visibility

    /// In pixels. The position of a missing point becomes zero.
    public init(_ position: SIMD2<Double>, _ visibility: Visibility = .visible) {
      self.position = visibility == .missing ? .zero : position
      self.visibility = visibility
    }

    /// A point that is not there.
    public static let missing = Point(.zero, .missing)
  }

  @usableFromInline var positions: InlineArray<5, SIMD2<Double>>
  @usableFromInline var visibilities: InlineArray<5, Visibility>
  /// Which points these are.
  public let layout: Layout
  /// All points of a layout other than `face5`.
  @usableFromInline var more: [Point]?

  /// A layout with all points missing.
  public init(layout: Layout) {
    self.layout = layout
    positions = .init(repeating: .zero)
    visibilities = .init(repeating: .missing)
    if layout != .face5 { more = Array(repeating: .missing, count: layout.count) }
  }

  /// Five points of layout `face5`, each with its visibility. The position of a missing point must be zero.
  @inlinable
  public init(
    fivePositions: InlineArray<5, SIMD2<Double>>, visibilities: InlineArray<5, Visibility>
  ) {
    positions = fivePositions
    self.visibilities = visibilities
    layout = .face5
  }

  /// From all points.
  ///
  /// - Parameters:
  ///   - layout: what the points are.
  ///   - points: exactly as many as the layout has.
  public init(layout: Layout, points: [Point]) {
    precondition(points.count == layout.count, "as many points as the layout has")
    self.init(layout: layout)
    for (i, point) in points.enumerated() { self[i] = point }
  }

  /// All positions in the layout's order, in pixels; zero where a point is missing.
  public var allPositions: [SIMD2<Double>] { (0..<count).map { self[$0].position } }

  /// The positions of layout `ibug68`; nil for another layout, or where a point is missing.
  public var sixtyEightPoints: [SIMD2<Double>]? {
    layout == .ibug68 && presentCount == count ? allPositions : nil
  }

  /// How many points the layout has, missing ones included.
  public var count: Int { layout.count }

  /// The point of a number, from 0 to `count` - 1.
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

  /// A point's position in pixels; nil where it is missing.
  public func position(_ index: Int) -> SIMD2<Double>? {
    let point = self[index]
    return point.visibility == .missing ? nil : point.position
  }

  /// How many points are not missing.
  public var presentCount: Int {
    (0..<count).reduce(0) { $0 + (self[$1].visibility == .missing ? 0 : 1) }
  }

  /// The points of `ibug68` whose mean is a point of `face5`: eyes of six points each, nose tip, mouth corners.
  public static let fivePointSources: [ClosedRange<Int>] = [
    36...41, 42...47, 30...30, 48...48, 54...54,
  ]

  /// The points of `aflw21` that are those of `face5`: the middles of the eyes and of the nose, the corners of the mouth.
  public static let fiveOfAFLW = [7, 10, 14, 17, 19]

  /// The five points of these landmarks, by `fivePointSources` or `fiveOfAFLW`. An eye with a missing point is
  /// missing, and one with an occluded point is occluded.
  public var fivePoints: Landmarks {
    switch layout {
    case .face5: return self
    case .aflw21: return Landmarks(layout: .face5, points: Self.fiveOfAFLW.map { self[$0] })
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
