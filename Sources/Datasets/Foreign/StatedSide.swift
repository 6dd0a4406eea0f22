internal import Codecs
internal import Schema

/// How files that we write say which side their names of points mean, so that their faces are not asked: in a set of mirrored
/// faces, or of faces upside down, these would answer wrongly. Tools that write a file anew may leave it out.
enum StatedSide {
  /// The name of the member, key or element that says it; its value is that of `NamedSide`.
  static let name: StaticString = "named_sides"
  /// What our writers' names mean.
  static let ours = NamedSide.image

  /// Of a JSON object that has the member itself, as LabelMe's.
  static func inObject(_ bytes: UnsafeRawBufferPointer) -> NamedSide? {
    JSONOutline.member(name, of: bytes).flatMap(side)
  }

  /// Of a list's first object whose member `meta` has it, as Label Studio's tasks.
  static func inMeta(_ bytes: UnsafeRawBufferPointer) -> NamedSide? {
    JSONOutline.member("meta", of: bytes).flatMap(inObject)
  }

  /// Of COCO's `info`, where that is near the beginning.
  static func inInfo(_ bytes: UnsafeRawBufferPointer) -> NamedSide? {
    let start = UnsafeRawBufferPointer(rebasing: bytes.prefix(mostBytes))
    return JSONOutline.member("info", of: start).flatMap(inObject)
  }

  /// Of XML with an element in `meta`, as CVAT's.
  static func inXML(_ bytes: UnsafeRawBufferPointer) -> NamedSide? {
    var cursor = XMLCursor(bytes)
    for _ in 0..<mostSteps {
      guard let step = try? cursor.next() else { return nil }
      guard step == .start, cursor.depth == 3, cursor.isNamed(name) else { continue }
      guard (try? cursor.next()) == .text else { return nil }
      return XMLCursor.text(cursor.content).flatMap(NamedSide.init)
    }
    return nil
  }

  /// Of a table whose header has our five points' columns, in their order: a table has no other place to say it.
  static func inHeader(_ bytes: UnsafeRawBufferPointer) -> NamedSide? {
    var lines = TextLines(bytes: bytes, position: TextForm.start(of: bytes))
    guard let line = lines.next() else { return nil }
    let text = String(decoding: lines.text(line.content).prefix(mostBytes), as: UTF8.self)
    let points = TableColumn.points.header.joined(separator: ",")
    return ",\(text),".contains(",\(points),") ? ours : nil
  }

  private static let mostBytes = 1 << 14
  private static let mostSteps = 64

  /// The side that a JSON text names.
  private static func side(_ bytes: UnsafeRawBufferPointer) -> NamedSide? {
    (try? JSONParser.value(of: bytes))?.text.flatMap(NamedSide.init)
  }
}

extension ReadingOptions {
  /// These options for a file that says itself which side names mean, unless the user says another.
  func stating(_ side: NamedSide?) -> ReadingOptions {
    guard let side, namedSide == nil || sidesAreVoted else { return self }
    var options = self
    options.namedSide = side
    options.countsSides = false
    return options
  }
}
