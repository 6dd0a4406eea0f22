internal import Geometry

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
    /// The 468 points of MediaPipe's Face Mesh.
    case mediapipe468 = "mediapipe-468"

    /// How many points the layout has.
    public var count: Int {
      switch self {
      case .face5: 5
      case .ibug68: 68
      case .aflw21: 21
      case .mediapipe468: 468
      }
    }

    /// For each point of `face5`, the points of this layout whose mean it is. Eyes are means of their rims, where the
    /// layout has these.
    public var fivePointSources: [[Int]] {
      switch self {
      case .face5: Self.sourcesOfFive
      case .ibug68: Self.sourcesOfIBUG
      case .aflw21: Self.sourcesOfAFLW
      case .mediapipe468: Self.sourcesOfMesh
      }
    }

    /// A point of `face5`, of points in this layout's order: the mean of its sources.
    ///
    /// - Parameters:
    ///   - index: which of the five.
    ///   - points: as many as the layout has, in two or three dimensions.
    public func fivePoint<Point: SIMD>(_ index: Int, of points: [Point]) -> Point
    where Point.Scalar == Double {
      let places = fivePointSources[index]
      return places.reduce(.zero) { $0 + points[$1] } / Double(places.count)
    }

    private static let sourcesOfFive = (0..<5).map { [$0] }
    private static let sourcesOfIBUG = [Array(36...41), Array(42...47), [30], [48], [54]]
    private static let sourcesOfAFLW = [[7], [10], [14], [17], [19]]
    // The mesh has no point where iBUG has the nose's tip; it lies between two of its points.
    private static let sourcesOfMesh = [
      [33, 160, 158, 133, 153, 144], [362, 385, 387, 263, 373, 380], [1, 4], [61], [291],
    ]

    /// The points of Face Mesh that lie nearest to the 68 of iBUG, as they are usually chosen. Those of the jaw do not
    /// show the same: the mesh ends at the face's outline as it is seen, in front of the ears.
    public static let ibugOfMesh = [
      127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356, 70, 63,
      105, 66, 107, 336, 296, 334, 293, 300, 168, 197, 5, 4, 75, 97, 2, 326, 305, 33, 160, 158,
      133, 153, 144, 362, 385, 387, 263, 373, 380, 61, 39, 37, 0, 267, 269, 291, 405, 314, 17,
      84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
    ]
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

  /// Whether all points that are not missing are within `PlausibleRange.coordinate`.
  public var arePlausible: Bool {
    let range = PlausibleRange.coordinate
    for i in 0..<count where self[i].visibility != .missing {
      guard range.contains(self[i].position) else { return false }
    }
    return true
  }

  /// The five points of these landmarks, by `Layout.fivePointSources`. A point with a missing source is missing, and
  /// one with an occluded source is occluded.
  public var fivePoints: Landmarks {
    layout == .face5
      ? self : Landmarks(layout: .face5, points: layout.fivePointSources.map(mean(of:)))
  }

  /// As img2pose's converter and loader take them: the 68 points of iBUG, or five of any others.
  public var img2posePoints: Landmarks { layout == .ibug68 ? self : fivePoints }

  /// The landmarks in a layout that has fewer points: any in `face5`, Face Mesh's in `ibug68` too.
  ///
  /// - Returns: nil where the layout has points that these do not have.
  public func reduced(to layout: Layout) -> Landmarks? {
    switch (self.layout, layout) {
    case (layout, _): self
    case (_, .face5): fivePoints
    case (.mediapipe468, .ibug68):
      Landmarks(layout: .ibug68, points: Layout.ibugOfMesh.map { self[$0] })
    default: nil
    }
  }

  private func mean(of places: [Int]) -> Point {
    var sum = SIMD2<Double>.zero
    var visibility = Visibility.visible
    for i in places {
      let point = self[i]
      if point.visibility == .missing { return .missing }
      if point.visibility == .occluded { visibility = .occluded }
      sum += point.position
    }
    return Point(sum / Double(places.count), visibility)
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.layout == right.layout && (0..<left.count).allSatisfy { left[$0] == right[$0] }
  }
}
