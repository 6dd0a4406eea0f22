public import Schema

/// What a folder or archive holds, as far as names, sizes and a few headers tell.
public struct SourceDiagnosis: Sendable {
  /// How many of something there are, beside the official number.
  public struct Count: Sendable, Equatable {
    public var what: String
    public var found: Int
    /// FORMATS; nil where none is published.
    public var official: Int?

    public var text: String {
      official.map { "\(SourceDiagnosis.text(found)) of \(SourceDiagnosis.text($0))" }
        ?? SourceDiagnosis.text(found)
    }
  }

  /// As the command line names it; nil where none is recognised.
  public var dataset: String?
  /// Dataset, layout and version in words.
  public var title: String
  public var counts: [Count] = []
  /// How many files are each dataset's, as far as their names tell.
  public var claims: [String: Int] = [:]
  /// How many files have an ending, in lower case and without the dot.
  public var endings: [String: Int] = [:]
  /// By severity, the gravest first.
  public var findings: [Finding] = []

  /// Whether something is wrong, and not only worth knowing.
  public var isSound: Bool { findings.allSatisfy { $0.check.severity == .note } }

  /// A number with commas between thousands.
  static func text(_ number: Int) -> String {
    let digits = Array(String(number))
    var text = ""
    for (i, digit) in digits.enumerated() {
      if i > 0, (digits.count - i) % 3 == 0, digits[i - 1] != "-" { text.append(",") }
      text.append(digit)
    }
    return text
  }
}

/// What a census of one dataset found.
struct CensusReport {
  var dataset: String
  var title: String
  var counts: [SourceDiagnosis.Count] = []
  /// A check, and "what: expected X, found Y; remedy".
  var findings: [(check: Check, detail: String)] = []

  /// Notes that a count is below the official one.
  mutating func add(_ what: String, _ found: Int, of official: Int) {
    counts.append(SourceDiagnosis.Count(what: what, found: found, official: official))
    if found < official {
      let text = counts[counts.count - 1].text
      findings.append((SourceChecks.incomplete, "\(what): found \(text)"))
    }
  }
}

/// A file as the walk comes by it.
struct SightedFile {
  let path: String
  let parts: [Substring]
  /// nil where an archive does not say it.
  let size: Int?

  init(_ path: String, size: Int?) {
    (self.path, self.size) = (path, size)
    parts = path.split(separator: "/")
  }

  var name: Substring { parts.last ?? "" }
  /// In lower case, without the dot; empty where there is none.
  var ending: String {
    name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
  }
  var stem: Substring { name.lastIndex(of: ".").map { name[..<$0] } ?? name }
  /// The name of the folder it is in; empty at the top.
  var folder: Substring { parts.count > 1 ? parts[parts.count - 2] : "" }
  var isImage: Bool { ["jpg", "jpeg", "png"].contains(ending) }
  /// `train`, `val` or `test` as a word of a folder's name.
  var split: String? {
    for part in parts.dropLast() {
      let words = part.lowercased().split { "_-.".contains($0) }
      if let split = ["train", "val", "test"].first(where: { words.contains($0[...]) }) {
        return split
      }
    }
    return nil
  }
}

/// Counts the files of one dataset while a walk passes by, folder by folder, names in the order of their
/// bytes; what it holds does not grow with their number.
protocol SourceCensus {
  /// - Returns: whether the file is one of the dataset's.
  mutating func add(_ file: SightedFile) -> Bool
  /// - Returns: nil where nothing of the dataset came by.
  mutating func report() -> CensusReport?
  /// Whose files came by, where the census has two datasets; else what `report` names.
  var claims: [String: Int]? { get }
}

extension SourceCensus {
  var claims: [String: Int]? { nil }
}
