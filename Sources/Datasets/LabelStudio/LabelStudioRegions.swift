internal import Codecs
internal import Geometry
internal import Schema

/// Writes the results of one task: regions, and what is said of them.
struct LabelStudioRegions {
  /// Of the image, in pixels.
  private let size: SIMD2<Int>
  /// A per cent of the image, in pixels.
  private let unit: SIMD2<Double>

  init(size: SIMD2<Int>) {
    self.size = size
    unit = SIMD2<Double>(size) / 100
  }

  func write(_ faces: [Face], _ remarks: ImageRemarks, to writer: inout JSONWriter) {
    for (i, face) in faces.enumerated() {
      let id = "face\(i + 1)"
      write(face, id, to: &writer)
      if let landmarks = face.landmarks, let names = landmarks.layout.toolNames {
        for point in 0..<landmarks.count where landmarks[point].visibility != .missing {
          write(landmarks[point], "\(id)-\(point)", names[point], of: id, to: &writer)
        }
      }
      write(choices: remarks.of(i), of: id, "finding", to: &writer)
    }
    write(choices: remarks.image, of: nil, "image_finding", to: &writer)
  }

  private func write(_ face: Face, _ id: String, to writer: inout JSONWriter) {
    let box = face.box
    writer.object {
      begin(id, "rectanglelabels", LabelStudioConfiguration.box, &$0)
      if let score = face.attributes.score {
        $0.key("score")
        $0.value(score)
      }
      $0.key("value")
      $0.object {
        place(SIMD2(box.left, box.top), &$0)
        $0.key("width")
        $0.value(Self.share(box.width, of: unit.x))
        $0.key("height")
        $0.value(Self.share(box.height, of: unit.y))
        $0.key("rotation")
        $0.value(0)
        $0.key("rectanglelabels")
        $0.array { $0.value(LabelStudioConfiguration.face) }
      }
    }
  }

  private func write(
    _ point: Landmarks.Point, _ id: String, _ name: String, of parent: String,
    to writer: inout JSONWriter
  ) {
    writer.object {
      begin(id, "keypointlabels", LabelStudioConfiguration.points, &$0)
      $0.key("parentID")
      $0.value(parent)
      if point.visibility == .occluded {
        $0.key("meta")
        $0.object {
          $0.key("text")
          $0.array { $0.value("occluded") }
        }
      }
      $0.key("value")
      $0.object {
        place(point.position, &$0)
        // Of the dot that is drawn, in per cent of the width.
        $0.key("width")
        $0.value(0.5)
        $0.key("keypointlabels")
        $0.array { $0.value(name) }
      }
    }
  }

  private func write(
    choices: [String], of region: String?, _ name: String, to writer: inout JSONWriter
  ) {
    guard !choices.isEmpty else { return }
    writer.object {
      begin(region ?? "image", "choices", name, &$0)
      $0.key("value")
      $0.object {
        $0.key("choices")
        $0.array { for choice in choices { $0.value(choice) } }
      }
    }
  }

  private func begin(_ id: String, _ type: String, _ name: String, _ writer: inout JSONWriter) {
    writer.key("id")
    writer.value(id)
    writer.key("type")
    writer.value(type)
    writer.key("from_name")
    writer.value(name)
    writer.key("to_name")
    writer.value("image")
    writer.key("original_width")
    writer.value(size.x)
    writer.key("original_height")
    writer.value(size.y)
    writer.key("image_rotation")
    writer.value(0)
  }

  private func place(_ point: SIMD2<Double>, _ writer: inout JSONWriter) {
    writer.key("x")
    writer.value(Self.share(point.x, of: unit.x))
    writer.key("y")
    writer.value(Self.share(point.y, of: unit.y))
  }

  /// The number that, times the unit, gives the value: exactly where one of the three next to the quotient does.
  static func share(_ value: Double, of unit: Double) -> Double {
    let share = value / unit
    return [share, share.nextUp, share.nextDown].first { $0 * unit == value } ?? share
  }
}

/// The labelling interface of a project: which labels and choices its tasks use.
struct LabelStudioConfiguration {
  /// The tag of faces' boxes.
  static let box = "box"
  /// The tag of their points.
  static let points = "points"
  /// The label of boxes.
  static let face = "face"

  private var layouts: [Landmarks.Layout] = []
  private var (ofFaces, ofImages) = ([String](), [String]())
  private var known = KnownWords()

  /// Adds a layout's names of points.
  mutating func add(_ layout: Landmarks.Layout) {
    if !layouts.contains(layout) { layouts.append(layout) }
  }

  /// Adds what may be said of faces and images.
  mutating func add(_ remarks: ImageRemarks) {
    for word in remarks.image where known.isNew("image \(word)") { ofImages.append(word) }
    for (_, words) in remarks.faces.sorted(by: { $0.key < $1.key }) {
      for word in words where known.isNew("face \(word)") { ofFaces.append(word) }
    }
  }

  /// The interface as XML.
  var text: [UInt8] {
    var xml = XMLWriter()
    xml.begin("View")
    xml.endTag()
    xml.line(1)
    xml.begin("Image")
    xml.attribute("name", "image")
    xml.attribute("value", "$image")
    xml.endEmpty()
    let names = layouts.flatMap { $0.toolNames ?? [] }
    write("RectangleLabels", Self.box, "Label", [Self.face], to: &xml)
    write("KeyPointLabels", Self.points, "Label", names, to: &xml)
    write("Choices", "finding", "Choice", ofFaces, isMultiple: true, isPerRegion: true, to: &xml)
    write("Choices", "image_finding", "Choice", ofImages, isMultiple: true, to: &xml)
    xml.line(0)
    xml.end("View")
    xml.line(0)
    return xml.bytes
  }

  private func write(
    _ tag: StaticString, _ name: String, _ item: StaticString, _ values: [String],
    isMultiple: Bool = false, isPerRegion: Bool = false, to xml: inout XMLWriter
  ) {
    guard !values.isEmpty else { return }
    xml.line(1)
    xml.begin(tag)
    xml.attribute("name", name)
    xml.attribute("toName", "image")
    if isMultiple { xml.attribute("choice", "multiple") }
    if isPerRegion { xml.attribute("perRegion", "true") }
    xml.endTag()
    for value in values {
      xml.line(2)
      xml.begin(item)
      xml.attribute("value", value)
      xml.endEmpty()
    }
    xml.line(1)
    xml.end(tag)
  }
}
