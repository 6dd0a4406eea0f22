public import Schema

/// How often each check found something, with the first findings of each.
public struct CheckSummary: Sendable {
  /// What one check found.
  public struct Entry: Sendable {
    /// The check itself.
    public let check: Check
    /// Findings that are not accepted.
    public fileprivate(set) var count = 0
    /// Findings that the settings accept; they are not part of `count`.
    public fileprivate(set) var accepted = 0
    /// The first findings that are not accepted.
    public fileprivate(set) var examples: [Finding] = []
  }

  /// How many images were checked.
  public private(set) var images = 0
  /// How many faces these images have.
  public private(set) var faces = 0
  private var entries: [String: Entry] = [:]
  private let examples: Int

  /// - Parameter examples: how many findings of each check are kept as examples.
  public init(examples: Int) { self.examples = examples }

  /// Counts a checked image and its faces.
  public mutating func add(_ record: ImageRecord) {
    images += 1
    faces += record.faces.count
  }

  /// Counts what another process has checked.
  public mutating func add(images: Int, faces: Int) {
    self.images += images
    self.faces += faces
  }

  /// Counts a finding, and keeps it if it is among the first of its check.
  public mutating func add(_ finding: Finding, isAccepted: Bool) {
    var entry = entries.removeValue(forKey: finding.check.id) ?? Entry(check: finding.check)
    if isAccepted {
      entry.accepted += 1
    } else {
      entry.count += 1
      if entry.examples.count < examples { entry.examples.append(finding) }
    }
    entries[finding.check.id] = entry
  }

  /// The checks that found something: the worst severity first, then in the catalogue's order.
  public var found: [Entry] {
    let order = Dictionary(
      uniqueKeysWithValues: CheckCatalogue.all.enumerated().map { ($1.id, $0) })
    return entries.values.sorted {
      if $0.check.severity != $1.check.severity { return $0.check.severity > $1.check.severity }
      let (left, right) = (order[$0.check.id] ?? .max, order[$1.check.id] ?? .max)
      return left == right ? $0.check.id < $1.check.id : left < right
    }
  }

  /// How many findings of a severity are not accepted.
  public func count(_ severity: Check.Severity) -> Int {
    entries.values.reduce(0) { $0 + ($1.check.severity == severity ? $1.count : 0) }
  }

  /// How many findings the settings accept.
  public var accepted: Int { entries.values.reduce(0) { $0 + $1.accepted } }

  /// The worst severity of findings that are not accepted; nil where there are none.
  public var worst: Check.Severity? {
    entries.values.filter { $0.count > 0 }.map(\.check.severity).max()
  }

  /// For people: each check with its first findings.
  var lines: [String] {
    var lines: [String] = []
    for entry in found where entry.count > 0 {
      let accepted = entry.accepted > 0 ? ", \(entry.accepted) more accepted" : ""
      lines.append(
        "\(entry.check.severity.rawValue)  \(entry.check.id)  \(entry.count)  \(entry.check.title)\(accepted)"
      )
      lines += entry.examples.map { "  \($0.location): \($0.detail)".printable }
      if entry.count > entry.examples.count {
        lines.append("  and \(entry.count - entry.examples.count) more")
      }
    }
    return lines
  }

  /// For people: each check that found something, with its first findings, then a line on the whole.
  public var text: String {
    let counts = Check.Severity.allCases.reversed().map {
      counted(count($0), $0.rawValue)
    }
    var last = "checked \(counted(images, "image")), \(counted(faces, "face")): "
    last += counts.joined(separator: ", ")
    if accepted > 0 { last += "; \(accepted) accepted" }
    return (lines + [last]).map { $0 + "\n" }.joined()
  }
}
