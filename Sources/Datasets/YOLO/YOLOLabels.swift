internal import Codecs
internal import Schema

/// The label files of a tree: where they and their images are, and what they say.
struct YOLOLabels: Sendable {
  let tree: FileTree
  private let options: ReadingOptions
  private let settings: YOLOSettings

  private static let largestFile = 1 << 26
  private static let settingsFiles = ["data.yaml", "dataset.yaml", "data.yml", "dataset.yml"]

  /// Labels by the `data.yaml` of the tree's top, or of the folder above the labels where they alone are named.
  init(tree: FileTree, _ options: ReadingOptions) {
    self.tree = tree
    settings =
      Self.yaml(in: tree).map { YOLOSettings(yaml: $0, renames: options.pointNames) }
      ?? YOLOSettings(renames: options.pointNames)
    self.options = options.stating(settings.namedSide)
  }

  /// Whether names of points occur of which the faces have to tell the side.
  var hasPointNames: Bool { !settings.pointNames.isEmpty && settings.namedSide == nil }

  private static func yaml(in tree: FileTree) -> String? {
    for name in settingsFiles where tree.contains(name) {
      return try? tree.withBytes(of: name, limit: largestFile) {
        String(decoding: $0, as: UTF8.self)
      }
    }
    if let name = (try? tree.entries(of: ""))?.files.first(where: {
      $0.hasEnding(".yaml") || $0.hasEnding(".yml")
    }) {
      return try? tree.withBytes(of: name, limit: largestFile) {
        String(decoding: $0, as: UTF8.self)
      }
    }
    guard !tree.isArchive else { return nil }
    for folder in ["..", "../.."] {
      for name in settingsFiles {
        if let file = try? MappedFile(path: "\(tree.path)/\(folder)/\(name)") {
          return file.withBytes { String(decoding: $0, as: UTF8.self) }
        }
      }
    }
    return nil
  }

  // MARK: Paths

  /// The label file of an image: `labels` stands for the last `images` of its path, and `.txt` for its ending.
  static func label(of image: String) -> String {
    exchanging("images", for: "labels", in: ImageReference.stem(of: image[...])) + ".txt"
  }

  /// Whether an image lies in a folder `images`.
  static func isInImages(_ path: String) -> Bool {
    path.split(separator: "/").dropLast().contains("images")
  }

  /// The image of a label file, in the tree; nil where there is none.
  func image(of label: String) -> String? { tree.image(ofStem: imageStem(of: label)) }

  private func imageStem(of label: String) -> String {
    Self.exchanging("labels", for: "images", in: ImageReference.stem(of: label[...]))
  }

  private static func exchanging(
    _ folder: String, for other: String, in path: Substring
  ) -> String {
    var parts = path.split(separator: "/").map(String.init)
    if let place = parts.dropLast().lastIndex(of: folder) { parts[place] = other }
    return parts.joined(separator: "/")
  }

  // MARK: Recognition

  /// Whether a text file without an image in the tree is a label file, however many of its rows are broken: one that has
  /// rows and is of no other form, or one in a folder `labels` with an image elsewhere. `classes.txt` and notes are neither.
  func areLabels(_ path: String) -> Bool {
    let folders = path.split(separator: "/").dropLast() + tree.path.split(separator: "/").suffix(1)
    let isInLabels = folders.contains("labels")
    let areRows = try? tree.withBytes(of: path, limit: Self.largestFile) { bytes in
      var glance = FileGlance(path: path, bytes: bytes)
      if Self.reason(for: glance) != nil { return true }
      let form = Recognition(of: bytes, path: path)?.dataset
      glance.tolerance = .most
      return form == DatasetDescription.yolo.name
        || (form == nil || isInLabels) && Self.reason(for: glance) != nil
    }
    return areRows == true
      || isInLabels
        && options.images?.path(ofStem: imageStem(of: path), with: ImageHeaderReader()) != nil
  }

  /// Why a file is one of labels; nil where it is none.
  static func reason(for file: FileGlance) -> String? {
    guard file.json == nil, file.xml == nil else { return nil }
    guard !file.lines.isEmpty else {
      let isLabel = file.path.split(separator: "/").dropLast().contains("labels")
      return file.bytes.isEmpty && isLabel && file.path.hasEnding(".txt")
        ? "an empty .txt in a folder 'labels'" : nil
    }
    let rows = file.lines.filter(isRow)
    let hasFraction = rows.contains { $0.contains(UInt8(ascii: ".")) }
    return hasFraction && file.accepts(rows.count)
      ? "rows of a class, a centre and a size in fractions of the image, and points where there are more"
      : nil
  }

