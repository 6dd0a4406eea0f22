internal import Codecs
public import Schema

/// Finds what shows only when several records are seen together. Records are added in the input's order; findings
/// are given at the end.
///
/// Memory does not grow with the number of records, which are sorted in temporary files: of each some 200 bytes, and for
/// 300W-LP the landmarks, by which mirrored copies are compared.
public struct CrossRecordCheck: DatasetCheck {
  /// In how many of 64 bits the hashes of near duplicates may differ.
  public static let defaultRadius = 4
  /// The greatest radius that can be asked for: the hashes of random pictures differ in 32 bits, some in only 16.
  public static let greatestRadius = HammingPairs.greatestRadius

  private typealias Kind = RecordEvidence.Kind

  private let inputs: [String]
  private let similar: SimilarImages
  private var names: RecordNames
  /// Rows (kind, hash, record, split), for `EqualKeys`.
  private let keys = RowSorter()
  /// Rows (perceptual hash, split, kin, record), for `SimilarImages`.
  private let looks = RowSorter()

  /// - Parameters:
  ///   - inputs: the names of the files that the records come from. If there are several, each is a split of its own.
  ///   - radius: in how many of 64 bits the hashes of near duplicates may differ; 0 to `greatestRadius`.
  /// - Throws: `FileError` where no temporary file can be made.
  public init(inputs: [String], radius: Int = defaultRadius) throws {
    self.inputs = inputs
    similar = SimilarImages(radius: radius)
    names = try RecordNames()
  }

  public mutating func add(
    _ record: ImageRecord, input: Int, image: ImageSummary?
  ) throws {
    try add(RecordEvidence(record, inputs: inputs, input: input, image: image))
  }

  /// Looks at the next record by what was kept of it.
  public mutating func add(_ evidence: RecordEvidence) throws {
    let (number, split) = try names.add(evidence.name, geometry: evidence.geometry)
    for key in evidence.keys {
      switch key.kind {
      case .mirrored:
        try keys.add(
          Row(Kind.original.rawValue, key.hash, number | EqualKeys.flipBit, split))
      case let kind: try keys.add(Row(kind.rawValue, key.hash, number, split))
      }
    }
    guard let fingerprint = evidence.fingerprint else { return }
    try keys.add(Row(Kind.pixels.rawValue, fingerprint.pixels, number, split))
    if let code = fingerprint.perceptual {
      try looks.add(Row(code, split, evidence.kin, number))
    }
  }

  /// All findings, in the order of the checks, then of the records.
  public mutating func finish(_ body: (DatasetFinding) throws -> Void) throws {
    let found = RowSorter()
    var equal = EqualKeys(names, found: found)
    try equal.find(in: keys.sorted())
    try similar.find(in: looks.sorted(), found: found)
    var rows = try found.sorted()
    var last: Row?
    while let row = try rows.nextRow() {
      defer { last = row }
      switch Kind(rawValue: row.x >> 56) {
      case .id: try body(duplicateRecord(row))
      case .photo: try body(crossing(row, .photoInTwoSplits, "source photo"))
      case .subject: try body(crossing(row, .subjectInTwoSplits, "person"))
      case .sequence: try body(crossing(row, .sequenceInTwoSplits, "sequence"))
      case .landmarks: try body(sharedLandmarks(row))
      case .original: for finding in try unmirroredFlips(row) { try body(finding) }
      case .pixels:
        // Equal pixels come before a similar look.
        if row.x != last?.x, let finding = try duplicateImage(row) { try body(finding) }
      case .mirrored, nil: preconditionFailure("no row of this kind")
      }
    }
  }

  private static func first(_ row: Row) -> UInt64 { row.x & (1 << 56 - 1) }

  private func duplicateRecord(_ row: Row) throws -> DatasetFinding {
    let (first, name) = (try names[Self.first(row)], try names[row.y])
    let place =
      first.split == name.split ? "\(first.location)" : "\(first.location) (\(first.split))"
    return DatasetFinding(
      Finding(
        CheckCatalogue.check(for: .duplicateRecord), at: name.location, record: name.id,
        "record '\(name.id)': expected an id of its own, found that of \(place)"))
  }

  /// For each value one finding for each further split that has it, at its first record there.
  private func crossing(_ row: Row, _ check: Check, _ what: String) throws -> DatasetFinding {
    let (name, other) = (try names[row.z], try names[Self.first(row)])
    let (count, others) = (Int(row.w >> 32), Int(row.w & 0xFFFF_FFFF))
    return DatasetFinding(
      Finding(
        check, at: name.location, record: name.id, measure: Double(count),
        "\(what) of '\(name.image)': expected in one split, found \(count) in \(name.split) and \(others) in \(other.split), first '\(other.image)'"
      ))
  }

  private func sharedLandmarks(_ row: Row) throws -> DatasetFinding {
    let (first, other) = (try names[Self.first(row)], try names[row.y])
    let count = Int(row.z)
    let cause =
      first.dataset == DatasetName.threeHundredWLP && row.w == 1
      ? "; this is the copy of 300W-LP whose rotated images share one set of landmarks" : ""
    return DatasetFinding(
      Finding(
        .sharedLandmarks, at: other.location, record: other.id, measure: Double(count),
        "landmarks of '\(other.image)': expected its own, found those of '\(first.image)'\(count > 1 ? " and of \(count - 1) more" : "")\(cause)"
      ))
  }

  private func unmirroredFlips(_ row: Row) throws -> [DatasetFinding] {
    let (flip, original) = (try names.read(row.y), try names.read(row.z))
    guard let side = flip.geometry.flatMap(FlippedSide.init),
      let expected = original.geometry.flatMap(FlippedSide.init)
    else { return [] }
    return expected.faults(ofFlip: side).map { fault in
      DatasetFinding(
        Finding(
          .unmirroredFlip, at: flip.name.location, record: flip.name.id, face: 0,
          measure: fault.measure,
          "image '\(flip.name.image)': \(fault.detail) of '\(original.name.image)'"))
    }
  }

  /// nil where two records of one split name the same file, which is no copy.
  private func duplicateImage(_ row: Row) throws -> DatasetFinding? {
    let (name, original) = (try names[Self.first(row)], try names[row.z])
    let crosses = row.w & 1 == 1
    let distance = row.y == 0 ? nil : Int(row.w >> 1)
    if !crosses, name.image == original.image { return nil }
    let check =
      switch (distance, crosses) {
      case (nil, false): Check.duplicateImage
      case (nil, true): Check.duplicateAcrossSplits
      case (_, false): Check.nearDuplicate
      case (_, true): Check.nearDuplicateAcrossSplits
      }
    let what =
      distance.map {
        "expected a picture that no other resembles, found hashes \($0) of 64 bits apart from"
      } ?? "expected pixels of its own, found those of"
    let split = crosses ? " in \(original.split)" : ""
    return DatasetFinding(
      Finding(
        check, at: name.location, record: name.id,
        measure: distance.map { Double(64 - $0) } ?? 64,
        "image '\(name.image)': \(what) '\(original.image)'\(split) (\(original.location))"))
  }
}
