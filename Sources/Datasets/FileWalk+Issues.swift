public import Codecs
public import Schema

extension FileWalk {
  /// What the walk has left out so far: one issue for each reason, with a count and the first name.
  public func issues(at location: SourceLocation) -> [RecordIssue] {
    func issue(_ code: RecordIssue.Code, _ left: LeftOut, _ expected: String, _ found: String)
      -> RecordIssue?
    {
      guard left.count > 0 else { return nil }
      return RecordIssue(
        code, at: location,
        "expected \(expected), found \(left.count) \(found), first '\(left.first)'")
    }
    return [
      issue(.brokenLink, brokenLinks, "links to files that are there", "that lead nowhere"),
      issue(.linkCycle, cycles, "links to folders not met before", "that lead back to one"),
      issue(.unreadableFile, damagedArchives, "archives that can be read", "that cannot"),
      issue(.pathNotUTF8, namesNotUTF8, "names in UTF-8", "of other bytes, to be renamed"),
    ].compactMap { $0 }
  }
}
