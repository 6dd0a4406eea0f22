internal import Codecs
public import Schema

/// Finds what shows only when several records are seen together. Records are added in the input's order; findings
/// are given at the end.
///
/// Takes about 110 bytes of memory a record and about 200 bytes in a temporary file. For 300W-LP the file also
/// holds the landmarks, by which mirrored copies are compared.
public struct CrossRecordCheck: DatasetCheck {
  /// In how many of 64 bits the hashes of near duplicates may differ.
  public static let defaultRadius = 4
  /// The greatest radius that can be asked for: the hashes of random pictures differ in 32 bits, some in only 16.
  public static let greatestRadius = HammingPairs.greatestRadius

  private let radius: Int
  private var names: RecordNames
  private var ids = EqualHashes()
  private var landmarks = EqualHashes()
  private var duplicates = DuplicateImages()
  private var photos: CrossingKeys
  private var subjects: CrossingKeys
  private var sequences: CrossingKeys
  private var flips: FlipPairs

  /// - Parameters:
  ///   - inputs: the names of the files that the records come from. If there are several, each is a split of its own.
  ///   - radius: in how many of 64 bits the hashes of near duplicates may differ; 0 to `greatestRadius`.
  /// - Throws: `FileError` where no temporary file can be made.
  public init(inputs: [String], radius: Int = defaultRadius) throws {
    self.radius = radius
    names = try RecordNames(inputs: inputs)
    photos = CrossingKeys("source_photo", .photoInTwoSplits, "source photo")
    subjects = CrossingKeys("subject_id", .subjectInTwoSplits, "person")
    sequences = CrossingKeys("sequence", .sequenceInTwoSplits, "sequence")
    flips = try FlipPairs()
  }

  public mutating func add(
    _ record: ImageRecord, input: Int, image: ImageSummary?
  ) throws {
    let (number, split) = try names.add(record, input: input)
    ids.add(fastHash(of: record.id), item: number)
    if let hash = Self.hash(ofLandmarksIn: record) { landmarks.add(hash, item: number) }
    let photo = photos.add(record, number: number)
    let subject = subjects.add(record, number: number)
    // A sequence shows one person, so if the person is in two splits, only that is reported.
    let sequence = subject == 0 ? sequences.add(record, number: number) : 0
    try flips.add(record, number: number)
    guard let fingerprint = image?.fingerprint else { return }
    let kin = photo != 0 ? photo : sequence != 0 ? sequence : subject
    duplicates.add(fingerprint, record: number, split: split, kin: kin)
  }

  /// All findings, in the order of the checks, then of the records.
  public mutating func finish() throws -> [DatasetFinding] {
    var findings: [Finding] = []
    try findDuplicateRecords(&findings)
    for keys in [photos, subjects, sequences] { try keys.find(names, &findings) }
    try findSharedLandmarks(&findings)
    try flips.find(names, &findings)
    try findDuplicateImages(&findings)
    return findings.map { DatasetFinding($0) }
  }

  private func findDuplicateRecords(_ findings: inout [Finding]) throws {
    for group in ids.groups() {
      let first = try names[group[0]]
      for number in group.dropFirst() {
        let name = try names[number]
        let place =
          first.split == name.split ? "\(first.location)" : "\(first.location) (\(first.split))"
        findings.append(
          Finding(
            CheckCatalogue.check(for: .duplicateRecord), at: name.location, record: name.id,
            "record '\(name.id)': expected an id of its own, found that of \(place)"))
      }
    }
  }

  private func findSharedLandmarks(_ findings: inout [Finding]) throws {
    for group in landmarks.groups() {
      let all = try group.map { try names[$0] }
      // One image that two records describe has the same landmarks twice, and rightly so.
      let others = all.filter { $0.image != all[0].image }
      guard let other = others.first else { continue }
      let isOnePhoto =
        all[0].dataset == DatasetName.threeHundredWLP
        && others.allSatisfy { $0.photo == all[0].photo }
      let cause =
        isOnePhoto
        ? "; this is the copy of 300W-LP whose rotated images share one set of landmarks" : ""
      findings.append(
        Finding(
          .sharedLandmarks, at: other.location, record: other.id,
          measure: Double(others.count),
          "landmarks of '\(other.image)': expected its own, found those of '\(all[0].image)'\(others.count > 1 ? " and of \(others.count - 1) more" : "")\(cause)"
        ))
    }
  }

  private func findDuplicateImages(_ findings: inout [Finding]) throws {
    for match in duplicates.matches(within: radius) {
      let (name, original) = (try names[match.record], try names[match.original])
      // If two records of one split name the same file, it is not a copy.
      if !match.crossesSplits, name.image == original.image { continue }
      let check =
        switch (match.distance, match.crossesSplits) {
        case (nil, false): Check.duplicateImage
        case (nil, true): Check.duplicateAcrossSplits
        case (_, false): Check.nearDuplicate
        case (_, true): Check.nearDuplicateAcrossSplits
        }
      let what =
        match.distance.map {
          "expected a picture that no other resembles, found hashes \($0) of 64 bits apart from"
        } ?? "expected pixels of its own, found those of"
      let split = match.crossesSplits ? " in \(original.split)" : ""
      findings.append(
        Finding(
          check, at: name.location, record: name.id,
          measure: match.distance.map { Double(64 - $0) } ?? 64,
          "image '\(name.image)': \(what) '\(original.image)'\(split) (\(original.location))"))
    }
  }

  /// A hash of all landmarks of an image's faces; nil where no face has at least five.
  private static func hash(ofLandmarksIn record: ImageRecord) -> UInt64? {
    var hash: UInt64 = 0
    var isPresent = false
    for face in record.faces {
      guard let landmarks = face.landmarks, landmarks.presentCount >= 5 else { continue }
      isPresent = true
      for i in 0..<landmarks.count {
        let position = landmarks.position(i) ?? SIMD2(-1, -1)
        hash = withUnsafeBytes(of: position) { fastHash(of: $0, seed: hash) }
      }
    }
    return isPresent ? hash : nil
  }
}
