internal import Codecs
public import Schema

/// Which records belong together: those that show the same person or come from the same photo.
///
/// A record's faces may name several (a person and a photo, or two persons). This joins their groups,
/// across any number of records. Takes about 200 bytes for each person, photo, or image that names none.
public struct RecordGroups: Sendable {
  /// A group of records.
  public struct Group: Sendable, Equatable {
    /// Identifies the group among those of one `RecordGroups`; not consecutive.
    public var number: Int
    /// The first of its keys in alphabetical order, so that it does not depend on the records' order.
    public var name: String
    /// How many records it has.
    public var count: Int
  }

  /// The attributes that name a person (BIWI, ARKitFace) or a photo (300W-LP).
  public static let usualAttributes = ["subject_id", "source_photo"]

  private let attributes: [String]
  private var numbers: [String: Int] = [:]
  private var keys = JoinedNames()
  private var counts: [Int] = []

  /// - Parameter attributes: names of face attributes; records that share a value of one belong together.
  public init(by attributes: [String] = usualAttributes) { self.attributes = attributes }

  /// Adds a record, and joins the groups of all that its faces name.
  ///
  /// - Returns: a key of the record's group, for `group(ofKey:)`.
  @discardableResult
  public mutating func add(_ record: ImageRecord) -> Int {
    let keys = Self.keys(of: record, by: attributes).map { number(of: $0) }
    for key in keys.dropFirst() {
      let (root, joined) = self.keys.join(keys[0], key)
      if let joined { counts[root] += counts[joined] }
    }
    counts[self.keys.shortenedRoot(of: keys[0])] += 1
    return keys[0]
  }

  /// All groups, sorted by name.
  public var groups: [Group] {
    keys.indices.filter { keys.root(of: $0) == $0 }
      .map { Group(number: $0, name: keys[$0], count: counts[$0]) }
      .sorted { $0.name.comesBeforeInBytes($1.name) }
  }

  /// The number of a record's group; to be asked after all records were added.
  ///
  /// - Precondition: the record was added.
  public mutating func group(of record: ImageRecord) -> Int {
    guard let number = numbers[Self.keys(of: record, by: attributes)[0]] else {
      preconditionFailure("a record is added before its group is asked for")
    }
    return keys.shortenedRoot(of: number)
  }

  /// The number of the group that a key belongs to; to be asked after all records were added.
  public mutating func group(ofKey key: Int) -> Int { keys.shortenedRoot(of: key) }

  /// The name of a group by its number.
  public func name(_ group: Int) -> String { keys[group] }

  /// What a record's faces name; the image's path where they name nothing.
  ///
  /// - Parameters:
  ///   - record: whose faces they are.
  ///   - attributes: names of face attributes.
  public static func keys(of record: ImageRecord, by attributes: [String]) -> [String] {
    var keys: [String] = []
    for face in record.faces {
      for attribute in attributes {
        guard let value = face.attributes.name(in: attribute) else { continue }
        keys.append("\(record.source.dataset)/\(attribute)=\(value)")
      }
    }
    return keys.isEmpty ? ["\(record.source.dataset)/\(record.image.path)"] : keys
  }

  private mutating func number(of key: String) -> Int {
    if let number = numbers[key] { return number }
    let number = keys.add(key)
    numbers[key] = number
    counts.append(0)
    return number
  }
}
