import Foundation
import Schema
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("issues in the summary")
struct IssueDigestTests {
  private func issue(_ code: RecordIssue.Code, _ line: Int) -> RecordIssue {
    RecordIssue(code, at: SourceLocation(file: "label.txt", line: line), "what")
  }

  @Test("of each kind the first three, errors first, then what is most frequent")
  func order() {
    var digest = IssueDigest()
    for line in 1...5 { digest.add(issue(.pathWithSpace, line)) }
    for line in 6...7 { digest.add(issue(.byteOrderMark, line)) }
    digest.add(issue(.malformedLine, 8))
    for line in 9...10 { digest.add(issue(.missingImage, line)) }
    #expect(
      digest.lines() == [
        "  error: label.txt:9: what", "  error: label.txt:10: what", "  error: label.txt:8: what",
        "  warning: label.txt:1: what", "  warning: label.txt:2: what",
        "  warning: label.txt:3: what", "  and 2 more of this kind (path-with-space)",
        "  warning: label.txt:6: what", "  warning: label.txt:7: what",
      ])
    #expect(digest.lines(areTold: true) == ["  and 2 more of this kind (path-with-space)"])
    #expect(digest.count(.error) == 3 && digest.count(.warning) == 7)
  }

  @Test("a warning of every image does not bury the error of one; the log keeps all")
  func program() throws {
    try withTemporaryDirectory { folder in
      let lines = (1...40).map { "# a b/\($0).jpg\n1 2 3 4\n" }.joined()
      try write(lines + "# c.jpg\n1 2 x 4\n", to: folder + "/label.txt")
      let convert = ["convert", "wider-face", "--annotations", "label.txt", "--output"]
      let outcome = try Program.run(convert + ["r.jsonl", "--progress", "none"], in: folder)
      let said = outcome.errors.split(separator: "\n")
      #expect(said.contains("issues    1 error, 40 warnings; all of them are in r.issues.jsonl"))
      let first = try #require(said.firstIndex { $0.hasPrefix("  error: label.txt:82: ") })
      #expect(said[first + 1].hasPrefix("  warning: label.txt:1: image path: "))
      #expect(said[first + 4] == "  and 37 more of this kind (path-with-space)")
      let log = try String(contentsOfFile: folder + "/r.issues.jsonl", encoding: .utf8)
      #expect(log.split(separator: "\n").count == 41)
      // On standard error each is said once.
      let piped = try Program.run(convert + ["-", "--progress", "none"], in: folder).errors
      #expect(piped.split(separator: "\n").count { $0.contains("expected no spaces") } == 3)
      #expect(piped.contains("  and 37 more of this kind (path-with-space)\n"))
    }
  }
}
