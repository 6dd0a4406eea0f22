internal import Codecs
internal import Geometry
internal import Schema

/// One of an image of 300W-LP and its mirrored copy, `AFW/X` and `AFW_Flip/X` (FORMATS §3.3), as far as they are
/// compared.
struct FlippedSide {
  private static let dataset = DatasetName.threeHundredWLP
  private static let suffix = "_Flip"
  /// The width in pixels of all images of the dataset, for records that do not state it.
  private static let usualWidth = 450
  private static let greatestDistance = 1.0
  private static let greatestAngle = 0.5

  private var width: Int
  /// Nil where it was not annotated: whether a fitted rotation is mirrored depends on the landmarks alone.
  private var rotation: SIMD3<Double>?
  private var landmarks: Landmarks?
  /// Whether the jaw follows the visible outline, which differs from image to image.
  private var hasOwnJaw: Bool

  /// A hash of the name that both have in common; nil for other records.
  static func key(of record: ImageRecord) -> (hash: UInt64, isFlip: Bool)? {
    guard record.source.dataset == dataset, record.faces.count == 1 else { return nil }
    var parts = record.image.path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 2 else { return nil }
    let folder = parts[parts.count - 2]
    let isFlip = folder.hasSuffix(suffix)
    if isFlip { parts[parts.count - 2] = folder.dropLast(suffix.count) }
    return (fastHash(of: parts.suffix(2).joined(separator: "/")), isFlip)
  }

  /// What is compared of a face, as numbers.
  static func numbers(of face: Face, width: Int?) -> [Double] {
    let pose = face.pose.flatMap { $0.provenance == .annotation ? $0.rotationVector : nil }
    let rotation = pose ?? SIMD3(repeating: .nan)
    let hasOwnJaw = face.attributes.others.contains {
      $0.name == "contour-jaw" && $0.value == .boolean(true)
    }
    var numbers = [
      Double(width ?? usualWidth), hasOwnJaw ? 1 : 0, rotation.x, rotation.y, rotation.z,
    ]
    if let landmarks = face.landmarks, landmarks.layout == .ibug68 {
      for i in 0..<landmarks.count {
        let position = landmarks.position(i) ?? SIMD2(repeating: .nan)
        numbers += [position.x, position.y]
      }
    }
    return numbers
  }

  /// - Returns: nil where the numbers are not those of `numbers(of:width:)`.
  init?(_ numbers: [Double]) {
    guard [5, 141].contains(numbers.count), let width = Int(exactly: numbers[0]) else { return nil }
    let points = stride(from: 5, to: numbers.count, by: 2).map { at in
      numbers[at].isNaN ? Landmarks.Point.missing : .init(SIMD2(numbers[at], numbers[at + 1]))
    }
    self.width = width
    rotation = numbers[2].isNaN ? nil : SIMD3(numbers[2], numbers[3], numbers[4])
    landmarks = points.isEmpty ? nil : Landmarks(layout: .ibug68, points: points)
    hasOwnJaw = numbers[1] == 1
  }

  /// How a mirrored copy differs from what its original asks for: how far, and in words.
  func faults(ofFlip flip: Self) -> [(measure: Double, detail: String)] {
    var faults: [(measure: Double, detail: String)] = []
    if let (distance, cause) = Self.landmarkFault(self, flip) {
      faults.append(
        (
          distance,
          "landmarks: expected them at width - 1 - x with sides exchanged, found them up to \(Self.rounded(distance)) px from there (\(cause)); the original's are those"
        ))
    }
    if let angle = Self.rotationFault(self, flip) {
      faults.append(
        (
          angle,
          "rotation: expected yaw and roll negated, found it \(Self.rounded(angle)) degrees from there; the original's is that"
        ))
    }
    return faults
  }

  private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  /// How far the worst landmark is off in pixels, and what that looks like; nil where all are in place.
  private static func landmarkFault(_ original: Self, _ flip: Self) -> (Double, String)? {
    guard let given = original.landmarks, let found = flip.landmarks else { return nil }
    let first = original.hasOwnJaw || flip.hasOwnJaw ? 17 : 0
    func distance(to expected: Landmarks) -> Double {
      (first..<found.count).reduce(0) { greatest, i in
        guard let a = found.position(i), let b = expected.position(i) else { return greatest }
        return max(greatest, ((a - b) * (a - b)).sum().squareRoot())
      }
    }
    let mirrored = given.mirrored(imageWidth: flip.width)
    let greatest = distance(to: mirrored)
    guard greatest > greatestDistance else { return nil }
    let unexchanged = mirrored.withSidesExchanged
    let causes = [
      (given, "they are the original's"), (unexchanged, "their sides are not exchanged"),
      (given.mirrored(imageWidth: flip.width + 1), "they are mirrored at width - x"),
      (given.mirrored(imageWidth: flip.width + 2), "they are mirrored at width + 1 - x"),
    ]
    let cause = causes.first { distance(to: $0.0) < greatestDistance / 2 }?.1
    return (greatest, cause ?? "in no simple way")
  }

  /// How far the rotation is off in degrees; nil where it is right.
  private static func rotationFault(_ original: Self, _ flip: Self) -> Double? {
    guard let given = original.rotation, let found = flip.rotation else { return nil }
    // R -> D R D with D = diag(-1, 1, 1).
    let expected = Rotation(rotationVector: given * SIMD3(1, -1, -1))
    let angle = expected.angle(to: Rotation(rotationVector: found)) * 180 / .pi
    return angle > greatestAngle ? angle : nil
  }
}
