public import Codecs
public import Schema

/// Writes what is kept of the records of a part, so that they can be compared with those of all others: for each record
/// a line of names; rows (pixel hash, DCT hash or 0, record) of those with decoded images; and rows (kind, hash,
/// record) of what may be equal (`RecordEvidence.Kind`). Records are counted from 0 in each part.
public struct EvidenceWriter: DatasetCheck {
  /// The ends of the files' names after the part's prefix.
  public static let suffixes = [
    OutputSuffix.evidenceNames, OutputSuffix.evidenceImages, OutputSuffix.evidenceKeys,
  ]

  private let inputs: [String]
  private let names: OutputFile
  private let images: NumberRowsWriter
  private let keys: NumberRowsWriter
  private var records: UInt64 = 0
  private var line = JSONWriter()

  /// - Parameters:
  ///   - inputs: the names of the files that the records come from.
  ///   - open: makes the file of a suffix.
  /// - Throws: what `open` throws; `FileError` where a file cannot be written.
  public init(inputs: [String], open: (String) throws -> OutputFile) throws {
    self.inputs = inputs
    names = try open(OutputSuffix.evidenceNames)
    images = try NumberRowsWriter(open(OutputSuffix.evidenceImages), columns: 3)
    keys = try NumberRowsWriter(open(OutputSuffix.evidenceKeys), columns: 3)
  }

  public mutating func add(_ record: ImageRecord, input: Int, image: ImageSummary?) throws {
    let evidence = RecordEvidence(record, inputs: inputs, input: input, image: image)
    line.removeAll()
    evidence.name.write(to: &line, geometry: evidence.geometry)
    line.endLine()
    try names.write(line.bytes)
    for key in evidence.keys { try keys.append(key.kind.rawValue, key.hash, records) }
    if let fingerprint = evidence.fingerprint {
      try images.append(fingerprint.pixels, fingerprint.perceptual ?? 0, records)
    }
    records += 1
  }

  /// Ends the files; there are no findings before all parts are together.
  public mutating func finish(_ body: (DatasetFinding) throws -> Void) throws {
    try names.finish()
    try images.finish()
    try keys.finish()
  }
}

/// Reads what an `EvidenceWriter` wrote, record by record.
public struct EvidenceReader {
  /// The error for files that are not as they were written.
  public struct Damaged: Error, CustomStringConvertible {
    /// In the form "file: expected X, found Y".
    public let description: String
  }

  private let names: MappedFile
  private let images: NumberRows
  private let keys: NumberRows
  private var position = 0
  private var record = 0
  private var (image, key) = (0, 0)

  /// - Parameter prefix: the path of a part's files without suffixes.
  /// - Throws: `FileError` where a file cannot be read; `NPYError` where one is of another form.
  public init(prefix: String) throws {
    names = try MappedFile(path: prefix + OutputSuffix.evidenceNames)
    images = try NumberRows(path: prefix + OutputSuffix.evidenceImages, columns: 3)
    keys = try NumberRows(path: prefix + OutputSuffix.evidenceKeys, columns: 3)
  }

  /// The next record's; nil at the end.
  ///
  /// - Throws: `Damaged` where the files do not agree.
  public mutating func next() throws -> RecordEvidence? {
    guard let line = nextLine() else {
      guard image == images.count, key == keys.count else {
        throw Damaged(description: "expected rows of \(record) records, found more")
      }
      return nil
    }
    let json = try line.withUnsafeBytes { try JSONParser.value(of: $0) }
    guard let (name, geometry) = RecordName.read(json) else {
      throw Damaged(
        description:
          "\(OutputSuffix.evidenceNames): line \(record + 1): expected names, found others")
    }
    var evidence = RecordEvidence(name: name)
    evidence.geometry = geometry
    while key < keys.count, keys[key, 2] == UInt64(record) {
      guard let kind = RecordEvidence.Kind(rawValue: keys[key, 0]), kind != .pixels else {
        throw Damaged(
          description:
            "\(OutputSuffix.evidenceKeys): row \(key): expected a kind, found another number")
      }
      evidence.keys.append(RecordEvidence.Key(kind: kind, hash: keys[key, 1]))
      key += 1
    }
    if image < images.count, images[image, 2] == UInt64(record) {
      let code = images[image, 1]
      evidence.fingerprint = ImageFingerprint(
        pixels: images[image, 0], perceptual: code == 0 ? nil : code)
      image += 1
    }
    record += 1
    return evidence
  }

  private mutating func nextLine() -> [UInt8]? {
    let line = names.withBytes { bytes -> [UInt8]? in
      guard position < bytes.count else { return nil }
      let rest = bytes[position...]
      return Array(rest[..<(rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex)])
    }
    position += (line?.count ?? 0) + 1
    return line
  }
}
