internal import Codecs
internal import Schema

/// The head of a list of CelebA: in text a count and then names of columns, in Kaggle's tables the names alone.
struct CelebAList {
  enum Kind: Equatable { case landmarks, boxes }

  let kind: Kind
  /// Between fields; nil for blanks.
  let mark: UInt8?
  /// How many lines there are before the first row.
  let headLines: Int

  private static let landmarks = [
    "lefteye_x", "lefteye_y", "righteye_x", "righteye_y", "nose_x", "nose_y", "leftmouth_x",
    "leftmouth_y", "rightmouth_x", "rightmouth_y",
  ]
  private static let boxes = ["x_1", "y_1", "width", "height"]

  /// - Parameter lines: the first ones that are not blank.
  /// - Returns: nil where they are no such head.
  init?(_ lines: [UnsafeRawBufferPointer]) {
    for (i, line) in lines.prefix(2).enumerated() {
      let mark = UInt8(ascii: ",")
      let isTable = line.contains(mark)
      let fields = TextFields(line, at: isTable ? mark : nil)
      var names = (0..<fields.count).map(fields.text)
      if names.first == "image_id" { names.removeFirst() }
      let kind: Kind? = names == Self.landmarks ? .landmarks : names == Self.boxes ? .boxes : nil
      if let kind {
        (self.kind, self.mark, headLines) = (kind, isTable ? mark : nil, i + 1)
        return
      }
      // Only a count may stand before the names.
      guard fields.count == 1, fields.integer(0) != nil else { return nil }
    }
    return nil
  }
}

/// A list of CelebA beside the main one: its rows by the image's name. All lists have the same order, so the next row
/// is looked at first; only where it is another's, the list is indexed.
struct CelebACompanion {
  private let contents: FileContents
  private let mark: UInt8?
  private var position: Int
  private var places: [UInt64: Int]?

  init(_ contents: FileContents, mark: UInt8?) {
    (self.contents, self.mark) = (contents, mark)
    position = contents.withBytes { TextForm.start(of: $0) }
  }

  /// The row's fields after the name; nil where the image has none.
  mutating func row(of name: UnsafeRawBufferPointer) -> [String]? {
    contents.withBytes { bytes in
      var lines = TextLines(bytes: bytes, position: places?[fastHash(of: name)] ?? position)
      if let row = Self.row(&lines, mark, name) {
        position = lines.position
        return row
      }
      guard places == nil else { return nil }
      // A head comes before the first row.
      let found = Self.index(bytes, mark)
      places = found
      guard let place = found[fastHash(of: name)] else { return nil }
      lines.position = place
      defer {
        if position == TextForm.start(of: bytes) { (position, places) = (lines.position, nil) }
      }
      return Self.row(&lines, mark, name)
    }
  }

  private static func row(
    _ lines: inout TextLines, _ mark: UInt8?, _ name: UnsafeRawBufferPointer
  ) -> [String]? {
    guard let line = lines.next() else { return nil }
    let fields = TextFields(lines.text(line.content), at: mark)
    guard fields.count > 1, fields[0].elementsEqual(name) else { return nil }
    return (1..<fields.count).map(fields.text)
  }

  private static func index(_ bytes: UnsafeRawBufferPointer, _ mark: UInt8?) -> [UInt64: Int] {
    var lines = TextLines(bytes: bytes, position: TextForm.start(of: bytes))
    var places: [UInt64: Int] = [:]
    while true {
      let position = lines.position
      guard let line = lines.next() else { return places }
      let fields = TextFields(lines.text(line.content), at: mark)
      if fields.count > 1 { places[fastHash(of: fields[0])] = position }
    }
  }
}
