internal import Codecs
internal import Geometry
internal import Schema

/// A file of HELEN: the image's name without its ending, then `x , y` in pixels of each of 194 points. No layout of
/// records has them.
enum HELENFile {
  private static let count = 194

  /// The record of a file, with the issues of its lines.
  static func outcome(_ file: AnnotationFile, _ options: ReadingOptions) -> Outcome {
    var (name, points) = (String?.none, [SIMD2<Double>]())
    var issues: [RecordIssue] = []
    file.contents.withBytes { bytes in
      var lines = TextLines(bytes: bytes, position: TextForm.start(of: bytes))
      var number = 0
      while let line = lines.next(), points.count < 16 * count {
        number += 1
        let text = lines.text(line.content)
        guard text.contains(where: { !isSpace($0) }) else { continue }
        guard name != nil else {
          name = String(decoding: text.drop(while: isSpace), as: UTF8.self)
          continue
        }
        if let point = point(text) {
          points.append(point)
        } else {
          let shown = String(decoding: text.prefix(40), as: UTF8.self)
          issues.append(
            RecordIssue(
              .malformedLine, at: file.place(line: number),
              "point \(points.count + 1): expected 'x , y', found '\(shown)'"))
        }
      }
    }
    var draft = ImageDraft(path: path(name ?? "", file))
    if points.count != count {
      issues.append(
        RecordIssue(
          .malformedRecord, at: file.place(), "points: expected \(count), found \(points.count)"))
    }
    if !points.isEmpty {
      var face = FaceDraft()
      face.line = 1
      face.points = points
      face.keep(points: points)
      draft.faces = [face]
    }
    draft.issues = issues
    return draft.outcome(file.source(options), in: file.name, options)
  }

  private static func path(_ name: String, _ file: AnnotationFile) -> String {
    file.imagePath(FileEnding.completed(name.plainImagePath))
  }

  private static func point(_ line: UnsafeRawBufferPointer) -> SIMD2<Double>? {
    let fields = TextFields(line, at: UInt8(ascii: ","))
    guard fields.count == 2, let x = fields.number(0), let y = fields.number(1) else { return nil }
    let point = SIMD2(x, y)
    return PlausibleRange.coordinate.contains(point) ? point : nil
  }

  /// Whether a file has a name without a comma and then mostly pairs with one.
  static func isOne(_ file: FileGlance) -> Bool {
    guard file.json == nil, file.xml == nil, let first = file.lines.first,
      !first.contains(UInt8(ascii: ",")), file.lines.count > 8
    else { return false }
    let pairs = file.lines.dropFirst()
    let fitting = pairs.count { point($0) != nil }
    return 2 * fitting > pairs.count || file.tolerance == .most && fitting > 2
  }
}
