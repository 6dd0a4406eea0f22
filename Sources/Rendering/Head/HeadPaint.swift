/// Colours the vertices of a head by where they lie among the landmarks, seen from the front.
struct HeadPaint {
  typealias Point = SIMD2<Float>

  /// A colour, and the share of a face's tint that it takes, 0 to 1.
  struct Coat {
    var colour: SIMD3<Float>
    var tintShare: Float

    /// Mixes in a share of another coat. The share is cut to 0...1.
    mutating func mix(_ other: Coat, _ share: Float) {
      let share = min(max(share, 0), 1)
      colour += share * (other.colour - colour)
      tintShare += share * (other.tintShare - tintShare)
    }
  }

  private static let skin = Coat(colour: [236, 188, 160], tintShare: 1)
  private static let shade = Coat(colour: [196, 140, 116], tintShare: 1)
  private static let lips = Coat(colour: [196, 98, 96], tintShare: 0.8)
  private static let mouth = Coat(colour: [104, 44, 44], tintShare: 0.5)
  private static let white = Coat(colour: [242, 240, 236], tintShare: 0.15)
  private static let iris = Coat(colour: [92, 66, 48], tintShare: 0.1)
  private static let pupil = Coat(colour: [22, 18, 18], tintShare: 0)
  private static let hair = Coat(colour: [66, 48, 38], tintShare: 0.2)
  /// How far down hair reaches, by depth: points (z, y) in millimetres, with straight lines between.
  private static let hairline: [Point] = [
    [-60, -124], [-15, -112], [4, -95], [14, -62], [34, -52], [46, -14], [58, -50], [86, -44],
    [96, 26], [150, 44],
  ]

  /// x and y of the landmarks, in millimetres.
  private let landmarks: [Point]

  init(landmarks: [SIMD3<Float>]) { self.landmarks = landmarks.map { Point($0.x, $0.y) } }

  func colour(at point: SIMD3<Float>) -> Coat {
    var coat = Self.skin
    // Colours blend over about the length of a triangle's edge.
    let side = Point(point.z, point.y)
    let distance = Self.distance(side, Self.hairline[...], isClosed: false)
    let isHair = point.y < Self.hairHeight(at: point.z)
    coat.mix(Self.hair, (isHair ? distance : -distance) / 4 + 0.5)
    if let radius = Ear.radius(at: point) {
      coat.mix(Self.skin, (1 - radius) / 0.2)
      coat.mix(Self.shade, 1 - abs(radius - 0.35) / 0.3)
    }
    guard point.z < 5 else { return coat }
    let front = Point(point.x, point.y)
    paintMouth(&coat, front)
    for (middle, side) in [((31, 32), Float(-1)), ((35, 34), 1)] {
      let nostril = (landmarks[middle.0] + landmarks[middle.1]) / 2 + Point(side, -1)
      coat.mix(Self.mouth, 0.8 * (3.4 - Self.length(front - nostril)) / 2)
    }
    paintEye(&coat, front, 36...41)
    paintEye(&coat, front, 42...47)
    for brow in [17...21, 22...26] {
      // A brow's landmarks are on its upper rim, so the brow is painted 2 mm lower.
      let distance = Self.distance(front - Point(0, 2), landmarks[brow], isClosed: false)
      coat.mix(Self.hair, (4 - distance) / 2.5)
    }
    return coat
  }

  private func paintMouth(_ coat: inout Coat, _ front: Point) {
    let rim = Self.distance(front, landmarks[48...59], isClosed: true)
    let isInside = Self.isInside(front, landmarks[48...59])
    coat.mix(Self.lips, (isInside ? rim : -rim) / 2 + 0.6)
    guard isInside || rim < 2 else { return }
    let line = Self.distance(front, landmarks[60...64], isClosed: false)
    coat.mix(Self.mouth, (1.8 - line) / 1.4)
    if Self.isInside(front, landmarks[60...67]) { coat = Self.mouth }
  }

  private func paintEye(_ coat: inout Coat, _ front: Point, _ eye: ClosedRange<Int>) {
    let contour = landmarks[eye]
    let rim = Self.distance(front, contour, isClosed: true)
    guard Self.isInside(front, contour) || rim < 3 else { return }
    let inside = Self.isInside(front, contour) ? rim : -rim
    coat.mix(Self.shade, 1 + (inside + 1.5) / 1.5)
    // Lids are painted a little wider open than the landmarks say, so that eyes can be seen in small faces.
    let open = (inside + 1.2) / 1
    coat.mix(Self.white, open)
    let middle = contour.reduce(.zero, +) / Float(contour.count)
    let radius = Self.length(front - middle)
    coat.mix(Self.iris, min(open, (6.2 - radius) / 1.2))
    coat.mix(Self.pupil, min(open, (3.2 - radius) / 1))
    // Lashes.
    if front.y < middle.y, inside < 1 { coat.mix(Self.pupil, 0.8 * (1.7 - abs(inside + 0.8))) }
  }

  private static func hairHeight(at z: Float) -> Float {
    guard let next = hairline.firstIndex(where: { $0.x > z }), next > 0 else {
      return z < 0 ? hairline[0].y : hairline[hairline.count - 1].y
    }
    let (a, b) = (hairline[next - 1], hairline[next])
    return a.y + (z - a.x) / (b.x - a.x) * (b.y - a.y)
  }

  private static func length(_ point: Point) -> Float { (point * point).sum().squareRoot() }

  /// The distance to the nearest point of a line through points.
  private static func distance(
    _ point: Point, _ line: ArraySlice<Point>, isClosed: Bool
  ) -> Float {
    var squared = Float.infinity
    for i in line.indices {
      guard i + 1 < line.endIndex || isClosed else { break }
      let (a, b) = (line[i], line[i + 1 < line.endIndex ? i + 1 : line.startIndex])
      let edge = b - a
      let along = ((point - a) * edge).sum() / max((edge * edge).sum(), 1e-9)
      let offset = point - a - min(max(along, 0), 1) * edge
      squared = min(squared, (offset * offset).sum())
    }
    return squared.squareRoot()
  }

  private static func isInside(_ point: Point, _ polygon: ArraySlice<Point>) -> Bool {
    var isInside = false
    var before = polygon[polygon.endIndex - 1]
    for corner in polygon {
      if (corner.y > point.y) != (before.y > point.y) {
        let x = corner.x + (point.y - corner.y) / (before.y - corner.y) * (before.x - corner.x)
        if point.x < x { isInside.toggle() }
      }
      before = corner
    }
    return isInside
  }
}
