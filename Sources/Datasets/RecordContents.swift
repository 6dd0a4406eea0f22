internal import Geometry
internal import Schema

/// What a record holds besides paths and boxes, in the words that a lossy export uses for it.
struct RecordContents {
  private var found: [String] = []

  /// A line end in a path, which no line-by-line list can hold.
  static let lineEnds = "images with a line end in their path"

  /// A path that our readers, which take Windows' backslashes for slashes, would read otherwise.
  static let otherSpellings = "images with a backslash or an empty part in their path"

  /// What a target form would lose of a record.
  ///
  /// - Parameters:
  ///   - layouts: the landmark layouts that the target holds.
  ///   - lineEnds: whether it holds line ends in paths.
  ///   - otherSpellings: whether a path is read as it is written, whatever is in it.
  ///   - occlusion: whether it tells occluded points from visible ones.
  ///   - attributes: the names of the attributes that the target holds; nil for all.
  static func losses(
    of record: ImageRecord, poses: Bool = false, layouts: Set<Landmarks.Layout> = [],
    wholeBoxes: Bool = false, lineEnds: Bool = false, otherSpellings: Bool = false,
    occlusion: Bool = true, attributes: Set<String>? = []
  ) -> [String] {
    var contents = RecordContents()
    if !lineEnds, record.image.path.hasLineEnd { contents.add(Self.lineEnds) }
    if !otherSpellings, record.image.path.isSpeltOtherwise { contents.add(Self.otherSpellings) }
    for face in record.faces {
      if !poses, face.pose != nil { contents.add("poses") }
      if let landmarks = face.landmarks, !layouts.contains(landmarks.layout) {
        contents.add("landmarks of layout \(landmarks.layout.rawValue)")
      } else if !occlusion, face.landmarks?.hasOcclusion == true {
        contents.add("that points are occluded")
      }
      if wholeBoxes, !face.box.isWhole { contents.add("fractions of box coordinates") }
      guard let attributes else { continue }
      for name in face.attributes.presentNames where !attributes.contains(name) {
        contents.add("attribute '\(name)'")
      }
    }
    if let camera = record.camera, !poses, camera.provenance != .assumedWidthPlusHeight {
      contents.add("cameras")
    }
    return contents.found
  }

  private mutating func add(_ name: String) {
    if !found.contains(name) { found.append(name) }
  }
}

extension String {
  var hasLineEnd: Bool { utf8.contains { $0 == 0x0A || $0 == 0x0D } }
  /// Whether readers give another path.
  var isSpeltOtherwise: Bool { plainImagePath != self }
}

extension BoundingBox {
  /// Whether the integers of WIDER FACE can hold the box exactly.
  var isWhole: Bool {
    hasIntegers && [left, top, width, height].allSatisfy { $0 == $0.rounded() }
  }

  /// Whether integers can hold the box once its fractions are dropped.
  var hasIntegers: Bool { [left, top, width, height].allSatisfy { $0.magnitude < 1e9 } }
}

extension Landmarks {
  /// Whether a point that is present lies at (-1, -1), the mark that native forms use for a missing one.
  var hasMarkOfMissing: Bool {
    (0..<count).contains { position($0) == SIMD2(-1, -1) }
  }

  var hasOcclusion: Bool { (0..<count).contains { self[$0].visibility == .occluded } }
}

extension ImageRecord {
  /// Whether img2pose's lists can name the image: pandas splits their lines at a space or comma.
  var isNamedByImg2Pose: Bool { !image.path.utf8.contains { " ,\n\r".utf8.contains($0) } }
  /// The words for images that they cannot name.
  static let unnamedByImg2Pose = "images with a space, comma or line end in their path"
}
