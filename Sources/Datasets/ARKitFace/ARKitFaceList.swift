internal import Codecs

/// A list of samples: comma-separated values whose header names at least `subject_id`,
/// `facial_action` and `img_id`. All fields are texts, for the names of subjects begin with zeros.
struct ARKitFaceList {
  /// The header line as it stands, with any byte order mark and carriage return.
  let header: String
  /// The names of the columns.
  let columns: [String]
  private let places: [Int]

  static let required = ["subject_id", "facial_action", "img_id"]

  /// - Returns: nil where the first line is not such a header.
  init?(_ lines: inout TextLines) {
    guard let line = lines.next() else { return nil }
    header = String(decoding: lines.text(line.whole), as: UTF8.self)
    var content = lines.text(line.content)
    if content.starts(with: [0xEF, 0xBB, 0xBF]) {
      content = UnsafeRawBufferPointer(rebasing: content[3...])
    }
    columns = Self.fields(content)
    var places: [Int] = []
    for name in Self.required {
      guard let place = columns.firstIndex(of: name) else { return nil }
      places.append(place)
    }
    self.places = places
  }

  static func isList(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var lines = TextLines(bytes: bytes, position: 0)
    return ARKitFaceList(&lines) != nil
  }

  /// Whether a text in UTF-16, or one whose lines end with CR, is such a list; only its ASCII bytes are looked at.
  static func isList(inOtherEncoding bytes: UnsafeRawBufferPointer) -> Bool {
    let start = bytes.prefix(4096).filter { $0 != 0 && $0 < 0x80 }.map { $0 == 0x0D ? 0x0A : $0 }
    return start.withUnsafeBytes { isList($0) }
  }

  /// The sample that a row names; nil where the row has another number of fields than the header, or
  /// names no sample.
  func sample(_ fields: [String]) -> ARKitFaceSample? {
    guard fields.count == columns.count else { return nil }
    let sample = ARKitFaceSample(
      subject: fields[places[0]], action: fields[places[1]], image: fields[places[2]])
    return sample.isPlain ? sample : nil
  }

  /// The row's fields in all columns but the three required ones.
  func others(_ fields: [String]) -> [(name: String, value: String)] {
    columns.indices.filter { !places.contains($0) }.map { (columns[$0], fields[$0]) }
  }

  /// The fields of a line (RFC 4180): quoted where they hold a comma, with quotes inside doubled.
  static func fields(_ line: UnsafeRawBufferPointer) -> [String] {
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var i = 0
    let (comma, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
    while i < line.count {
      let byte = line[i]
      i += 1
      if byte == quote {
        if isQuoted, i < line.count, line[i] == quote {
          field.append(quote)
          i += 1
        } else {
          isQuoted.toggle()
        }
      } else if byte == comma, !isQuoted {
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
      } else {
        field.append(byte)
      }
    }
    fields.append(String(decoding: field, as: UTF8.self))
    return fields
  }
}

/// What a list says of one sample.
struct ARKitFaceRow: Sendable {
  /// The list's path in the tree.
  var list: String
  /// The line's number in the list, 1-based.
  var line: Int
  /// The header, and the row in `text`, as they stand in the file, without line feeds.
  var header: String
  var text: String
  /// The fields of all columns but the three that name the sample.
  var others: [(name: String, value: String)]
}
