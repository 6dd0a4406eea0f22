internal import Codecs
internal import Geometry
internal import Schema

/// Compares mirrored copies of 300W-LP with their originals: `AFW_Flip/X` with `AFW/X` (FORMATS §3.3).
///
/// A record takes 17 bytes of memory; its landmarks and rotation are in a temporary file.
struct FlipPairs {
  private static let dataset = DatasetName.threeHundredWLP
  private static let suffix = "_Flip"
  /// The width in pixels of all images of the dataset, for records that do not state it.
  private static let usualWidth = 450
  private static let greatestDistance = 1.0
  private static let greatestAngle = 0.5

  private let geometry: Spool
  private var pairs = EqualHashes()
  private var records: [UInt32] = []
  private var areFlips: [Bool] = []

  init() throws { geometry = try Spool() }

  mutating func add(_ record: ImageRecord, number: Int) throws {
    guard record.source.dataset == Self.dataset, record.faces.count == 1 else { return }
    var parts = record.image.path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 2 else { return }
    let folder = parts[parts.count - 2]
    let isFlip = folder.hasSuffix(Self.suffix)
    if isFlip { parts[parts.count - 2] = folder.dropLast(Self.suffix.count) }
    let key = parts.suffix(2).joined(separator: "/")
    let entry = try geometry.append(Self.bytes(of: record.faces[0], width: record.image.width))
    pairs.add(fastHash(of: key), item: entry)
    records.append(UInt32(number))
    areFlips.append(isFlip)
  }

  func find(_ names: RecordNames, _ findings: inout [Finding]) throws {
    for group in pairs.groups() {
      guard let original = group.first(where: { !areFlips[$0] }) else { continue }
      let expected = Self.side(try geometry[original])
      for flip in group where areFlips[flip] {
        let found = Self.side(try geometry[flip])
        let (name, other) = (
          try names[Int(records[flip])], try names[Int(records[original])]
        )
        func report(_ measure: Double, _ detail: String) {
          findings.append(
            Finding(
              .unmirroredFlip, at: name.location, record: name.id, face: 0,
              measure: measure, "image '\(name.image)': \(detail) of '\(other.image)'"))
        }
        if let (distance, cause) = Self.landmarkFault(expected, found) {
          report(
            distance,
            "landmarks: expected them at width - 1 - x with sides exchanged, found them up to \(Self.rounded(distance)) px from there (\(cause)); the original's are those"
          )
        }
        if let angle = Self.rotationFault(expected, found) {
          report(
            angle,
            "rotation: expected yaw and roll negated, found it \(Self.rounded(angle)) degrees from there; the original's is that"
          )
        }
      }
    }
  }

  private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  /// The compared parts of an image.
  private struct Side {
    var width: Int
    /// Nil where it was not annotated: whether a fitted rotation is mirrored depends on the landmarks alone.
    var rotation: SIMD3<Double>?
    var landmarks: Landmarks?
    /// Whether the jaw follows the visible outline, which differs from image to image.
    var hasOwnJaw: Bool
  }

  private static func bytes(of face: Face, width: Int?) -> [UInt8] {
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
    return numbers.withUnsafeBytes { Array($0) }
  }

  private static func side(_ bytes: [UInt8]) -> Side {
    let numbers = bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
    let points = stride(from: 5, to: numbers.count, by: 2).map { at in
      numbers[at].isNaN ? Landmarks.Point.missing : .init(SIMD2(numbers[at], numbers[at + 1]))
    }
    return Side(
      width: Int(numbers[0]),
      rotation: numbers[2].isNaN ? nil : SIMD3(numbers[2], numbers[3], numbers[4]),
      landmarks: points.isEmpty ? nil : Landmarks(layout: .ibug68, points: points),
      hasOwnJaw: numbers[1] == 1)
  }

  /// How far the worst landmark is off in pixels, and what that looks like; nil where all are in place.
  private static func landmarkFault(_ original: Side, _ flip: Side) -> (Double, String)? {
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
  private static func rotationFault(_ original: Side, _ flip: Side) -> Double? {
    guard let given = original.rotation, let found = flip.rotation else { return nil }
    // R -> D R D with D = diag(-1, 1, 1).
    let expected = Rotation(rotationVector: given * SIMD3(1, -1, -1))
    let angle = expected.angle(to: Rotation(rotationVector: found)) * 180 / .pi
    return angle > greatestAngle ? angle : nil
  }
}
