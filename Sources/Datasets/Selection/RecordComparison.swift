internal import Geometry
public import Schema

/// Compares two annotations of one image by their meaning.
public struct RecordComparison: Sendable {
  /// What may differ. The first four concern the image; `native` and the others concern a face.
  public enum Field: String, Sendable, CaseIterable {
    /// Width, height, file format and orientation.
    case image
    /// Focal lengths, principal point and provenance.
    case camera
    /// Dataset and split.
    case source
    /// What is kept of the source, of the image or of a face.
    case native
    /// Its four numbers, and its origin.
    case box
    /// Layout, positions, and which points are missing.
    case landmarks
    /// Which landmarks are occluded.
    case visibility
    /// Of the pose, in degrees.
    case rotation
    /// Of the pose, in metres.
    case translation
    /// Whether there is a pose, and its frame, scale and provenance.
    case pose
    /// What a fit says of itself: residual, sigmas and flags.
    case fit
    /// What is known of a face beside its geometry.
    case attributes

    /// All fields that are annotation, without those about its origin.
    public static let usual = Set(allCases).subtracting([.source, .native])

    /// These fields; a pose has its rotation and translation, too.
    public static func withParts(_ fields: [Field]) -> Set<Field> {
      Set(fields).union(fields.contains(.pose) ? [.rotation, .translation] : [])
    }

    /// The unit of `Difference.amount`; nil where the field has no amount.
    public var unit: String? {
      switch self {
      case .box, .landmarks, .camera: "px"
      case .rotation: "degrees"
      case .translation: "m"
      default: nil
      }
    }
  }

  /// One field that differs.
  public struct Difference: Sendable, Equatable {
    /// Which field it is.
    public var field: Field
    /// How much the two differ, where that can be measured: in the field's unit, the largest of its parts.
    public var amount: Double?
    /// What differs, in words: names of attributes, or which side lacks it.
    public var detail: String?
  }

  /// How a pair of faces differs, or a face that only one side has.
  public struct FaceDifference: Sendable, Equatable {
    /// The face's index in the first annotation; nil where that lacks it.
    public var first: Int?
    /// The face's index in the second annotation; nil where that lacks it.
    public var second: Int?
    /// Empty where one side lacks the face.
    public var differences: [Difference] = []
  }

  /// How two annotations of an image differ.
  public struct Result: Sendable, Equatable {
    /// Differences of the image itself.
    public var image: [Difference] = []
    /// The faces that differ: first the pairs, then faces of the first side alone, then of the second.
    public var faces: [FaceDifference] = []
    /// How many pairs of faces were matched, equal or not.
    public var matched = 0
    /// Whether nothing differs in the compared fields.
    public var isSame: Bool { image.isEmpty && faces.isEmpty }
  }

  /// How faces are matched.
  public var matching: FaceMatching
  /// The fields that are compared; others are ignored.
  public var fields: Set<Field>
  /// Differences up to this many pixels are ignored.
  public var pixels: Double
  /// Rotations that differ by at most this angle are equal.
  public var degrees: Double
  /// Translations at most this far apart are equal.
  public var metres: Double

  /// A comparison; by default the tolerances only allow for rounding.
  public init(
    matching: FaceMatching = .overlap(atLeast: 0.5), fields: Set<Field> = Field.usual,
    pixels: Double = 1e-6, degrees: Double = 1e-6, metres: Double = 1e-6
  ) {
    (self.matching, self.fields) = (matching, fields)
    (self.pixels, self.degrees, self.metres) = (pixels, degrees, metres)
  }

  /// How the second annotation differs from the first.
  public func differences(_ first: ImageRecord, _ second: ImageRecord) -> Result {
    var result = Result()
    result.image = imageDifferences(first, second).filter { fields.contains($0.field) }
    let pairs = matching.pairs(first.faces, second.faces)
    result.matched = pairs.count
    for (i, j) in pairs {
      let found = differences(first.faces[i], second.faces[j])
        .filter { fields.contains($0.field) }
      if !found.isEmpty {
        result.faces.append(FaceDifference(first: i, second: j, differences: found))
      }
    }
    let (inFirst, inSecond) = (Set(pairs.map(\.0)), Set(pairs.map(\.1)))
    result.faces += first.faces.indices.filter { !inFirst.contains($0) }
      .map { FaceDifference(first: $0) }
    result.faces += second.faces.indices.filter { !inSecond.contains($0) }
      .map { FaceDifference(second: $0) }
    return result
  }

  private func imageDifferences(_ first: ImageRecord, _ second: ImageRecord) -> [Difference] {
    var found: [Difference] = []
    let (a, b) = (first.image, second.image)
    let sizes = [a, b].map { "\($0.width ?? 0)x\($0.height ?? 0)" }
    if sizes[0] != sizes[1] {
      found.append(Difference(field: .image, detail: "size \(sizes[0]), \(sizes[1])"))
    } else if a.format != b.format || a.orientation != b.orientation {
      found.append(Difference(field: .image, detail: "format or orientation"))
    }
    found += cameraDifference(first.camera, second.camera)
    if first.source.dataset != second.source.dataset || first.source.split != second.source.split {
      found.append(Difference(field: .source))
    }
    if first.native != second.native { found.append(Difference(field: .native)) }
    return found
  }