  private static func isRow(_ line: UnsafeRawBufferPointer) -> Bool {
    guard let numbers = TextFields(line).numbers(), numbers.count >= 5, numbers.count < 1 << 14,
      numbers[0] >= 0, numbers[0] < 10_000, Int(exactly: numbers[0]) != nil
    else { return false }
    return numbers[1...2].allSatisfy { -0.5...1.5 ~= $0 }
      && (numbers[3...4].allSatisfy { 0...1.5 ~= $0 } || isOutline(numbers))
      && (numbers.count.isMultiple(of: 2) == false || numbers.count < 9 || numbers.count % 3 == 2
        || numbers.count % 3 == 0)
  }

  private static func isOutline(_ numbers: [Double]) -> Bool {
    numbers.count >= 7 && numbers[1...].allSatisfy { -0.5...1.5 ~= $0 }
  }

  // MARK: Reading

  /// The record of an image.
  ///
  /// - Parameters:
  ///   - label: its label file; nil where it has none, and so no faces.
  ///   - image: its file in the tree; nil where only the label file is known.
  func outcome(label: String?, image: String?) -> Outcome {
    var source = RecordSource(annotationPath: label ?? image ?? "", options: options)
    let name = SourceLocation.fileName(of: label ?? image ?? "")
    let place = SourceLocation(file: name)
    let stem = label.map(imageStem) ?? ""
    let path =
      image ?? label.flatMap(self.image)
      ?? options.images?.path(ofStem: stem, with: ImageHeaderReader())
    guard let path else {
      return Outcome(
        record: nil,
        issues: [
          RecordIssue(
            .missingImage, at: place,
            "image '\(stem)': expected a file, as labels are in fractions of its size, found none")
        ])
    }
    if options.split == nil { source.split = split(of: path) ?? source.split }
    var draft = ImageDraft(path: path)
    guard let label else { return draft.outcome(source, in: name, options) }
    let size = options.imageSize(of: path)
    do {
      try tree.withBytes(of: label, limit: Self.largestFile) { bytes in
        read(bytes, at: place, size: size, into: &draft)
      }
    } catch {
      return Outcome(record: nil, issues: [RecordIssue(.unreadableFile, at: place, "\(error)")])
    }
    // An image whose faces cannot be read is not one without faces.
    if draft.faces.isEmpty, draft.issues.contains(where: { $0.code.severity == .error }) {
      return Outcome(record: nil, issues: draft.issues)
    }
    draft.size = size
    return draft.outcome(source, in: name, options)
  }

  /// By `data.yaml`, else by a folder of the name of a split.
  private func split(of path: String) -> String? {
    if let split = settings.split(of: path) { return split }
    let folders = path.lowercased().split(separator: "/").dropLast()
    let known = ["train": "train", "val": "val", "valid": "val", "test": "test"]
    return folders.lazy.compactMap { known[String($0)] }.last
  }

  private func read(
    _ bytes: UnsafeRawBufferPointer, at place: SourceLocation, size: SIMD2<Int>?,
    into draft: inout ImageDraft
  ) {
    var lines = TextLines(bytes: bytes, position: TextForm.start(of: bytes))
    var (line, fields, outlines, others, unmapped) = (0, TextFields(), 0, 0, 0)
    var hasRows = false
    while let next = lines.next() {
      line += 1
      fields.read(lines.text(next.content), at: nil)
      guard fields.count > 0 else { continue }
      do throws(YOLORow.Problem) {
        let row = try YOLORow(fields, settings)
        guard row.kind != .outline else {
          outlines += 1
          continue
        }
        guard settings.isFace(row.category) else {
          others += 1
          continue
        }
        hasRows = true
        guard let size else { continue }
        var face = row.face(SIMD2<Double>(size), settings, options)
        if case .points = row.kind, face.landmarks == nil, !face.points.isEmpty { unmapped += 1 }
        face.line = line
        draft.faces.append(face)
      } catch {
        draft.issues.append(
          RecordIssue(
            .malformedLine, at: SourceLocation(file: place.file, line: line),
            "row: expected \(error.expected), found \(error.found)"))
      }
    }
    if size == nil, hasRows {
      draft.issues.append(
        RecordIssue(
          .missingImage, at: place,
          "image '\(draft.path)': expected its size, as labels are in fractions of it, found no image that can be read"
        ))
    }
    note(outlines, others, unmapped, at: place, &draft.issues)
  }

  private func note(
    _ outlines: Int, _ others: Int, _ unmapped: Int, at place: SourceLocation,
    _ issues: inout [RecordIssue]
  ) {
    if outlines > 0 {
      issues.append(
        RecordIssue(
          .otherAnnotations, at: place,
          "rows: expected boxes, found \(counted(outlines, "outline")); records hold none"))
    }
    if others > 0 {
      issues.append(
        RecordIssue(
          .otherAnnotations, at: place,
          "rows: expected faces, found \(others) of other classes, which are left out"))
    }
    if unmapped > 0 {
      issues.append(
        RecordIssue(
          .unmappedPoints, at: place,
          "points: expected the five or 68 of a face, found others in \(counted(unmapped, "face")); they stay under 'native'"
        ))
    }
  }
}
