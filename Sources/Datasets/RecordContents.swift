internal import Geometry
internal import Schema

/// What a record holds beside paths and boxes, in the words in which a lossy export names it.
struct RecordContents {
  private var found: [String] = []

  /// - Parameters:
  ///   - layouts: those landmark layouts that the target holds.
  ///   - attributes: the names of attributes that the target holds; nil for all.
  static func losses(
    of record: ImageRecord, poses: Bool = false, layouts: Set<Landmarks.Layout> = [],
    wholeBoxes: Bool = false, attributes: Set<String>? = []
  ) -> [String] {
    var contents = RecordContents()
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
    if let camera = record.camera, !poses, camera.provenance == .calibrated {
      contents.add("cameras")
    }
    return contents.found
  }

  private mutating func add(_ name: String) {
    if !found.contains(name) { found.append(name) }
  }
}

extension BoundingBox {
  /// Whether WIDER FACE's integers hold it.
  var isWhole: Bool {
    [left, top, width, height].allSatisfy { $0 == $0.rounded() && $0.magnitude < 1e9 }
  }
}
