internal import Codecs
internal import Schema
internal import Shards

/// The keys of an LMDB: "0" to "N-1", `__keys__` and `__len__` in img2pose's layout; numbers of ten digits in
/// the others.
struct ShardKeys {
  let layout: ShardLayout
  /// One more than the greatest number among the keys, within reason.
  let count: Int
  /// The number of keys that are numbers of the layout.
  private let present: Int
  /// The keys without a meaning: how many, and the first one.
  private let others: (count: Int, first: String)

  /// The numbers that keys may have: those of up to ten digits.
  private static let numbers = 0...9_999_999_999

  init(_ file: LMDBReader) throws {
    var plain = (present: 0, count: 0)
    var padded = (present: 0, count: 0)
    var others = (count: 0, first: "")
    var hasIndex = false
    try file.forEachKey { key in
      let text = String(decoding: key, as: UTF8.self)
      if text == ShardLayout.listKey || text == ShardLayout.lengthKey {
        hasIndex = true
      } else if let number = Int(text), Self.numbers.contains(number), String(number) == text {
        plain = (plain.present + 1, max(plain.count, number + 1))
      } else if let number = Int(text), Self.numbers.contains(number),
        text.utf8.count == ShardLayout.records.keyDigits
      {
        padded = (padded.present + 1, max(padded.count, number + 1))
      } else {
        if others.count == 0 { others.first = text }
        others.count += 1
      }
      return true
    }
    let isPlain = hasIndex || plain.present > padded.present
    layout = isPlain ? .img2pose : try ShardLayout.padded(of: file) ?? .records
    let (own, foreign) = isPlain ? (plain, padded) : (padded, plain)
    // Without this limit, a single key with a huge number would make us look for all numbers below it.
    count = min(own.count, 2 * own.present + 1000)
    present = own.present
    if foreign.present > 0 {
      others = (
        others.count + foreign.present, others.count == 0 ? "of other digits" : others.first
      )
    }
    self.others = others
  }

  /// What is wrong with the keys, in words.
  ///
  /// - Parameter mayBeEmpty: whether there need not be samples, as in a part of a run that had none.
  func faults(in file: LMDBReader, mayBeEmpty: Bool = false) throws -> [String] {
    var faults: [String] = []
    if present < count {
      var missing: [Int] = []
      for index in 0..<count where missing.count < 5 {
        let isThere = try file.withValue(of: layout.key(index)) { _ in true }
        if isThere == nil { missing.append(index) }
      }
      let examples = missing.map(String.init).joined(separator: ", ")
      faults.append(
        "keys: expected \(count) from 0 to \(count - 1), found \(present); missing: \(examples)\(missing.count < count - present ? " ..." : "")"
      )
    }
    if present == 0, !mayBeEmpty { faults.append("keys: expected samples, found none") }
    if others.count > 0 {
      faults.append(
        "keys: expected samples' numbers alone, found \(others.count) other, first '\(others.first)'"
      )
    }
    guard layout.hasIndex else { return faults }
    let length = try file.withValue(of: Array(ShardLayout.lengthKey.utf8)) {
      MessagePackValue(decoding: $0)
    }
    switch length {
    case .some(.some(.integer(present))): break
    case nil: faults.append("__len__: expected \(present), found no such key")
    case let found?:
      faults.append(
        "__len__: expected \(present), found \(found.map { $0.integer.map(String.init) ?? $0.kind } ?? "no MessagePack")"
      )
    }
    let list = try file.withValue(of: Array(ShardLayout.listKey.utf8)) { listFault($0) }
    switch list {
    case nil: faults.append("__keys__: expected the samples' keys, found no such key")
    case .some(.some(let fault)): faults.append(fault)
    case .some(nil): break
    }
    return faults
  }

  private func listFault(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard case .array(let keys)? = MessagePackValue(decoding: bytes) else {
      return "__keys__: expected an array of binary data, found something else"
    }
    guard keys.count == present else {
      return "__keys__: expected \(present) keys, found \(keys.count)"
    }
    for (index, key) in keys.enumerated() {
      guard case .binary(let range) = key else {
        return "__keys__: expected binary data, found \(key.kind) at \(index)"
      }
      // If numbers are missing, they are not the places in the list; that is reported already.
      if present == count, !bytes[range].elementsEqual(layout.key(index)) {
        return
          "__keys__: expected '\(index)', found '\(String(decoding: bytes[range], as: UTF8.self))'"
      }
    }
    return nil
  }
}
