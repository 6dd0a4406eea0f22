internal import Codecs

/// Goes through rows (kind, hash, number, split) in ascending order, in which records that share a key stand together,
/// and puts what that shows among rows which are then in the order of the findings.
///
/// A row of a finding begins with its place among the findings: the kind, and the first record of the group.
struct EqualKeys {
  typealias Kind = RecordEvidence.Kind

  /// How often a value occurs in a split.
  private struct Split {
    var number: UInt64
    var first: UInt64
    var count: UInt64
  }

  private let names: RecordNames
  private let found: RowSorter
  /// The group's first record, and the first one of another split.
  private var first = Row()
  private var stranger: UInt64?
  private var splits: [Split] = []
  /// Of shared landmarks: the first name, the first record of another image, how many there are, and whether all are of
  /// one photo of 300W-LP.
  private var name: RecordName?
  private var other: (number: UInt64, count: UInt64, isOnePhoto: Bool)?
  /// Of mirrored copies: the first record of the group.
  private var firstOfFlips: UInt64?
  /// How many groups were begun, as an order among those of one first record.
  private var group: UInt64 = 0

  /// A number of a mirrored copy, so that it stands behind its originals.
  static let flipBit: UInt64 = 1 << 63

  init(_ names: RecordNames, found: RowSorter) { (self.names, self.found) = (names, found) }

  /// The place of findings of a group.
  static func place(_ kind: Kind, _ record: UInt64) -> UInt64 { kind.rawValue << 56 | record }

  mutating func find(in rows: SortedRows) throws {
    var rows = rows
    while let row = try rows.nextRow() {
      let isNew = group == 0 || !row.hasKey(of: first)
      if isNew {
        try finishGroup()
        (first, stranger, splits, name) = (row, nil, [], nil)
        (other, firstOfFlips) = (nil, nil)
        group += 1
      }
      switch Kind(rawValue: row.x) {
      case .id: if !isNew { try found.add(Row(Self.place(.id, first.z), row.z, 0, 0)) }
      case .photo, .subject, .sequence: count(row)
      case .landmarks: if !isNew { try addLandmarks(row) }
      case .original: try addFlip(row)
      case .pixels: if !isNew { try addPixels(row) }
      case .mirrored, nil: preconditionFailure("no row of this kind")
      }
    }
    try finishGroup()
  }

  private mutating func count(_ row: Row) {
    if let i = splits.firstIndex(where: { $0.number == row.w }) {
      splits[i].count += 1
    } else {
      splits.append(Split(number: row.w, first: row.z, count: 1))
    }
  }

  /// Two records that describe one image have the same landmarks, and rightly so.
  private mutating func addLandmarks(_ row: Row) throws {
    let first = try name ?? names[first.z]
    name = first
    let this = try names[row.z]
    guard this.image != first.image else { return }
    let isOnePhoto = (other?.isOnePhoto ?? true) && this.photo == first.photo
    other = (other?.number ?? row.z, (other?.count ?? 0) + 1, isOnePhoto)
  }

  /// The first original comes first, then the copies.
  private mutating func addFlip(_ row: Row) throws {
    guard first.z & Self.flipBit == 0, row.z & Self.flipBit != 0 else { return }
    let copy = row.z & ~Self.flipBit
    firstOfFlips = firstOfFlips ?? min(first.z, copy)
    try found.add(Row(Self.place(.original, firstOfFlips ?? 0), copy, first.z, 0))
  }

  /// An image is told of once, with the first of another split where that is an earlier one.
  private mutating func addPixels(_ row: Row) throws {
    if stranger == nil, row.w != first.w { stranger = row.z }
    let earlier = row.w == first.w ? stranger : first.z
    let other = earlier.flatMap { $0 < row.z ? $0 : nil }
    try SimilarImages.add(
      record: row.z, original: other ?? first.z, distance: nil, crossesSplits: other != nil,
      to: found)
  }

  private mutating func finishGroup() throws {
    guard group > 0, let kind = Kind(rawValue: first.x) else { return }
    let place = Self.place(kind, first.z)
    for (i, split) in splits.enumerated().dropFirst() {
      try found.add(
        Row(place, group << 16 | UInt64(i), split.first, split.count << 32 | splits[0].count))
    }
    if let other {
      try found.add(Row(place, other.number, other.count, other.isOnePhoto ? 1 : 0))
    }
  }
}
