internal import Codecs
internal import Geometry
internal import Schema

/// Reads `wider_face_*.mat` and `wider_{easy,medium,hard}_*.mat` (FORMATS §1.3).
///
/// The file holds column cells of events, each a column cell of images. It is read one variable at a time into plain
/// arrays.
struct WiderFaceMATReader: AnnotationSource {
  private let path: String
  private let source: RecordSource
  private var images: [Image] = []
  private(set) var position = 0
  /// The level of the benchmark that the file's `gt_list` is for.
  private let level: WritableKeyPath<FaceAttributes, Bool?>?

  private struct Image {
    var path: String
    var boxes: [BoundingBox] = []
    /// One list for each of `flagNames`.
    var flags: [[Int8]] = []
    var kept: [Int]?
    var problem: String?
  }

  private static let flagNames = [
    "blur_label_list", "expression_label_list", "illumination_label_list", "invalid_label_list",
    "occlusion_label_list", "pose_label_list",
  ]

  init(path: String, options: ReadingOptions) throws {
    self.path = path
    source = RecordSource(annotationPath: path, options: options)
    let name = (source.file ?? "").lowercased()
    level =
      name.contains("easy")
      ? \.easy
      : name.contains("medium")
        ? \.medium
        : name.contains("hard") ? \.hard : nil
    let file = try MATFile(path: path)
    let events = try file.withVariable("event_list") { try Self.texts($0, in: path) }
    try readNames(file, events: events)
    // The test split's file has names only.
    guard file.contains("face_bbx_list") else { return }
    try readCells(file, "face_bbx_list") { image, value in
      guard let value, value.count > 0 else { return }
      let n = value.shape[0]
      guard let numbers = value.numbers, numbers.count == n * 4 else {
        image.problem =
          "face_bbx_list: expected n x 4 numbers, found \(Self.describe(value))"
        return
      }
      image.boxes = (0..<n).map { i in
        BoundingBox(
          x: numbers[i], y: numbers[n + i], width: numbers[2 * n + i], height: numbers[3 * n + i])
      }
      if let box = image.boxes.first(where: { !$0.isPlausible }) {
        image.problem =
          "face_bbx_list: expected \(PlausibleRange.coordinate.text), found \(box.sizeText) at \(box.left), \(box.top)"
      }
    }
    for flag in Self.flagNames where file.contains(flag) {
      try readCells(file, flag) { image, value in
        let values = (value?.numbers ?? []).compactMap { Int8(exactly: $0) }
        if values.count != image.boxes.count {
          image.problem =
            "\(flag): expected \(image.boxes.count) values, found \(values.count)"
        }
        image.flags.append(values)
      }
    }
    guard level != nil, file.contains("gt_list") else { return }
    try readCells(file, "gt_list") { image, value in
      // Indices are counted from 1, in uint8 or, above 255, uint16; an empty list has shape (0,1) or (0,0).
      let numbers = value?.numbers ?? []
      let indices = numbers.compactMap { Int(exactly: $0) }
      if indices.count != numbers.count {
        image.problem = "gt_list: expected integers, found others"
      }
      image.kept = indices.map { $0 - 1 }
    }
  }

  var size: Int { images.count }

  mutating func next() -> Outcome? {
    guard position < images.count else { return nil }
    defer {
      images[position] = Image(path: "")
      position += 1
    }
    let image = images[position]
    var block = ImageBlock(file: path, line: 0, keepsText: false)
    func issue(_ code: RecordIssue.Code, _ detail: String) -> RecordIssue {
      RecordIssue(
        code, at: SourceLocation(file: SourceLocation.fileName(of: path)),
        "image '\(image.path)', \(detail)")
    }
    if let problem = image.problem {
      return Outcome(record: nil, issues: [issue(.malformedRecord, problem)])
    }
    if case .refused(let problem) = ImagePathVerdict(image.path) {
      return Outcome(record: nil, issues: [issue(.unsafePath, problem)])
    }
    for i in image.boxes.indices {
      // The val file's dummy row means "no face".
      if image.boxes.count == 1, image.boxes[i] == BoundingBox(x: 0, y: 0, width: 0, height: 0) {
        continue
      }
      block.addFace(box: image.boxes[i], line: 0, text: 0..<0)
      readDetails(i, of: image, into: &block.faces[block.faces.count - 1].attributes)
    }
    var record = ImageRecord(source: source, image: ImageReference(path: image.path))
    record.faces = block.faces
    if let stranger = image.kept?.first(where: { !image.boxes.indices.contains($0) }) {
      block.issues.append(
        issue(
          .conflictingAnnotation,
          "gt_list: expected face numbers from 1 to \(image.boxes.count), found \(stranger + 1)"))
    }
    // Issues of a .mat file have no line; the image's name locates them.
    let issues = block.issues.map { found in
      found.location.line == 0 ? issue(found.code, found.detail) : found
    }
    return Outcome(record: record, issues: issues)
  }

  private func readDetails(_ i: Int, of image: Image, into attributes: inout FaceAttributes) {
    if image.flags.count == Self.flagNames.count {
      attributes.blur = image.flags[0][i]
      attributes.expression = image.flags[1][i]
      attributes.illumination = image.flags[2][i]
      attributes.invalid = image.flags[3][i] != 0
      attributes.occlusion = image.flags[4][i]
      attributes.pose = image.flags[5][i]
    }
    if let level, let kept = image.kept { attributes[keyPath: level] = kept.contains(i) }
  }

  private mutating func readNames(_ file: MATFile, events: [String]) throws {
    try file.withVariable("file_list") { value in
      guard let lists = value.cells, lists.count == events.count else {
        throw MATError(
          path: path,
          detail:
            "file_list: expected a cell for each of \(events.count) events, found \(Self.describe(value))"
        )
      }
      for (event, list) in zip(events, lists) {
        guard let list else { continue }
        // In the official files names have no extension.
        for stem in try Self.texts(list, in: path) {
          let name = stem.hasImageEnding ? stem : stem + ".jpg"
          images.append(Image(path: "\(event)/\(name)"))
        }
      }
    }
  }

  /// Hands each image its cell of a variable.
  private mutating func readCells(
    _ file: MATFile, _ name: String, _ body: (inout Image, MATValue?) -> Void
  ) throws {
    try file.withVariable(name) { value in
      var index = 0
      for event in value.cells ?? [] {
        for cell in event?.cells ?? [] where index < images.count {
          body(&images[index], cell)
          index += 1
        }
      }
      guard index == images.count else {
        throw MATError(
          path: path,
          detail: "\(name): expected a cell for each of \(images.count) images, found \(index)")
      }
    }
  }

  private static func texts(_ value: MATValue, in path: String) throws -> [String] {
    guard let cells = value.cells else {
      throw MATError(path: path, detail: "expected a cell array of names, found \(describe(value))")
    }
    return try cells.map { cell in
      guard let text = cell?.text ?? cell?.cells?.first??.text else {
        throw MATError(path: path, detail: "expected a name, found \(describe(cell))")
      }
      return text
    }
  }

  private static func describe(_ value: MATValue?) -> String {
    guard let value else { return "an empty cell" }
    return "shape " + value.shape.map(String.init).joined(separator: " x ")
  }
}
