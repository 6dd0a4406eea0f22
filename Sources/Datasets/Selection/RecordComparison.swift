public import Geometry
public import Schema

/// How far two annotations of the same images are from each other, in meaning: faces are matched by their
/// boxes, whatever their order.
public struct RecordComparison: Sendable {
  /// A number over many faces.
  public struct Spread: Sendable, Equatable {
    public private(set) var count = 0
    public private(set) var largest = 0.0
    private var sum = 0.0

    public init() {}

    public var mean: Double { count == 0 ? 0 : sum / Double(count) }

    mutating func add(_ value: Double) {
      count += 1
      sum += value
      largest = max(largest, value)
    }
  }

  /// Faces whose boxes overlap by less are no match.
  public var leastOverlap: Double
  public private(set) var images = 0
  public private(set) var matched = 0
  public private(set) var onlyInFirst = 0
  public private(set) var onlyInSecond = 0
  /// The largest difference of a coordinate, in pixels.
  public private(set) var boxes = Spread()
  /// The largest distance between landmarks of a face, in pixels; of layouts and points both have.
  public private(set) var landmarks = Spread()
  /// The angle of the rotation from one pose to the other, in degrees.
  public private(set) var rotations = Spread()
  /// The distance of the translations, in metres.
  public private(set) var translations = Spread()
  /// Matched faces of which one alone has a pose, or whose poses are of different object frames.
  public private(set) var unlikePoses = 0
  /// Matched faces of which one alone has landmarks, or whose landmarks differ in layout or in which are
  /// missing.
  public private(set) var unlikeLandmarks = 0

  public init(leastOverlap: Double = 0.5) { self.leastOverlap = leastOverlap }

  /// Compares the faces of one image.
  public mutating func add(_ first: [Face], _ second: [Face]) {
    images += 1
    let pairs = Self.matches(first, second, leastOverlap: leastOverlap)
    matched += pairs.count
    onlyInFirst += first.count - pairs.count
    onlyInSecond += second.count - pairs.count
    for (i, j) in pairs { compare(first[i], second[j]) }
  }

  /// Pairs of faces, those that overlap most first; no face is in two.
  static func matches(
    _ first: [Face], _ second: [Face], leastOverlap: Double
  ) -> [(Int, Int)] {
    var candidates: [(overlap: Double, i: Int, j: Int)] = []
    for (i, face) in first.enumerated() {
      for (j, other) in second.enumerated() {
        let overlap = face.box == other.box ? 1 : face.box.intersectionOverUnion(other.box)
        if overlap >= leastOverlap { candidates.append((overlap, i, j)) }
      }
    }
    candidates.sort { ($1.overlap, $0.i, $0.j) < ($0.overlap, $1.i, $1.j) }
    var (takenFirst, takenSecond): (Set<Int>, Set<Int>) = ([], [])
    return candidates.compactMap { _, i, j in
      guard !takenFirst.contains(i), !takenSecond.contains(j) else { return nil }
      takenFirst.insert(i)
      takenSecond.insert(j)
      return (i, j)
    }
  }

  private mutating func compare(_ first: Face, _ second: Face) {
    let (a, b) = (first.box, second.box)
    let sides = [a.left - b.left, a.top - b.top, a.right - b.right, a.bottom - b.bottom]
    boxes.add(sides.map(\.magnitude).max() ?? 0)
    if let pose = first.pose, let other = second.pose, pose.frame == other.frame {
      let angle = pose.extrinsics.rotation.angle(to: other.extrinsics.rotation)
      rotations.add(angle * 180 / .pi)
      translations.add(length(pose.translation - other.translation))
    } else if first.pose != nil || second.pose != nil {
      unlikePoses += 1
    }
    compare(first.landmarks, second.landmarks)
  }

  private mutating func compare(_ first: Landmarks?, _ second: Landmarks?) {
    guard let first, let second, first.layout == second.layout else {
      if first != nil || second != nil { unlikeLandmarks += 1 }
      return
    }
    var largest = 0.0
    var isUnlike = false
    for i in 0..<first.count {
      switch (first.position(i), second.position(i)) {
      case (let a?, let b?):
        let offset = a - b
        largest = max(largest, (offset * offset).sum().squareRoot())
      case (nil, nil): break
      default: isUnlike = true
      }
    }
    landmarks.add(largest)
    if isUnlike { unlikeLandmarks += 1 }
  }
}

extension BoundingBox {
  /// The area that two boxes share over the area that they cover together; 0 where either has none.
  public func intersectionOverUnion(_ other: BoundingBox) -> Double {
    let width = min(right, other.right) - max(left, other.left)
    let height = min(bottom, other.bottom) - max(top, other.top)
    guard width > 0, height > 0, !isDegenerate, !other.isDegenerate else { return 0 }
    let shared = width * height
    return shared / (self.width * self.height + other.width * other.height - shared)
  }
}
