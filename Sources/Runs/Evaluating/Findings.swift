internal import Codecs
public import Schema

/// What an evaluation could not use.
public struct Findings {
  /// Whether the first finding ends the run.
  public let isStrict: Bool
  private(set) var jsonLines: [UInt8] = []
  private(set) var tally = Tally()

  /// None yet.
  public init(isStrict: Bool) { self.isStrict = isStrict }

  /// - Throws: `StrictStop` where the first finding ends the run.
  public mutating func add(_ issue: RecordIssue) throws {
    if isStrict { throw StrictStop(issue: issue) }
    tally.add(issue)
    var writer = JSONWriter()
    issue.write(to: &writer)
    jsonLines += try writer.bytes
  }

  /// The error of a run that has nothing to report; what it met is said before.
  public func failure(_ text: String, _ context: RunContext) -> RunFailure {
    for line in summaryLines(issuesFile: nil) { context.say(line) }
    return RunFailure(text)
  }

  func summaryLines(issuesFile: String?) -> [String] {
    // The tally's first line counts what a conversion reads.
    Array(tally.summaryLines(issuesFile: issuesFile).dropFirst())
  }
}
