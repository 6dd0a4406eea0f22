public import Schema

/// What a folder or archive holds, judged by names, sizes and a few headers.
public struct SourceDiagnosis: Sendable {
  /// How many of something there are, with the official number.
  public struct Count: Sendable, Equatable {
    /// What is counted, such as "images", as messages call it.
    public var what: String
    /// How many there are here.
    public var found: Int
    /// The official number (FORMATS); nil where none is published.
    public var official: Int?

    /// Such as "12,880 of 12,880", or the found number alone where there is no official one.
    public var text: String {
      official.map { "\(SourceDiagnosis.text(found)) of \(SourceDiagnosis.text($0))" }
        ?? SourceDiagnosis.text(found)
    }
  }

  /// The dataset as the command line names it; nil where none is recognised.
  public var dataset: String?
  /// The dataset, its layout and its version in words.
  public var title: String
  /// Counts of images, files and folders, in the order in which they are to be shown.
  public var counts: [Count] = []
  /// How many files belong to each dataset, judged by their names.
  public var claims: [String: Int] = [:]
  /// How many files have each ending; endings are in lower case and without the dot.
  public var endings: [String: Int] = [:]
  /// Sorted by severity, the gravest first.
  public var findings: [Finding] = []

  /// The dataset, where its reader takes the tree as a whole and there are files that it needs. Images in the folders of a
  /// dataset may be annotated in the form of a tool.
  public var wholeDataset: DatasetDescription? {
    guard let dataset = dataset.flatMap(DatasetDescription.named), dataset.readTree != nil else {
      return nil
    }
    let needed = dataset.neededEndings
    return needed.isEmpty || needed.contains { endings[$0, default: 0] > 0 } ? dataset : nil
  }

  /// Whether there is nothing worse than a note.
  public var isSound: Bool { findings.allSatisfy { $0.check.severity == .note } }

  /// A number with commas between its thousands.
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

/// What a census found of one dataset.
struct CensusReport {
  var dataset: String
  var title: String
  var counts: [SourceDiagnosis.Count] = []
  /// Each is a check, and a text of the form "what: expected X, found Y; remedy".
  var findings: [(check: Check, detail: String)] = []

  /// Adds a count, and a note where it is below the official one.
  mutating func add(_ what: String, _ found: Int, of official: Int) {
    counts.append(SourceDiagnosis.Count(what: what, found: found, official: official))
    if found < official {
      let text = counts[counts.count - 1].text
      findings.append((SourceChecks.incomplete, "\(what): found \(text)"))
    }
  }
}

/// A file that a walk meets.
struct SightedFile {
  let path: String
  let parts: [Substring]
  /// In bytes; nil where an archive does not say it.
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
  /// The name of the folder that the file is in; empty at the top.
  var folder: Substring { parts.count > 1 ? parts[parts.count - 2] : "" }
  var isImage: Bool { ["jpg", "jpeg", "png"].contains(ending) }
  /// `train`, `val` or `test`, where that is a word of one of its folders' names.
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

/// Counts the files of one dataset during a walk, which goes folder by folder, with names in the order of
/// their bytes. It takes the same memory for any number of files.
protocol SourceCensus {
  /// - Returns: whether the file belongs to the dataset.
  mutating func add(_ file: SightedFile) -> Bool
  /// - Returns: nil where no file of the dataset was met.
  mutating func report() -> CensusReport?
  /// How many files belong to each dataset, for a census of two datasets; nil where all belong to the one that
  /// `report` names.
  var claims: [String: Int]? { get }
}

extension SourceCensus {
  var claims: [String: Int]? { nil }
}
