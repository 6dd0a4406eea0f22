public import Codecs
public import Schema

extension FileWalk {
  /// What the walk has left out so far: one issue for each reason, with a count and the first name; of archives, one for
  /// each member.
  ///
  /// - Parameters:
  ///   - location: that of the tree.
  ///   - isMissed: whether an archive's member matters, by its name.
  public func issues(
    at location: SourceLocation, ofMembers isMissed: (String) -> Bool = { _ in true }
  ) -> [RecordIssue] {
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
      + leftMembers.filter { isMissed($0.name) }.map { RecordIssue($0, at: location) }
  }
}

extension RecordIssue {
  /// Why an archive's member is left out.
  ///
  /// - Parameters:
  ///   - member: what was left out.
  ///   - location: that of the archive, or of the tree that it is in.
  public init(_ member: LeftMember, at location: SourceLocation) {
    let code: Code =
      switch member.reason {
      case .absolutePath, .climbingPath, .noName: .unsafePath
      case .nameNotUTF8: .pathNotUTF8
      case .link: .brokenLink
      case .notAFile: .unreadableImage
      case .repeated: .duplicateRecord
      }
    self.init(
      code, at: member.archive.map { SourceLocation(file: $0) } ?? location,
      "member '\(member.name)': \(member.detail)")
  }
}
