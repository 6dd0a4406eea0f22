public import Codecs
internal import Geometry
public import Schema

/// Writes `annotations.xml` in the form "CVAT for images 1.1"
/// (https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/).
///
/// A face is a `box` of label `face`, its corners in pixels, and a `skeleton` of label `face-5` or `face-68` in the same
/// group, whose points are named as `Landmarks.Layout.toolNames` says; a missing point is outside. Faces that come from CVAT
/// keep the labels that they had there, so that the task takes the file back. Attributes of faces
/// are the box's, as text. Remarks on a face are the words of its attribute `finding`, those on an image its tags.
///
/// The labels that occur stand in front of the images, so these wait in a temporary file.
public struct CVATWriter: RemarkingWriter {
  private let folder: String
  private let images: Spool
  private var labels = CVATLabels()
  private let sides = WrittenSides()
  private var xml = XMLWriter()

  /// - Parameter folder: it is there.
  /// - Throws: `FileError` where no temporary file can be made.
  public init(folder: String) throws {
    self.folder = folder
    images = try Spool(in: folder)
  }

  private static let unheldPath = "images with a control character in their path"

  public func losses(of record: ImageRecord) -> [String] {
    var losses = RecordContents.losses(
      of: record, layouts: Landmarks.Layout.named, lineEnds: true, attributes: nil)
    losses += record.turningLosses()
    if !XMLWriter.canHold(record.image.path) { losses.append(Self.unheldPath) }
    var names: Set<String> = []
    for face in record.faces {
      for attribute in face.attributes.members where !Self.holds(attribute) {
        if names.insert(attribute.name).inserted {
          losses.append(
            "attribute '\(attribute.name)'\(attribute.value.text == nil ? " as other than text" : "")"
          )
        }
      }
    }
    return losses
  }

  /// Whether an attribute comes back equal: text does, and what records have a member for.
  private static func holds(_ attribute: FaceAttributes.Other) -> Bool {
    if let text = attribute.value.text {
      return !text.isEmpty && XMLWriter.canHold(text) && XMLWriter.canHold(attribute.name)
    }
    if isOccluded(attribute) { return true }
    var attributes = FaceAttributes()
    return attributes.set(attribute.name, text: attribute.value.messageText)
  }

  /// Whether it is what CVAT has a place of its own for.
  private static func isOccluded(_ attribute: FaceAttributes.Other) -> Bool {
    attribute.name == "occluded" && attribute.value == .boolean(true)
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?, remarks: ImageRemarks
  ) throws -> WrittenRecord {
    guard XMLWriter.canHold(record.image.path) else { return .nothing(Self.unheldPath) }
    xml.removeAll()
    xml.line(1)
    xml.begin("image")
    xml.attribute("id", images.count)
    xml.attribute("name", record.image.path)
    if let width = record.image.width ?? image?.header.width,
      let height = record.image.height ?? image?.header.height
    {
      xml.attribute("width", width)
      xml.attribute("height", height)
    }
    xml.endTag()
    for (i, face) in record.faces.enumerated() { write(face, number: i + 1, remarks.of(i)) }
    for remark in remarks.image {
      xml.line(2)
      xml.begin("tag")
      xml.attribute("label", remark)
      xml.attribute("source", "manual")
      xml.endEmpty()
      labels.add(tag: remark)
    }
    xml.line(1)
    xml.end("image")
    try images.append(xml.bytes)
    return .all(of: record)
  }

  /// - Parameter number: of the face in its image, from 1; it is that of the group.
  private mutating func write(_ face: Face, number: Int, _ remarks: [String]) {
    var native: JSONValue?
    if case .object(let members)? = face.native { native = members }
    let points = face.landmarks.flatMap { landmarks in
      CVATLabels.Skeleton(of: landmarks, in: native).map { (landmarks, $0) }
    }
    let kept = native?[CVATLabels.boxMember]?.text
    let label = kept.flatMap { $0.namesFaces && XMLWriter.canHold($0) ? $0 : nil }
    let attributes = face.attributes.members
    xml.line(2)
    xml.begin("box")
    xml.attribute("label", label ?? CVATLabels.face)
    xml.attribute("source", "manual")
    xml.attribute("occluded", attributes.contains(where: Self.isOccluded) ? 1 : 0)
    xml.attribute("xtl", face.box.left)
    xml.attribute("ytl", face.box.top)
    xml.attribute("xbr", face.box.right)
    xml.attribute("ybr", face.box.bottom)
    xml.attribute("z_order", 0)
    if points != nil { xml.attribute("group_id", number) }
    xml.endTag()
    for attribute in attributes where !Self.isOccluded(attribute) {
      write(attribute.name, attribute.value.text ?? attribute.value.messageText)
    }
    if !remarks.isEmpty { write("finding", remarks.joined(separator: " ")) }
    xml.line(2)
    xml.end("box")
    labels.add(box: label ?? CVATLabels.face)
    guard let (landmarks, skeleton) = points else { return }
    if skeleton.isOwn { sides.count(landmarks) }
    write(landmarks, as: skeleton, group: number)
  }

  private mutating func write(_ attribute: String, _ value: String) {
    xml.line(3)
    xml.begin("attribute")
    xml.attribute("name", attribute)
    xml.endTag()
    xml.text(value)
    xml.end("attribute")
    labels.add(attribute: attribute)
  }

  private mutating func write(
    _ points: Landmarks, as skeleton: CVATLabels.Skeleton, group: Int
  ) {
    xml.line(2)
    xml.begin("skeleton")
    xml.attribute("label", skeleton.label)
    xml.attribute("source", "manual")
    xml.attribute("z_order", 0)
    xml.attribute("group_id", group)
    xml.endTag()
    for (i, name) in skeleton.names.enumerated() {
      let point = points[i]
      xml.line(3)
      xml.begin("points")
      xml.attribute("label", name)
      xml.attribute("source", "manual")
      xml.attribute("outside", point.visibility == .missing ? 1 : 0)
      xml.attribute("occluded", point.visibility == .occluded ? 1 : 0)
      xml.attribute("points", point.position.x, point.position.y)
      xml.endEmpty()
    }
    xml.line(2)
    xml.end("skeleton")
    labels.add(skeleton)
  }

  public mutating func finish() throws {
    let file = try OutputFile(path: "\(folder)/annotations.xml")
    try file.write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>".utf8)
    var head = XMLWriter()
    labels.write(to: &head, images: images.count)
    try file.write(head.bytes)
    for i in 0..<images.count { try file.write(images[i]) }
    try file.write("\n</annotations>\n".utf8)
    try file.finish()
  }

  public var notes: [String] {
    [
      "annotations.xml names \(counted(images.count, "image")); CVAT imports it as 'CVAT 1.1' into a task of these images with the labels that its 'meta' lists, \(labels.words); a task with other labels refuses it until they are renamed here"
    ] + [sides.note].compactMap { $0 }
  }
}
