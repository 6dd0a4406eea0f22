internal import Codecs
internal import Schema

/// The labels that a CVAT file uses, as its `meta` lists them: for whoever makes the task that it is imported into.
struct CVATLabels {
  /// Of boxes whose source has no other.
  static let face = "face"
  /// The members of `native` that hold a source's label of a box, and of a skeleton with the names of its points.
  static let boxMember = "label"
  static let skeletonMember = "skeleton"

  /// A skeleton's label, and its points' names in the order of their layout.
  struct Skeleton: Equatable {
    let label: String
    let names: [String]

    /// As the face's source has them, else our own; nil for points that no tool's names are read as.
    init?(of points: Landmarks, in native: JSONValue?) {
      guard let own = points.layout.toolNames else { return nil }
      let kept = native?[CVATLabels.skeletonMember]
      let names = kept?["points"]?.elements?.compactMap(\.text) ?? []
      if let label = kept?["label"]?.text, names.count == own.count,
        Set(names).count == names.count,
        ([label] + names).allSatisfy({ !$0.isEmpty && XMLWriter.canHold($0) })
      {
        (self.label, self.names) = (label, names)
      } else {
        (label, self.names) = (CVATLabels.skeleton(points.layout), own)
      }
    }

    /// Whether the names are our own, with left meaning the image's left.
    var isOwn: Bool { names == Landmarks.Layout.face5.toolNames }
  }

  private var boxes: [String] = []
  private var attributes: [String] = []
  private var skeletons: [Skeleton] = []
  private var tags: [String] = []
  private var known = KnownWords()

  /// The label of the skeleton of a layout's points.
  static func skeleton(_ layout: Landmarks.Layout) -> String { "face-\(layout.count)" }

  /// Adds an attribute of boxes.
  mutating func add(attribute: String) {
    if known.isNew("attribute \(attribute)") { attributes.append(attribute) }
  }

  /// Adds the label of a box, of which a task has few.
  mutating func add(box label: String) {
    if !boxes.contains(label), boxes.count < Self.mostLabels { boxes.append(label) }
  }

  /// Adds a skeleton, likewise.
  mutating func add(_ skeleton: Skeleton) {
    if !skeletons.contains(skeleton), skeletons.count < Self.mostLabels {
      skeletons.append(skeleton)
    }
  }

  private static let mostLabels = 256

  /// Adds a label of images.
  mutating func add(tag: String) {
    if known.isNew("tag \(tag)") { tags.append(tag) }
  }

  /// "'face' and 'face-5' (left_eye, …)", for people.
  var words: String {
    let points = skeletons.map { skeleton in
      let names = skeleton.names
      let shown =
        names.count > 5 ? "\(names[0]) to \(names.last ?? "")" : names.joined(separator: ", ")
      return "'\(skeleton.label)' (\(shown))"
    }
    return (boxes.map { "'\($0)'" } + points).prefix(8).joined(separator: " and ")
  }

  /// Writes version and `meta`.
  ///
  /// - Parameter images: how many there are.
  func write(to xml: inout XMLWriter, images: Int) {
    xml.line(1)
    xml.element("version", "1.1")
    open("meta", 1, &xml)
    xml.line(2)
    xml.element(StatedSide.name, StatedSide.ours.rawValue)
    open("task", 2, &xml)
    xml.line(3)
    xml.element("name", "faces")
    xml.line(3)
    xml.element("size", "\(images)")
    xml.line(3)
    xml.element("mode", "annotation")
    open("labels", 3, &xml)
    for label in boxes { write(label, "rectangle", attributes: attributes, &xml) }
    for skeleton in skeletons {
      write(skeleton.label, "skeleton", &xml)
      for name in skeleton.names { write(name, "points", parent: skeleton.label, &xml) }
    }
    for tag in tags { write(tag, "tag", &xml) }
    close("labels", 3, &xml)
    close("task", 2, &xml)
    close("meta", 1, &xml)
  }

  private func open(_ name: StaticString, _ depth: Int, _ xml: inout XMLWriter) {
    xml.line(depth)
    xml.begin(name)
    xml.endTag()
  }

  private func close(_ name: StaticString, _ depth: Int, _ xml: inout XMLWriter) {
    xml.line(depth)
    xml.end(name)
  }

  private func write(
    _ name: String, _ type: String, attributes: [String] = [], parent: String? = nil,
    _ xml: inout XMLWriter
  ) {
    open("label", 4, &xml)
    xml.element("name", name)
    xml.element("type", type)
    xml.begin("attributes")
    xml.endTag()
    for attribute in attributes {
      open("attribute", 5, &xml)
      xml.element("name", attribute)
      xml.element("mutable", "False")
      xml.element("input_type", "text")
      xml.element("default_value", "")
      xml.element("values", "")
      xml.end("attribute")
    }
    xml.end("attributes")
    if let parent { xml.element("parent", parent) }
    xml.end("label")
  }
}
