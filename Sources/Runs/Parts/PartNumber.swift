internal import Codecs

/// Which of the parts of a run: the parts' entries follow each other in the source's order, and their numbers differ
/// by one at most.
public struct PartNumber: Sendable, Equatable {
  /// From 0.
  public let index: Int
  /// How many parts there are.
  public let count: Int

  /// The names of parts have five digits.
  public static let mostParts = 99_999

  /// - Returns: nil where there is no such part.
  public init?(_ index: Int, of count: Int) {
    guard (1...Self.mostParts).contains(count), (0..<count).contains(index) else { return nil }
    (self.index, self.count) = (index, count)
  }

  /// As it is typed: `3/8` is the fourth of eight.
  public init?(text: String) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1] else { return nil }
    self.init(index, of: count)
  }

  /// As it is typed beside a plan, which knows how many there are: `3` or `3/8`.
  ///
  /// - Returns: nil where there is no such part, or the plan has another number of them.
  public init?(text: String, of plan: PartPlan?) {
    guard let plan else {
      self.init(text: text)
      return
    }
    guard let part = Self(text: text) ?? Int(text).flatMap({ Self($0, of: plan.parts) }),
      part.count == plan.parts
    else { return nil }
    self = part
  }

  /// A part by the end of its files' names before their endings, as `suffix` gives it.
  init?(suffix: Substring) {
    let words = suffix.split(separator: "-", omittingEmptySubsequences: false)
    guard words.count == 4, words[0].isEmpty, words[2] == "of",
      let index = Int(words[1]), let count = Int(words[3])
    else { return nil }
    self.init(index, of: count)
    guard self.suffix == suffix else { return nil }
  }

  /// The prefix of the whole, given that or the name of a part's file.
  public static func prefix(ofFile path: String) -> String {
    for ending in [
      ".lmdb", OutputSuffix.hashes, OutputSuffix.issues, OutputSuffix.part, OutputSuffix.findings,
      OutputSuffix.evidenceNames, OutputSuffix.evidenceImages, OutputSuffix.evidenceKeys, ".jsonl",
      "",
    ]
    where path.hasSuffix(ending) {
      let stem = path.dropLast(ending.count)
      if stem.count > 15, Self(suffix: stem.suffix(15)) != nil { return String(stem.dropLast(15)) }
    }
    return path
  }

  /// As it is typed.
  var text: String { "\(index)/\(count)" }

  /// What the names of its files have after the output's prefix: `-00003-of-00008`.
  public var suffix: String { "-\(index.digits(5))-of-\(count.digits(5))" }

  /// The entries of a source of `total` that are this part's.
  func entries(of total: Int) -> Range<Int> {
    index * total / count..<(index + 1) * total / count
  }

  /// The index of the part that has an entry of a source of `total`.
  static func index(of entry: Int, of total: Int, parts count: Int) -> Int {
    ((entry + 1) * count - 1) / total
  }
}
