import Checks
import Foundation
import Schema
import Testing

@Suite("The catalogue and the checks' words")
struct CatalogueTests {
  /// A text file beside the tests.
  private func snapshot(_ name: String) throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return try String(
      contentsOf: folder.appendingPathComponent("Snapshots/\(name).txt"), encoding: .utf8)
  }

  @Test("ids are unique, lower case with hyphens, and each check is explained")
  func wellFormed() {
    let ids = CheckCatalogue.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    for check in CheckCatalogue.all {
      #expect(check.id.wholeMatch(of: #/[a-z0-9]+(-[a-z0-9]+)*/#) != nil)
      #expect(!check.title.isEmpty && !check.title.hasSuffix("."))
      #expect(check.explanation.hasSuffix("."))
      #expect(CheckCatalogue.check(id: check.id) == check)
    }
  }

  @Test(
    "each code of a reader's issue is a check of the same id", arguments: RecordIssue.Code.allCases)
  func codes(code: RecordIssue.Code) {
    #expect(CheckCatalogue.check(for: code).id == code.rawValue)
  }

  @Test("the list of checks is as it was")
  func list() throws {
    let lines = CheckCatalogue.all.map {
      "\($0.severity.rawValue) \($0.id): \($0.title) [\($0.threshold ?? "")]\n  \($0.explanation)\n"
    }
    let expected = try snapshot("checks")
    #expect(lines.joined() == expected)
  }

  @Test("every message is as it was, and names place, expectation and finding")
  func messages() throws {
    let messages = RecordCheckTests.faults.flatMap { fault in
      CheckedFace.checker.findings(in: CheckedFace.record(change: fault.change))
        .map { "\($0.location): \($0.detail)\n" }
    }
    for message in messages {
      #expect(message.contains(": expected ") || message.contains(", expected "))
      #expect(message.contains(", found "))
    }
    let expected = try snapshot("messages")
    #expect(messages.joined() == expected)
  }

  @Test("an id that is nearly one is told which is meant")
  func suggestions() {
    #expect(
      CheckCatalogue.suggestion(for: "degenerate-boxes") == "; did you mean 'degenerate-box'?")
    #expect(CheckCatalogue.suggestion(for: "xyz") == "")
  }
}
