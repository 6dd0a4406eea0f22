internal import Codecs
internal import Schema

/// Finds values of an attribute that occur in more than one split.
struct CrossingKeys {
  private let attribute: String
  private let check: Check
  private let what: String
  private var keys = EqualHashes()

  init(_ attribute: String, _ check: Check, _ what: String) {
    (self.attribute, self.check, self.what) = (attribute, check, what)
  }

  /// Adds the values that a record's faces have.
  ///
  /// - Returns: a number that stands for the first value; 0 where there is none.
  mutating func add(_ record: ImageRecord, number: Int) -> UInt64 {
    var (first, last): (UInt64, UInt64) = (0, 0)
    for face in record.faces {
      guard let word = face.attributes.name(in: attribute) else { continue }
      // Values are the dataset's own numbers: person 1 of one dataset is not person 1 of another.
      let hash = fastHash(of: "\(record.source.dataset)/\(word)")
      if hash != last { keys.add(hash, item: number) }
      if first == 0 { first = hash }
      last = hash
    }
    return first
  }

  /// For each value one finding for each further split that has it, at its first record there.
  func find(_ names: RecordNames, _ findings: inout [Finding]) throws {
    for group in keys.groups() {
      var splits: [(first: Int, count: Int)] = []
      for number in group {
        if let i = splits.firstIndex(where: { names.splits[$0.first] == names.splits[number] }) {
          splits[i].count += 1
        } else {
          splits.append((number, 1))
        }
      }
      for split in splits.dropFirst() {
        let (name, other) = (try names[split.first], try names[splits[0].first])
        findings.append(
          Finding(
            check, at: name.location, record: name.id, measure: Double(split.count),
            "\(what) of '\(name.image)': expected in one split, found \(split.count) in \(name.split) and \(splits[0].count) in \(other.split), first '\(other.image)'"
          ))
      }
    }
  }
}
