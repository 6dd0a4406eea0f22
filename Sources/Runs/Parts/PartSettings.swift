internal import Codecs
internal import Datasets
internal import Schema

/// What a run is told that does one part of what several do together.
public struct PartSettings: Sendable {
  /// Which part.
  public var number: PartNumber
  /// How the whole was cut; nil where the run counts the entries itself.
  public var plan: PartPlan?
  /// The command, and all of its arguments that decide what is made.
  public var command: [String]
  /// The files whose digests stand for what is read.
  public var inputs: [String] = []
  /// Folders in one of which the part is made before it is copied to its place: the first that has room.
  public var scratch: [String] = []
  /// Whether files of other runs that have the part's names are replaced.
  public var isOverwriting = false

  /// - Parameters:
  ///   - number: which part.
  ///   - plan: nil where the run counts the entries itself.
  ///   - command: the command, and all of its arguments that decide what is made.
  public init(_ number: PartNumber, plan: PartPlan? = nil, command: [String]) {
    (self.number, self.plan, self.command) = (number, plan, command)
  }

  /// Whether the part is there, whole and of this plan, which is known without reading any input. What a run left that
  /// ended while it gave the part its names is finished.
  ///
  /// - Parameters:
  ///   - prefix: of the part's own files.
  ///   - say: is told so.
  public func isDone(_ prefix: String, say: (String) -> Void) throws -> Bool {
    guard let plan, case .whole = try PartFile.state(prefix, plan: plan.id) else { return false }
    try OutputSet.settle(prefix)
    say(done)
    return true
  }

  private var done: String {
    "part \(number.index) of \(number.count) is there already; nothing to do"
  }

  /// Makes the part, unless it is there: in the scratch folders, in one after the other as long as a disk is full, or
  /// beside its names where there are none.
  ///
  /// - Parameters:
  ///   - description: all that decides what the outputs will hold; nil where the run is never gone on with.
  ///   - source: gives the part's entries, from their beginning; called before the outputs are begun.
  ///   - body: makes the outputs, and gives them their names.
  func make<Source>(
    _ work: PartWork, _ outputs: OutputSet, _ context: RunContext, description: String?,
    from source: () throws -> Source, _ body: (Source) throws -> RunOutcome
  ) throws -> RunOutcome {
    let prefix = outputs.base
    outputs.isSuperseded = { try work.isDone(prefix) }
    func attempt() throws -> RunOutcome {
      let entries = try source()
      try context.begin(outputs, run: description)
      guard try work.isDone(prefix) else { return try body(entries) }
      try outputs.settleBesideScratch()
      outputs.discard()
      context.say(done)
      return .done
    }
    for (i, folder) in scratch.enumerated() {
      do {
        try outputs.useScratch(folder)
        return try attempt()
      } catch let error as FileError
        where error.isDiskFull && error.path.hasPrefix(folder) && i + 1 < scratch.count
      {
        context.say("warning: \(error); the part begins anew in \(scratch[i + 1])")
        outputs.discard()
      }
    }
    return try attempt()
  }

  /// Cuts the source, unless a plan did.
  ///
  /// - Parameters:
  ///   - makeSource: gives the whole source, from its beginning.
  ///   - stop: ends the counting by throwing.
  func work(
    _ makeSource: () throws -> any AnnotationSource,
    stop: () throws -> Void
  ) throws -> PartWork {
    try plan?.checkInputs(inputs)
    let cuts =
      try plan
      ?? PartPlan(
        command: command, inputs: try inputs.map(InputDigest.init(file:)),
        entries: try PartSource.count(try makeSource(), stop: stop), parts: number.count)
    return PartWork(number: number, plan: cuts, isOverwriting: isOverwriting)
  }
}

/// A part that is under way.
struct PartWork {
  var number: PartNumber
  var plan: PartPlan
  var isOverwriting: Bool

  var entries: Range<Int> { number.entries(of: plan.entries) }

  /// The part's entries of a whole source.
  func source(_ source: any AnnotationSource) -> PartSource {
    if var file = source as? RecordFile, let mark = plan.mark(number.index) {
      file.move(to: .line(mark))
      return PartSource(file, entries: entries, of: plan.entries, from: entries.lowerBound)
    }
    return PartSource(source, entries: entries, of: plan.entries)
  }

  /// Looks at what has the part's names, once no other run can change it.
  ///
  /// - Returns: whether that is this part, whole, so that nothing is to be done.
  /// - Throws: `OutputRefusal` where it is another's.
  func isDone(_ prefix: String) throws -> Bool {
    switch try PartFile.state(prefix, plan: plan.id) {
    case .whole: return true
    case .absent, .damaged: return false
    case .foreign(let found):
      if isOverwriting { return false }
      throw OutputRefusal(
        prefix + OutputSuffix.part, "expected no part of another run, found \(found)",
        reason: .exists)
    }
  }

  /// What `part.json` has beside what a manifest has.
  func json(_ result: Preparation.Result) -> JSONValue {
    .object(
      [
        ("plan", .text(plan.id)), ("index", .integer(number.index)),
        ("count", .integer(number.count)),
        ("entries", .array([.integer(entries.lowerBound), .integer(entries.upperBound)])),
        ("total", .integer(plan.entries)), ("processor", .text(ProcessorClass.name)),
      ] + result.partMembers)
  }
}
