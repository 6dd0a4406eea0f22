internal import Checks
internal import Codecs
internal import FoundationEssentials
internal import Schema

/// Which parts of a run are there.
struct PartSurvey {
  /// The output's path without suffixes, as the whole has it.
  let prefix: String
  /// The plan that the parts are to be of.
  let plan: String
  /// Of each part.
  private(set) var states: [PartFile.State]
  /// The classes of processors that worked on whole ones.
  private(set) var processors: Set<String> = []
  /// The paths of all files of parts.
  private(set) var files: [String] = []
  /// How many parts of other cuts lie beside them.
  private(set) var others = 0

  /// What a folder has under the names of parts.
  private struct Entries {
    /// Those with a `part.json`.
    var parts: [PartNumber] = []
    /// The ends of the names of folders in which a part is made, or was.
    var unfinished: Set<String> = []
    /// Of files that have a part's names: the part, and one of their ends.
    var named: [(part: PartNumber, ending: String)] = []

    init(of name: String, in folder: String) {
      for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where entry.hasPrefix(name + "-") {
        let rest = entry.dropFirst(name.count)
        if entry.hasSuffix(OutputSuffix.part) {
          if let part = PartNumber(suffix: rest.dropLast(OutputSuffix.part.count)) {
            parts.append(part)
          }
        } else if entry.hasSuffix(".partial") {
          unfinished.insert(String(rest.dropLast(8)))
        } else if let ending = PartFile.othersEndings.first(where: entry.hasSuffix),
          let part = PartNumber(suffix: rest.dropLast(ending.count))
        {
          named.append((part, ending))
        }
      }
    }
  }

  /// Looks at all files that have the names of parts.
  ///
  /// - Parameters:
  ///   - prefix: the output's path without suffixes.
  ///   - plan: nil to take the one that most of the parts are of.
  ///   - stop: ends the survey by throwing.
  /// - Throws: `RunFailure` where there is no part and no plan; `FileError` where the folder cannot be read.
  init(prefix: String, plan: PartPlan?, stop: () throws -> Void) throws {
    self.prefix = prefix
    let (folder, name) = (prefix.folderOfPath, SourceLocation.fileName(of: prefix))
    let entries = Entries(of: name, in: folder)
    let parts = entries.parts
    let counts = Dictionary(grouping: parts, by: \.count).mapValues(\.count)
    guard
      let count = plan?.parts ?? counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key
    else {
      throw RunFailure("\(prefix): expected parts of a run, as \(name)-00000-of-00008, found none")
    }
    others = parts.count { $0.count != count }
    states = Array(repeating: .absent, count: count)
    var found: [(index: Int, plan: String, processor: String, damage: String?)] = []
    for part in parts where part.count == count {
      try stop()
      do {
        let file = try PartFile(prefix: prefix + part.suffix)
        files.append(prefix + part.suffix + OutputSuffix.part)
        files += file.files.map { folder + "/" + $0.file }
        var damage =
          file.number == part ? file.damage(in: prefix + part.suffix) : "part.json: of another part"
        if damage == nil, entries.unfinished.contains(part.suffix) {
          // Its files may be links into that folder.
          damage =
            "expected no folder \(name)\(part.suffix).partial, found one; its run was cut off or is still at it"
        }
        found.append((part.index, file.plan, file.processor, damage))
      } catch let damaged as PartFile.Damaged {
        states[part.index] = .damaged(damaged.detail)
      } catch let error as FileError where error.isMissing {
        // A link that leads nowhere yet: its run is giving its files their names, or was cut off at it.
      }
    }
    let known = Set(parts.map(\.index))
    for (part, ending) in entries.named
    where part.count == count && !known.contains(part.index)
      && !entries.unfinished.contains(part.suffix)
    {
      states[part.index] = .foreign(PartFile.withoutPart(ending))
    }
    let plans = Dictionary(grouping: found, by: \.plan).mapValues(\.count)
    self.plan =
      plan?.id ?? plans.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? ""
    for part in found {
      if part.plan != self.plan {
        states[part.index] = .foreign("of plan \(part.plan.prefix(12))")
      } else if let damage = part.damage {
        states[part.index] = .damaged(damage)
      } else {
        states[part.index] = .whole
        processors.insert(part.processor)
      }
    }
  }

  /// Says that a part that looked whole is not.
  mutating func note(_ index: Int, damage: String) { states[index] = .damaged(damage) }

  var isWhole: Bool { states.allSatisfy { $0 == .whole } }

  /// The prefix of a part's own files.
  func prefix(of index: Int) -> String {
    prefix + (PartNumber(index, of: states.count)?.suffix ?? "")
  }

  private func indices(_ isOf: (PartFile.State) -> Bool) -> [Int] {
    states.indices.filter { isOf(states[$0]) }
  }

  /// The numbers of the parts by what they are, in the order in which people are told.
  var groups: [(name: String, parts: [Int])] {
    [
      ("whole", indices { $0 == .whole }), ("missing", indices { $0 == .absent }),
      ("damaged", indices { if case .damaged = $0 { true } else { false } }),
      ("foreign", indices { if case .foreign = $0 { true } else { false } }),
    ]
  }

  /// "3,5,17-20".
  static func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }.joined(separator: ",")
  }

  /// Lines on what there is.
  var lines: [String] {
    let width = groups.map(\.name.count).max() ?? 0
    var lines = groups.filter { !$0.parts.isEmpty }.map { name, parts in
      "\(name.padded(to: width))  \(parts.count) of \(states.count): \(Self.ranges(parts))"
    }
    for (index, state) in states.enumerated() {
      switch state {
      case .damaged(let detail): lines.append("  part \(index): damaged: \(detail)")
      case .foreign(let detail): lines.append("  part \(index): foreign: \(detail)")
      case .absent, .whole: break
      }
    }
    if processors.count > 1 {
      lines.append(
        "note: parts come of processors of \(processors.sorted().joined(separator: " and ")); their last bits may differ"
      )
    }
    if others > 0 { lines.append("note: \(counted(others, "part")) of another cut beside them") }
    return lines
  }

  /// The same for programs.
  var json: JSONValue {
    .object(
      [
        ("schema", .text("sixdof.parts/1")), ("prefix", .text(prefix)), ("plan", .text(plan)),
        ("parts", .integer(states.count)),
      ]
        + groups.map { ($0.name, .text(Self.ranges($0.parts))) } + [
          ("processors", .array(processors.sorted().map(JSONValue.text)))
        ])
  }

  /// - Throws: `RunFailure` where a part is not whole.
  func checkWhole() throws {
    guard !isWhole else { return }
    let missing = groups.dropFirst().filter { !$0.parts.isEmpty }
      .map { "\($0.name): \(Self.ranges($0.parts))" }.joined(separator: "; ")
    throw RunFailure(
      "\(prefix): expected \(states.count) whole parts, found \(groups[0].parts.count); \(missing); run these parts again, then gather"
    )
  }
}
