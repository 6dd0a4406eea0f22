internal import Codecs
public import Datasets
internal import Pipeline
internal import Schema

/// Cuts a run into parts, once for all of them.
public struct PlanRun: Job {
  /// How many parts there are to be.
  public enum Cut: Sendable {
    /// So many.
    case parts(Int)
    /// So many that none has more entries than this.
    case entries(Int)
  }

  /// The command, and all of its arguments that decide what is made.
  public var command: [String]
  /// How many parts there are to be.
  public var cut: Cut
  /// The plan's file; '-' is standard output.
  public var output: String
  /// Gives the whole source, and the files whose digests stand for it.
  public var open: (RunContext) throws -> (source: any AnnotationSource, files: [String])

  /// - Parameters:
  ///   - command: the command, and all of its arguments that decide what is made.
  ///   - cut: how many parts there are to be.
  ///   - output: the plan's file; '-' is standard output.
  ///   - open: gives the whole source, and the files whose digests stand for it.
  public init(
    command: [String], cut: Cut, output: String,
    open: @escaping (RunContext) throws -> (source: any AnnotationSource, files: [String])
  ) {
    (self.command, self.cut, self.output, self.open) = (command, cut, output, open)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    let (source, files) = try open(context)
    let outputs = try OutputSet(file: output, inputs: files)
    let entries = try PartSource.count(source, stop: context.stop.check)
    guard entries > 0 else {
      throw RunFailure("expected something to cut into parts, found nothing that can be read")
    }
    let count =
      switch cut {
      case .parts(let count): count
      case .entries(let most): max(1, (entries + most - 1) / most)
      }
    guard PartNumber(0, of: count) != nil else {
      throw RunFailure(
        "expected at most \(PartNumber.mostParts) parts, found \(count); let each have more images",
        reason: .call)
    }
    let plan = try PartPlan(
      command: command, inputs: files.map(InputDigest.init(file:)), entries: entries,
      parts: count, marks: try marks(of: source, entries, count, stop: context.stop.check))
    try context.begin(outputs)
    try outputs.write(plan.json.prettyText.utf8)
    try context.stop.check()
    try outputs.publish()
    let least = entries / count
    context.say(
      "planned   \(counted(count, "part")) of \(least)\(entries % count == 0 ? "" : " or \(least + 1)") of \(entries) \(entries == 1 ? "entry" : "entries"); plan \(plan.id.prefix(12))"
    )
    return .done
  }

  /// Where the parts of a file of lines begin.
  private func marks(
    of source: any AnnotationSource, _ entries: Int, _ parts: Int, stop: () throws -> Void
  ) throws -> [(byte: Int, line: Int)] {
    guard var file = source as? RecordFile else { return [] }
    var marks: [(byte: Int, line: Int)] = []
    var read = 0
    for part in (0..<parts).compactMap({ PartNumber($0, of: parts) }) {
      try stop()
      let start = part.entries(of: entries).lowerBound
      while read < start, try file.nextPending() != nil { read += 1 }
      guard case .line(let mark) = file.place else { return [] }
      marks.append((mark.position, mark.line))
    }
    return marks
  }
}
