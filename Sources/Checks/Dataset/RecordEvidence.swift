internal import Codecs
public import Schema

/// What is kept of a record in order to compare it with all others: names for messages, hashes of what may be equal,
/// and what the image shows.
public struct RecordEvidence: Sendable {
  /// What may be equal in two records. The raw values are those of files, and the order is that of the findings.
  enum Kind: UInt64, CaseIterable {
    case id = 1
    case photo, subject, sequence, landmarks
    /// The name that an image of 300W-LP and its mirrored copy have in common: of the one, and of the other.
    case original, mirrored
    /// Decoded pixels; not among the keys.
    case pixels
  }

  /// A hash of something that may be equal.
  struct Key: Equatable {
    var kind: Kind
    var hash: UInt64
  }

  var name: RecordName
  var keys: [Key] = []
  /// For 300W-LP: what mirrored copies are compared by (`FlippedSide`).
  var geometry: [Double]?
  var fingerprint: ImageFingerprint?

  init(name: RecordName) { self.name = name }

  /// - Parameters:
  ///   - record: any record.
  ///   - inputs: the names of the files that records come from; where there are several, each is a split.
  ///   - input: the record's file among them.
  ///   - image: what was seen of its image; nil where that was not opened.
  public init(_ record: ImageRecord, inputs: [String], input: Int, image: ImageSummary?) {
    name = RecordName(record, inputs: inputs, input: input)
    keys.append(Key(kind: .id, hash: fastHash(of: record.id)))
    if let hash = Self.hash(ofLandmarksIn: record) {
      keys.append(Key(kind: .landmarks, hash: hash))
    }
    add(.photo, "source_photo", of: record)
    // A sequence shows one person, so if the person is in two splits, only that is reported.
    if !add(.subject, "subject_id", of: record) { add(.sequence, "sequence", of: record) }
    if let flip = FlippedSide.key(of: record) {
      keys.append(Key(kind: flip.isFlip ? .mirrored : .original, hash: flip.hash))
      geometry = FlippedSide.numbers(of: record.faces[0], width: record.image.width)
    }
    fingerprint = image?.fingerprint
  }

  /// Adds the values of an attribute that a record's faces have.
  ///
  /// - Returns: whether there is one.
  @discardableResult
  private mutating func add(_ kind: Kind, _ attribute: String, of record: ImageRecord) -> Bool {
    var last: UInt64?
    for face in record.faces {
      guard let word = face.attributes.name(in: attribute) else { continue }
      // Values are the dataset's own numbers: person 1 of one dataset is not person 1 of another.
      let hash = fastHash(of: "\(record.source.dataset)/\(word)")
      if hash != last { keys.append(Key(kind: kind, hash: hash)) }
      last = hash
    }
    return last != nil
  }

  /// A number that images have in common which are known to look alike within a split, such as rotated copies of a
  /// photo or frames of a film; 0 where nothing says so.
  var kin: UInt64 {
    for kind in [Kind.photo, .sequence, .subject] {
      if let key = keys.first(where: { $0.kind == kind }) { return key.hash }
    }
    return 0
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
