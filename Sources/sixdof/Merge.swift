internal import ArgumentParser
internal import Codecs
internal import Schema

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put files of records together, each record once.",
    discussion: """
      Records come in the order of the files. One whose id was there before is left out; where it says \
      something else than the first, that is a warning. To add one annotation's content to another's, \
      name both to 'convert wider-face --annotations'.

        sixdof merge biwi.jsonl arkitface.jsonl --output all.jsonl
      """)

  @Argument(help: "The files of records.") var inputs: [String]
  @Option(name: .shortAndLong, help: "The records to write.") var output: String
  @Flag(help: "Stop at the first issue, and write nothing.") var strict = false

  func run() throws {
    let prefix = output.withoutSuffix(".jsonl")
    try WholeOutput.make(prefix) { try merge($0, suffix: String(output.dropFirst(prefix.count))) }
  }

  private func merge(
    _ run: borrowing WholeOutput, suffix: String
  ) throws -> WholeOutput.ExitStatus {
    let records = try OutputFile(path: run.workspace.path(suffix))
    var status = WholeOutput.ExitStatus()
    // For each id what the record says, as a hash: the records themselves are not held.
    var seen: [String: Int] = [:]
    var (repeated, warnings) = (0, 0)
    var writer = JSONWriter()
    for input in inputs {
      let file = try MappedFile(path: input)
      status.errors += try run.forEach(in: file, strict: strict) { _, record in
        writer.removeAll()
        record.write(to: &writer)
        let content = writer.bytes.hashValue
        guard let first = seen[record.id] else {
          seen[record.id] = content
          try records.write(writer.bytes)
          return
        }
        repeated += 1
        guard first != content else { return }
        let issue = RecordIssue(
          .conflictingAnnotation, at: record.location,
          "record '\(record.id)': expected what the first of this id says, found something else; the first is kept"
        )
        if strict { throw StrictStop(issue: issue) }
        warnings += 1
        say("\(issue.severity.rawValue): \(issue)")
      }
    }
    try records.finish()
    if repeated > 0 {
      status.lines.append(
        "left out  \(Tally.count(repeated, "record")) that came before, \(warnings) of them different"
      )
    }
    status.lines.append("wrote     \(output): \(Tally.count(seen.count, "record"))")
    return status
  }
}
