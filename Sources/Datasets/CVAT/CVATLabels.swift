internal import Codecs
internal import Schema

/// The labels that a CVAT file uses, as its `meta` lists them: for whoever makes the task that it is imported into.
struct CVATLabels {
  /// Of boxes.
  static let face = "face"

  /// Whether there are boxes.
  var hasFaces = false
  private var attributes: [String] = []
  private var layouts: [Landmarks.Layout] = []
  private var tags: [String] = []
  private var known = KnownWords()

  /// The label of the skeleton of a layout's points.
  static func skeleton(_ layout: Landmarks.Layout) -> String { "face-\(layout.count)" }

  /// Adds an attribute of boxes.
  mutating func add(attribute: String) {
    if known.isNew("attribute \(attribute)") { attributes.append(attribute) }
  }

  /// Adds the points of a layout.
  mutating func add(_ layout: Landmarks.Layout) {
    if !layouts.contains(layout) { layouts.append(layout) }
  }

  /// Adds a label of images.
  mutating func add(tag: String) {
    if known.isNew("tag \(tag)") { tags.append(tag) }
  }

  /// Writes version and `meta`.
  ///
  /// - Parameter images: how many there are.
  func write(to xml: inout XMLWriter, images: Int) {
    xml.line(1)
    xml.element("version", "1.1")
    open("meta", 1, &xml)
    open("task", 2, &xml)
    xml.line(3)
    xml.element("name", "faces")
    xml.line(3)
    xml.element("size", "\(images)")
    xml.line(3)
    xml.element("mode", "annotation")
    open("labels", 3, &xml)
    if hasFaces { write(Self.face, "rectangle", attributes: attributes, &xml) }
    for layout in layouts {
      write(Self.skeleton(layout), "skeleton", &xml)
      for name in layout.toolNames ?? [] {
        write(name, "points", parent: Self.skeleton(layout), &xml)
      }
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