  private func cameraDifference(_ first: Camera?, _ second: Camera?) -> [Difference] {
    guard let first, let second else {
      return first == nil && second == nil
        ? [] : [Difference(field: .camera, detail: Self.missing(first == nil))]
    }
    let (a, b) = (first.intrinsics, second.intrinsics)
    let offsets = [a.focalLength - b.focalLength, a.principalPoint - b.principalPoint]
    let amount = offsets.flatMap { [abs($0.x), abs($0.y)] }.max() ?? 0
    if amount > pixels { return [Difference(field: .camera, amount: amount)] }
    if first.provenance != second.provenance {
      return [Difference(field: .camera, detail: "provenance")]
    }
    return first.focalSigma == second.focalSigma
      ? [] : [Difference(field: .camera, detail: "focal_sigma")]
  }

  private static func missing(_ isFirst: Bool) -> String {
    "none in the \(isFirst ? "first" : "second")"
  }

  private func differences(_ first: Face, _ second: Face) -> [Difference] {
    var found: [Difference] = []
    let (a, b) = (first.box, second.box)
    let sides = [a.left - b.left, a.top - b.top, a.right - b.right, a.bottom - b.bottom]
    let amount = sides.map(abs).max() ?? 0
    if amount > pixels { found.append(Difference(field: .box, amount: amount)) }
    found += landmarkDifferences(first.landmarks, second.landmarks)
    found += poseDifferences(first.pose, second.pose)
    if !isClose(first.fit, second.fit) { found.append(Difference(field: .fit)) }
    let names = first.attributes.differingNames(second.attributes)
    if !names.isEmpty {
      found.append(Difference(field: .attributes, detail: names.joined(separator: ", ")))
    }
    if first.native != second.native { found.append(Difference(field: .native)) }
    return found
  }

  /// A difference of a whole thing, which is said once: as that, or where that is not compared, as its parts.
  private func whole(_ field: Field, _ parts: Field..., detail: String) -> [Difference] {
    (fields.contains(field) ? [field] : parts).map { Difference(field: $0, detail: detail) }
  }

  private func landmarkDifferences(_ first: Landmarks?, _ second: Landmarks?) -> [Difference] {
    guard let first, let second else {
      return first == nil && second == nil
        ? [] : whole(.landmarks, .visibility, detail: Self.missing(first == nil))
    }
    guard first.layout == second.layout else {
      return whole(
        .landmarks, .visibility,
        detail: "layout \(first.layout.rawValue), \(second.layout.rawValue)")
    }
    var largest = 0.0
    var unlike = 0
    var visibilities = 0
    for i in 0..<first.count {
      if let a = first.position(i), let b = second.position(i) {
        let offset = a - b
        largest = max(largest, (offset * offset).sum().squareRoot())
        if first[i].visibility != second[i].visibility { visibilities += 1 }
      } else if (first.position(i) == nil) != (second.position(i) == nil) {
        unlike += 1
      }
    }
    var found: [Difference] = []
    if unlike > 0 {
      let detail = "\(unlike) missing on one side"
      let amount = largest > pixels ? largest : nil
      found.append(Difference(field: .landmarks, amount: amount, detail: detail))
    } else if largest > pixels {
      found.append(Difference(field: .landmarks, amount: largest))
    }
    if visibilities > 0 {
      found.append(Difference(field: .visibility, detail: "\(visibilities) landmarks"))
    }
    return found
  }

  private func poseDifferences(_ first: HeadPose?, _ second: HeadPose?) -> [Difference] {
    guard let first, let second else {
      return first == nil && second == nil
        ? [] : whole(.pose, .rotation, .translation, detail: Self.missing(first == nil))
    }
    guard first.frame == second.frame else {
      return whole(
        .pose, .rotation, .translation,
        detail: "frame \(first.frame.rawValue), \(second.frame.rawValue)")
    }
    var found: [Difference] = []
    // Between equal rotations the computed angle is a rounding error, but a tolerance of 0 must mean equal.
    let angle =
      first.rotationVector == second.rotationVector
      ? 0
      : first.rotation.angle(to: second.rotation) * 180 / .pi
    if angle > degrees { found.append(Difference(field: .rotation, amount: angle)) }
    if let one = first.translation, let other = second.translation {
      let distance = length(one - other)
      if distance > metres { found.append(Difference(field: .translation, amount: distance)) }
    } else if (first.translation == nil) != (second.translation == nil) {
      let detail = Self.missing(first.translation == nil)
      found.append(Difference(field: .translation, detail: detail))
    }
    if first.scale != second.scale || first.provenance != second.provenance {
      found.append(Difference(field: .pose, detail: "scale or provenance"))
    }
    return found
  }

  private func isClose(_ first: FitQuality?, _ second: FitQuality?) -> Bool {
    guard let first, let second else { return first == nil && second == nil }
    guard first.solver == second.solver, first.points == second.points,
      first.flags == second.flags,
      abs(first.reprojectionError - second.reprojectionError) <= pixels,
      abs(first.interocularDistance - second.interocularDistance) <= pixels
    else { return false }
    guard let a = first.uncertainty, let b = second.uncertainty else {
      return first.uncertainty == nil && second.uncertainty == nil
    }
    return length(SIMD3<Double>(a.rotation - b.rotation)) <= degrees
      && length(SIMD3<Double>(a.translation - b.translation)) <= metres
  }
}

extension FaceAttributes {
  /// The names of attributes that only one of the two has, or that have different values.
  fileprivate func differingNames(_ other: FaceAttributes) -> [String] {
    guard self != other else { return [] }
    var merged = self
    let conflicts = merged.merge(other)
    let (mine, theirs) = (presentNames, other.presentNames)
    let lacking = mine.filter { !theirs.contains($0) } + theirs.filter { !mine.contains($0) }
    return (conflicts + lacking).sorted()
  }
}
