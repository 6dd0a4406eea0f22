internal import Codecs
internal import Schema

/// The names of records in messages, by the records' numbers, kept in a temporary file.
struct RecordNames {
  struct Name {
    var id: String
    var location: SourceLocation
    var image: String
    var dataset: String
    /// The source photo that the first face names; empty where it names none.
    var photo: String
    /// The split in words; with several inputs it begins with the input's name.
    var split: String
  }

  private let spool: Spool
  private let inputs: [String]
  private var splitNumbers: [String: UInt16] = [:]
  /// For each record the number of its split.
  private(set) var splits: [UInt16] = []

  init(inputs: [String]) throws {
    spool = try Spool()
    self.inputs = inputs
  }

  /// Adds the next record.
  ///
  /// - Returns: the record's number, from 0, and the number of its split.
  mutating func add(
    _ record: ImageRecord, input: Int
  ) throws -> (number: Int, split: UInt16) {
    let split = self.split(of: record, input: input)
    let location = record.location
    let fields = [
      record.id, location.file, location.line.map(String.init) ?? "", record.image.path,
      record.source.dataset, record.faces.first?.attributes.name(in: "source_photo") ?? "", split,
    ]
    let number = try spool.append(fields.joined(separator: "\0").utf8)
    let next = UInt16(clamping: splitNumbers.count)
    let splitNumber = splitNumbers[split] ?? next
    splitNumbers[split] = splitNumber
    splits.append(splitNumber)
    return (number, splitNumber)
  }

  subscript(number: Int) -> Name {
    get throws {
      let fields = try spool[number].split(separator: 0, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      return Name(
        id: fields[0], location: SourceLocation(file: fields[1], line: Int(fields[2])),
        image: fields[3], dataset: fields[4], photo: fields[5], split: fields[6])
    }
  }

  /// Several files are several splits, whatever the records say: all parts of a training set may say "train".
  private func split(of record: ImageRecord, input: Int) -> String {
    let own = record.source.split ?? ""
    guard inputs.count > 1 else { return own }
    return own.isEmpty ? inputs[input] : "\(inputs[input]), \(own)"
  }
}
