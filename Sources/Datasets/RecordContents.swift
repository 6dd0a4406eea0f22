internal import Geometry
internal import Schema

/// What a record holds beside paths and boxes, in the words in which a lossy export names it.
struct RecordContents {
  private var found: [String] = []

  /// What no list of lines holds.
  static let lineEnds = "images with a line end in their path"

  /// - Parameters:
  ///   - layouts: those landmark layouts that the target holds.
  ///   - attributes: the names of attributes that the target holds; nil for all.
  static func losses(
    of record: ImageRecord, poses: Bool = false, layouts: Set<Landmarks.Layout> = [],
    wholeBoxes: Bool = false, attributes: Set<String>? = []
  ) -> [String] {
    var contents = RecordContents()
    if record.image.path.hasLineEnd { contents.add(lineEnds) }
    for face in record.faces {
      if !poses, face.pose != nil { contents.add("poses") }
      if let landmarks = face.landmarks, !layouts.contains(landmarks.layout) {
        contents.add("landmarks of layout \(landmarks.layout.rawValue)")
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
}

extension BoundingBox {
  /// Whether WIDER FACE's integers hold it.
  var isWhole: Bool {
    hasIntegers && [left, top, width, height].allSatisfy { $0 == $0.rounded() }
  }

  /// Whether integers hold it but for fractions.
  var hasIntegers: Bool { [left, top, width, height].allSatisfy { $0.magnitude < 1e9 } }
}

extension Landmarks {
  /// Whether a point that is there lies where forms have a missing one.
  var hasMarkOfMissing: Bool {
    (0..<count).contains { position($0) == SIMD2(-1, -1) }
  }

  var hasOcclusion: Bool { (0..<count).contains { self[$0].visibility == .occluded } }
}

extension ImageRecord {
  /// Whether img2pose's lists can name the image: pandas cuts their lines in two at a space or comma.
  var isNamedByImg2Pose: Bool { !image.path.utf8.contains { " ,\n\r".utf8.contains($0) } }
  /// What is said of images of which they cannot.
  static let unnamedByImg2Pose = "images with a space, comma or line end in their path"
}
