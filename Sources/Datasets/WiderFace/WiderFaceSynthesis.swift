internal import Codecs
internal import Geometry
internal import Schema

/// Makes a synthetic WIDER FACE dataset with known truth, in all four forms of its annotation.
///
///     images/<event>/<name>.jpg
///     wider_face_<split>_bbx_gt.txt, wider_face_<split>.mat, wider_{easy,medium,hard}_<split>.mat
///     retinaface/<split>/label.txt
///     img2pose/WIDER_<split>_annotations.txt, img2pose/json/<event>/<name>.json
///     truth.jsonl         records with the true poses
public struct WiderFaceSynthesis: DatasetSynthesis {
  private let folder: OutputFolder
  private let options: SynthesisOptions
  private let model: [SIMD3<Double>]
  private var text = ""
  private var label = ""
  private var list = ""
  private var truth = JSONWriter()
  private var events: [(name: String, images: [MATImage])] = []

  private struct MATImage {
    var stem: String
    var faces: [Face]
  }

  /// - Parameters:
  ///   - folder: it is created if it is missing.
  ///   - options: how many images there are, their size and their seed.
  ///   - model: eyes, nose tip and mouth corners of a mean face, in metres.
  public init(folder: String, options: SynthesisOptions, model: [SIMD3<Double>]) {
    self.folder = OutputFolder(folder)
    self.options = options
    self.model = model
  }

  public var draw: @Sendable (_ index: Int, SyntheticPainter) -> [UInt8] {
    { [options, model] in WiderFaceScene(index: $0, model: model, options: options).jpeg($1) }
  }

  public var summary: String { "in four forms of annotation, and truth.jsonl" }

  /// Adds image `index` with its file and annotations. All files keep the order of the calls.
  public mutating func add(index: Int, _ jpeg: [UInt8]) throws {
    let scene = WiderFaceScene(index: index, model: model, options: options)
    let parts = scene.path.split(separator: "/")
    let (event, stem) = (String(parts[0]), String(parts[1].dropLast(4)))
    try folder.write(jpeg, to: "images/\(scene.path)")
    addText(scene)
    addLabel(scene)
    try addJSON(scene, event: event, stem: stem)
    scene.record.write(to: &truth)
    let image = MATImage(stem: stem, faces: scene.faces)
    if let i = events.firstIndex(where: { $0.name == event }) {
      events[i].images.append(image)
    } else {
      events.append((event, [image]))
    }
  }

  /// Writes the annotation files of the whole dataset.
  public func finish() throws {
    let split = options.split
    try folder.write(text.utf8, to: "wider_face_\(split)_bbx_gt.txt")
    try folder.write(label.utf8, to: "retinaface/\(split)/label.txt")
    try folder.write(list.utf8, to: "img2pose/WIDER_\(split)_annotations.txt")
    try folder.write(truth.bytes, to: "truth.jsonl")
    try writeMAT("wider_face_\(split).mat", level: nil)
    try writeMAT("wider_easy_\(split).mat", level: \.easy)
    try writeMAT("wider_medium_\(split).mat", level: \.medium)
    try writeMAT("wider_hard_\(split).mat", level: \.hard)
  }

  private mutating func addText(_ scene: WiderFaceScene) {
    text += "\(scene.path)\n\(scene.faces.count)\n"
    for face in scene.faces {
      let numbers =
        [face.box.left, face.box.top, face.box.width, face.box.height].map { Int($0) }
        + Self.flags.map { $0(face.attributes) }
      text += numbers.map { "\($0) " }.joined() + "\n"
    }
    if scene.faces.isEmpty { text += String(repeating: "0 ", count: 10) + "\n" }
  }

  private mutating func addLabel(_ scene: WiderFaceScene) {
    label += "# \(scene.path)\n"
    for face in scene.faces {
      var fields = [face.box.left, face.box.top, face.box.width, face.box.height].map {
        "\(Int($0))"
      }
      for i in 0..<5 {
        if let landmarks = face.landmarks, let position = landmarks.position(i) {
          let state = landmarks[i].visibility == .occluded ? "1.0" : "0.0"
          fields += [position.x.shortText, position.y.shortText, state]
        } else {
          fields += ["-1.0", "-1.0", "-1.0"]
        }
      }
      fields.append((face.attributes.quality ?? -1).shortText)
      label += fields.joined(separator: " ") + "\n"
    }
  }

  private mutating func addJSON(_ scene: WiderFaceScene, event: String, stem: String) throws {
    let boxes = scene.faces.map { face in
      JSONValue.array(
        [face.box.left, face.box.top, face.box.right, face.box.bottom].map { .integer(Int($0)) })
    }
    let landmarks = scene.faces.map { face in
      JSONValue.array(
        (0..<5).map { i in
          let position = face.landmarks?.position(i) ?? SIMD2(-1, -1)
          return .array([.double(position.x), .double(position.y)])
        })
    }
    let json = JSONValue.object([
      ("image_path", .text(scene.path)), ("bboxes", .array(boxes)),
      ("landmarks", .array(landmarks)),
    ])
    let name = "json/\(event)/\(stem).json"
    try folder.write((try json.compactText + "\n").utf8, to: "img2pose/\(name)")
    list += name + "\n"
  }

  /// The six flags in the order of the text and of the .mat's variables.
  private static let flags: [@Sendable (FaceAttributes) -> Int] = [
    { Int($0.blur ?? 0) }, { Int($0.expression ?? 0) }, { Int($0.illumination ?? 0) },
    { $0.invalid == true ? 1 : 0 }, { Int($0.occlusion ?? 0) }, { Int($0.pose ?? 0) },
  ]

  private func writeMAT(_ name: String, level: KeyPath<FaceAttributes, Bool?>?) throws {
    func perImage(_ content: (MATImage) -> MATContent) -> MATContent {
      .cells(events.map { .cells($0.images.map(content)) })
    }
    let writer = try MATWriter(path: folder.path(of: name))
    try writer.write("event_list", .cells(events.map { .text($0.name) }))
    try writer.write("file_list", perImage { .text($0.stem) })
    try writer.write("face_bbx_list", perImage(Self.boxes))
    let names = ["blur", "expression", "illumination", "invalid", "occlusion", "pose"]
    for (name, flag) in zip(names, Self.flags) {
      try writer.write(
        "\(name)_label_list",
        perImage { image in
          let values = image.faces.isEmpty ? [0] : image.faces.map { UInt8(flag($0.attributes)) }
          return .uint8(values, rows: values.count, columns: 1)
        })
    }
    if let level {
      try writer.write(
        "gt_list",
        perImage { image in
          let kept = image.faces.indices.filter {
            image.faces[$0].attributes[keyPath: level] == true
          }
          return .uint8(kept.map { UInt8($0 + 1) }, rows: kept.count, columns: 1)
        })
    }
    try writer.finish()
  }

  /// Boxes column by column; an image without a face gets a dummy row of zeros.
  private static func boxes(_ image: MATImage) -> MATContent {
    guard !image.faces.isEmpty else { return .int32([0, 0, 0, 0], rows: 1, columns: 4) }
    let boxes = image.faces.map(\.box)
    let columns = boxes.map(\.left) + boxes.map(\.top) + boxes.map(\.width) + boxes.map(\.height)
    return .int32(columns.map { Int32($0) }, rows: boxes.count, columns: 4)
  }
}
