internal import Codecs
public import Datasets
internal import Schema

/// Predictions of a file, found by image. Only names and places are held; a record is read again when its image comes:
/// from the file of records, or from a temporary file where another form was read.
public struct PredictionIndex {
  /// Which records are of one image: those of one id, or else one path (`auto`); of one id; of one path; of one file name without folder and ending.
  public enum Pairing: String, CaseIterable, Sendable { case auto, id, path, name }

  private let pairing: Pairing
  private var file: RecordFile?
  private var spool: Spool?
  private var places: [(place: RecordFile.Place, location: SourceLocation, id: String)] = []
  private var isUsed: [Bool] = []
  /// A key that several predictions have leads to none of them.
  private var byID: [String: Int?] = [:]
  private var byPath: [String: Int?] = [:]
  private var byName: [String: Int?] = [:]
  /// Of predictions that have a frame's number in place of an image's name.
  private var byFrame: [String: Int?] = [:]
  private(set) var pairedByID = 0
  private(set) var pairedOtherwise = 0

  /// Reads the whole file once. Records that cannot be read are findings.
  public init(path: String, pairing: Pairing, findings: inout Findings) throws {
    self.pairing = pairing
    var file = try RecordFile(path: path, shards: .any)
    while true {
      let place = file.place
      guard let outcome = try file.next() else { break }
      for issue in outcome.issues { try findings.add(issue) }
      if let record = outcome.record { enter(record, at: place) }
    }
    self.file = file
  }

  /// Reads predictions of any form of annotation. Their names are seldom those of records, so a file's name without
  /// folder and ending also pairs by default; and where predictions number the frames of a video, that number and the
  /// one at the end of a name.
  public init(
    _ source: any AnnotationSource, pairing: Pairing, findings: inout Findings
  ) throws {
    self.pairing = pairing
    let spool = try Spool()
    var source = source
    while let outcome = try source.next() {
      for issue in outcome.issues { try findings.add(issue) }
      guard var record = outcome.record else { continue }
      record.markPosesAsPredicted()
      var line = JSONWriter()
      record.write(to: &line)
      let place = RecordFile.Place.sample(try spool.append(line.bytes))
      enter(record, at: place)
      guard pairing == .auto else { continue }
      Self.enter(places.count - 1, Self.name(of: record), &byName)
      if let frame = Self.frame(of: record) { Self.enter(places.count - 1, frame, &byFrame) }
    }
    self.spool = spool
  }

  private mutating func enter(_ record: ImageRecord, at place: RecordFile.Place) {
    let index = places.count
    if pairing == .auto || pairing == .id { Self.enter(index, record.id, &byID) }
    if pairing == .auto || pairing == .path { Self.enter(index, record.image.path, &byPath) }
    if pairing == .name { Self.enter(index, Self.name(of: record), &byName) }
    places.append((place, record.location, record.id))
    isUsed.append(false)
  }

  private mutating func record(_ index: Int) throws -> ImageRecord? {
    if let spool { return try spool[index].withUnsafeBytes { try ImageRecord(json: $0) } }
    file?.move(to: places[index].place)
    return try file?.next()?.record
  }

  /// How many predictions there are.
  public var count: Int { places.count }

  /// How records were paired, for the report.
  public var description: String {
    switch pairing {
    case .auto: "paired by record id \(pairedByID), by image path \(pairedOtherwise)"
    case .id: "paired by record id \(pairedByID)"
    case .path: "paired by image path \(pairedOtherwise)"
    case .name: "paired by file name \(pairedOtherwise)"
    }
  }

  /// The prediction of an image; nil, with a finding, where there is none.
  mutating func prediction(
    for truth: ImageRecord, findings: inout Findings
  ) throws -> ImageRecord? {
    var (found, isByID): (Int??, Bool)
    switch pairing {
    case .auto:
      (found, isByID) = (byID[truth.id], true)
      if found == nil { (found, isByID) = (byPath[truth.image.path], false) }
      if found == nil { found = byName[Self.name(of: truth)] }
      if found == nil, let number = Self.lastNumber(in: Self.name(of: truth)[...]) {
        found = byFrame[number]
      }
    case .id: (found, isByID) = (byID[truth.id], true)
    case .path: (found, isByID) = (byPath[truth.image.path], false)
    case .name: (found, isByID) = (byName[Self.name(of: truth)], false)
    }
    func missing(_ detail: String) -> RecordIssue {
      RecordIssue(.missingPrediction, at: truth.location, "prediction of '\(truth.id)': \(detail)")
    }
    guard let found else {
      try findings.add(missing("expected one, found none"))
      return nil
    }
    guard let index = found else {
      try findings.add(missing("expected one, found several; pair by another key"))
      return nil
    }
    guard !isUsed[index] else {
      try findings.add(
        missing("expected one of its own, found that of an earlier image; pair by another key"))
      return nil
    }
    isUsed[index] = true
    if isByID { pairedByID += 1 } else { pairedOtherwise += 1 }
    return try record(index)
  }

  /// Predictions of images that the truth does not have.
  func reportUnused(_ findings: inout Findings) throws {
    for (i, prediction) in places.enumerated() where !isUsed[i] {
      try findings.add(
        RecordIssue(
          .unmatchedPrediction, at: prediction.location,
          "'\(prediction.id)': expected an image of the truth, found none that is not taken"))
    }
  }

  /// The frame's number of an image that is named by nothing else: "frame 12".
  private static func frame(of record: ImageRecord) -> String? {
    let words = record.image.path.split(separator: " ")
    return words.count == 2 && words[0] == "frame" ? lastNumber(in: words[1]) : nil
  }

  /// The digits at the end of a name without leading zeros: "12" of "clip_000012"; nil where there are none.
  private static func lastNumber(in name: Substring) -> String? {
    let digits = name.utf8.reversed().prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty else { return nil }
    let number = String(decoding: digits.reversed().drop { $0 == 0x30 }, as: UTF8.self)
    return number.isEmpty ? "0" : number
  }

  private static func enter(_ index: Int, _ key: String, _ table: inout [String: Int?]) {
    if table[key] == nil { table[key] = .some(index) } else { table[key] = .some(nil) }
  }

  /// The image's file name without folder and extension.
  private static func name(of record: ImageRecord) -> String {
    let file = record.image.path.split(separator: "/").last ?? ""
    return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? String(file)
  }
}
