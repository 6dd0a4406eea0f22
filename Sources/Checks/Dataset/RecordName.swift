internal import Codecs
internal import Schema

/// A record's name in messages.
struct RecordName: Sendable, Equatable {
  var id: String
  var location: SourceLocation
  var image: String
  var dataset: String
  /// The source photo that the first face names; empty where it names none.
  var photo: String
  /// The split in words; with several inputs it begins with the input's name.
  var split: String

  init(_ record: ImageRecord, inputs: [String], input: Int) {
    (id, location, image) = (record.id, record.location, record.image.path)
    dataset = record.source.dataset
    photo = record.faces.first?.attributes.name(in: "source_photo") ?? ""
    // Several files are several splits, whatever the records say: all parts of a training set may say "train".
    let own = record.source.split ?? ""
    split =
      inputs.count > 1 ? own.isEmpty ? inputs[input] : "\(inputs[input]), \(own)" : own
  }

  /// Writes it as an array, after which the geometry follows where there is one: NaN as null.
  func write(to writer: inout JSONWriter, geometry: [Double]?) {
    writer.array {
      $0.value(id)
      $0.value(location.file)
      if let line = location.line { $0.value(line) } else { $0.null() }
      for text in [image, dataset, photo, split] { $0.value(text) }
      for number in geometry ?? [] { if number.isFinite { $0.value(number) } else { $0.null() } }
    }
  }

  /// Reads what `write` wrote.
  ///
  /// - Returns: nil where it is something else.
  static func read(_ json: JSONValue) -> (name: RecordName, geometry: [Double]?)? {
    guard let members = json.elements, members.count >= 7, let id = members[0].text,
      let file = members[1].text
    else { return nil }
    var location = SourceLocation(file: file)
    if case .integer(let line) = members[2] { location.line = line }
    let texts = members[3..<7].compactMap(\.text)
    guard texts.count == 4 else { return nil }
    let name = RecordName(
      id: id, location: location, image: texts[0], dataset: texts[1], photo: texts[2],
      split: texts[3])
    let geometry = members[7...].map { $0.number ?? .nan }
    return (name, geometry.isEmpty ? nil : geometry)
  }

  fileprivate init(
    id: String, location: SourceLocation, image: String, dataset: String, photo: String,
    split: String
  ) {
    (self.id, self.location, self.image) = (id, location, image)
    (self.dataset, self.photo, self.split) = (dataset, photo, split)
  }
}

/// The names of records by the records' numbers, with what mirrored copies are compared by, in a temporary file.
struct RecordNames {
  private let spool: Spool
  private var splitNumbers: [String: UInt64] = [:]
  private var bytes: [UInt8] = []

  init() throws { spool = try Spool() }

  /// Adds the next record.
  ///
  /// - Returns: the record's number, from 0, and the number of its split.
  mutating func add(
    _ name: RecordName, geometry: [Double]?
  ) throws -> (number: UInt64, split: UInt64) {
    bytes.removeAll(keepingCapacity: true)
    bytes += (name.location.line ?? -1).littleEndianBytes
    for text in [
      name.id, name.location.file, name.image, name.dataset, name.photo, name.split,
    ] {
      bytes += UInt32(text.utf8.count).littleEndianBytes
      bytes += text.utf8
    }
    if let geometry { bytes += geometry.littleEndianBytes }
    let number = UInt64(try spool.append(bytes))
    let next = UInt64(UInt16(clamping: splitNumbers.count))
    let split = splitNumbers[name.split] ?? next
    splitNumbers[name.split] = split
    return (number, split)
  }

  /// A record's name and geometry.
  ///
  /// - Throws: `FileError` where the temporary file cannot be read.
  func read(_ number: UInt64) throws -> (name: RecordName, geometry: [Double]?) {
    try spool[Int(number)].withUnsafeBytes { bytes in
      var at = 0
      func next<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
        defer { at += MemoryLayout<Number>.size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: type))
      }
      func text() -> String {
        let count = Int(next(UInt32.self))
        defer { at += count }
        return String(decoding: bytes[at..<at + count], as: UTF8.self)
      }
      let line = next(Int.self)
      let id = text()
      let location = SourceLocation(file: text(), line: line < 0 ? nil : line)
      let name = RecordName(
        id: id, location: location, image: text(), dataset: text(), photo: text(), split: text())
      var geometry: [Double] = []
      while at < bytes.count { geometry.append(Double(bitPattern: next(UInt64.self))) }
      return (name, geometry.isEmpty ? nil : geometry)
    }
  }

  subscript(number: UInt64) -> RecordName { get throws { try read(number).name } }
}
