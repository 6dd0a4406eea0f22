import Schema
import Testing

@Suite("Issues")
struct RecordIssueTests {
  private let issue = RecordIssue(
    .malformedLine, at: SourceLocation(file: "label.txt", line: 812),
    "bounding box: expected 4 numbers, found '12 x'")

  @Test("text names file, line and what was wrong")
  func text() {
    #expect("\(issue)" == "label.txt:812: bounding box: expected 4 numbers, found '12 x'")
    let whole = RecordIssue(.byteOrderMark, at: SourceLocation(file: "a.txt"), "detail")
    #expect("\(whole)" == "a.txt: detail")
  }

  @Test("JSON is one object a line, with null where a whole file is meant")
  func json() throws {
    var writer = JSONWriter()
    issue.write(to: &writer)
    RecordIssue(.byteOrderMark, at: SourceLocation(file: "a\".txt"), "d\n").write(to: &writer)
    #expect(
      String(decoding: try writer.bytes, as: UTF8.self)
        == #"{"severity":"error","code":"malformed-line","file":"label.txt","line":812,"#
        + #""detail":"bounding box: expected 4 numbers, found '12 x'"}"# + "\n"
        + #"{"severity":"warning","code":"byte-order-mark","file":"a\".txt","line":null,"#
        + #""detail":"d\n"}"# + "\n")
  }

  @Test("what could not be used is an error, what was kept and flagged a warning")
  func severities() {
    let warnings = RecordIssue.Code.allCases.filter { $0.severity == .warning }.map(\.rawValue)
    let errors = RecordIssue.Code.allCases.filter { $0.severity == .error }.map(\.rawValue)
    #expect(
      errors == [
        "malformed-line", "malformed-record", "unreadable-file", "unsafe-path", "path-not-utf-8",
        "missing-annotation", "missing-image", "missing-camera", "missing-prediction",
        "unmatched-prediction", "empty-image", "not-an-image", "truncated-image",
        "unreadable-image", "oversized-image", "too-many-pixels", "changed-image", "broken-link",
        "duplicate-record", "unlisted-image", "conflicting-list", "crossing-group",
      ])
    #expect(
      warnings == [
        "missing-pose", "undetected-face", "link-cycle", "unread-format", "degenerate-box",
        "box-outside-image",
        "bad-landmark",
        "unusable-landmarks", "conflicting-annotation", "unreadable-array", "exif-orientation",
        "path-with-space", "shared-image-path", "merged-entries", "too-few-records", "uneven-split",
        "mixed-frames",
        "mixed-sides", "unmapped-points", "other-annotations",
        "absolute-path", "windows-line-ends", "byte-order-mark",
      ])
    #expect(issue.severity == .error)
  }

  @Test("a place's file is named without its folder")
  func fileName() {
    #expect(SourceLocation.fileName(of: "/data/wider/label.txt") == "label.txt")
    #expect(SourceLocation.fileName(of: "label.txt") == "label.txt")
    #expect(SourceLocation.fileName(of: "a/b/") == "b")
  }
}
