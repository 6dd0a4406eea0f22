internal import Codecs
internal import Geometry
internal import Schema

/// Reads one `.pts` file: `version`, `n_points`, and between braces a line of x and y for each point, 1-based.
///
/// MERL-RAV has negative pairs, which no other file has: both -1 for a point that is missing, and the negated place
/// for one that is occluded (https://github.com/abhi1kumar/MERL-RAV_dataset). Its origin is not documented; its
/// numbers are taken as 0-based.
struct PTSReader: AnnotationSource {
  private let file: AnnotationFile
  private let options: ReadingOptions
  private var isDone = false

  init(_ file: AnnotationFile, _ options: ReadingOptions) {
    (self.file, self.options) = (file, options)
  }

  var position: Int { isDone ? size : 0 }
  var size: Int { file.contents.count }

  mutating func next() throws -> Outcome? {
    guard !isDone else { return nil }
    isDone = true
    var points = PTSPoints(file)
    let isMERL = Self.isNamedAsAFLW(file.stem) || points.isSigned
    var draft = ImageDraft(path: imagePath(isMERL: isMERL))
    draft.issues = points.takeIssues()
    var face = FaceDraft()
    face.line = 1
    let landmarks = points.landmarks(isMERL: isMERL)
    face.points = landmarks.compactMap { $0.visibility == .missing ? nil : $0.position }
    if let map = Self.map(count: landmarks.count) {
      face.landmarks = map.landmarks(options) { landmarks[$0] }
    } else if !landmarks.isEmpty {
      face.keep(points: landmarks.map(\.position))
      draft.issues.append(
        RecordIssue(
          .unmappedPoints, at: file.place(),
          "points: expected 68 or 5, found \(landmarks.count), which no layout has; they stay under 'native'"
        ))
    }
    if isMERL, let pose = poseFolder { face.native.append(("pose_folder", .text(pose))) }
    if !landmarks.isEmpty { draft.faces = [face] }
    return draft.outcome(source, in: file.name, options)
  }

  /// The format has no names: five points are `face5` in its order.
  private static func map(count: Int) -> PointMap? {
    [5, 68].contains(count) ? PointMap(count: count) : nil
  }

  /// An image beside the file has its name and stands for it, as does one elsewhere. MERL-RAV's are AFLW's, of which
  /// `_2` and so on number the faces.
  private func imagePath(isMERL: Bool) -> String {
    var stem = String(file.stem)
    if isMERL, let mark = stem.lastIndex(of: "_") { stem = String(stem[..<mark]) }
    if isMERL { return stem + ".jpg" }
    if let found = file.tree?.image(ofStem: file.folder + stem) { return found }
    let reader = ImageHeaderReader()
    return options.images?.path(ofStem: file.folder + stem, with: reader) ?? file.folder + stem
  }

  /// MERL-RAV's files are named after AFLW's images: `image00042`, and `image00042_2` for a further face.
  static func isNamedAsAFLW(_ stem: some StringProtocol) -> Bool {
    let parts = stem.split(separator: "_", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts[0].hasPrefix("image"), parts[0].count == 10 else {
      return false
    }
    return (parts[0].dropFirst(5) + parts.dropFirst().joined()).allSatisfy(\.isNumber)
  }

  /// Whether there are negative pairs, and none with one sign each, so that signs mean visibility.
  static func areSigned(_ pairs: [SIMD2<Double>]) -> Bool {
    pairs.contains { $0.x < 0 && $0.y < 0 } && pairs.allSatisfy { ($0.x < 0) == ($0.y < 0) }
  }

  /// iBUG's and MERL-RAV's folders of the two parts are `trainset` and `testset`.
  private var source: RecordSource {
    var source = file.source(options)
    let folders = file.folder.split(separator: "/")
    if source.split == nil {
      source.split =
        folders.contains("trainset") ? "train" : folders.contains("testset") ? "test" : nil
    }
    return source
  }

  /// MERL-RAV sorts its files by the pose's class: `merl_rav_labels/left/trainset/labels`.
  private var poseFolder: String? {
    let known = ["frontal", "left", "lefthalf", "right", "righthalf"]
    return file.folder.split(separator: "/").last { known.contains(String($0)) }.map(String.init)
  }
}

/// The points of a `.pts` file.
private struct PTSPoints {
  private var pairs: [SIMD2<Double>] = []
  private var issues: [RecordIssue] = []
  var isSigned: Bool { PTSReader.areSigned(pairs) }

  private static let mostPoints = 4096

  init(_ file: AnnotationFile) {
    file.contents.withBytes { bytes in
      var lines = TextLines(bytes: bytes, position: TextForm.start(of: bytes))
      var (number, expected, fields) = (0, Int?.none, TextFields())
      var (isOpen, isClosed) = (false, false)
      while let line = lines.next(), pairs.count < Self.mostPoints {
        number += 1
        let text = lines.text(line.content)
        fields.read(text, at: nil)
        guard fields.count > 0 else { continue }
        let first = fields[0]
        if first.elementsEqual("{".utf8) { isOpen = true }
        if first.starts(with: "version".utf8) || first.elementsEqual("{".utf8) { continue }
        isClosed = first.elementsEqual("}".utf8)
        if isClosed { break }
        if first.starts(with: "n_points".utf8) {
          expected = fields.integer(fields.count - 1)
          continue
        }
        guard fields.count == 2, let x = fields.number(0), let y = fields.number(1),
          PlausibleRange.coordinate.contains(SIMD2(x, y))
        else {
          let shown = String(decoding: text.prefix(40), as: UTF8.self)
          issues.append(
            RecordIssue(
              .malformedLine, at: file.place(line: number),
              "point \(pairs.count + 1): expected x and y, found '\(shown)'"))
          // The next points keep their numbers.
          pairs.append(SIMD2(.nan, .nan))
          continue
        }
        pairs.append(SIMD2(x, y))
      }
      if isOpen, !isClosed {
        issues.append(
          RecordIssue(
            .malformedRecord, at: file.place(line: number),
            "file: expected '}' after the points, found the end; the last point may be cut off"))
      }
      if let expected, expected != pairs.count {
        issues.append(
          RecordIssue(
            .malformedRecord, at: file.place(),
            "points: expected \(expected) as n_points says, found \(pairs.count)"))
      }
    }
  }

  mutating func takeIssues() -> [RecordIssue] {
    defer { issues = [] }
    return issues
  }

  /// In 0-based pixels.
  func landmarks(isMERL: Bool) -> [Landmarks.Point] {
    return pairs.map { pair in
      guard pair.x.isFinite else { return .missing }
      guard isMERL else { return Landmarks.Point(pair - SIMD2(1, 1)) }
      if pair == SIMD2(-1, -1) { return .missing }
      return pair.x < 0 ? Landmarks.Point(-pair, .occluded) : Landmarks.Point(pair)
    }
  }
}
