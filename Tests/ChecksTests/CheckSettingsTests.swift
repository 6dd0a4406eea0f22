import Checks
import Schema
import Testing

@Suite("Settings of a project")
struct CheckSettingsTests {
  private func settings(_ text: String) throws -> CheckSettings {
    try CheckSettings(JSONParser.value(of: text))
  }

  private func finding(_ record: String, face: Int? = 0) throws -> Finding {
    let check = try #require(CheckCatalogue.check(id: "duplicate-box"))
    return Finding(check, at: SourceLocation(file: "a.mat"), record: record, face: face, "x")
  }

  @Test("entries accept by check, record, file and face, and say when they accept nothing")
  func acceptance() throws {
    let text = #"""
      {"accept": [
        {"check": "duplicate-box", "record": "wider/val/a", "face": 3, "reason": "two people"},
        {"check": "duplicate-box", "record": "wider/*/b?", "reason": "twins"},
        {"check": "duplicate-box", "file": "c*.mat", "reason": "posters"},
        {"check": "degenerate-box", "reason": "of the benchmark"}
      ]}
      """#
    var selection = CheckSelection(acceptance: AcceptedFindings(try settings(text).accepted))
    let cases = try [
      (finding("wider/val/a", face: 3), true), (finding("wider/val/a", face: 2), false),
      (finding("wider/train/x/b7"), true), (finding("wider/val/b77"), false),
    ]
    for (finding, isAccepted) in cases { #expect(selection.accepts(finding) == isAccepted) }
    #expect(selection.acceptance.unused.map(\.number) == [3, 4])
  }

  @Test("thresholds are overridden by name")
  func thresholds() throws {
    let read = try settings(
      #"{"thresholds": {"duplicate-overlap": 0.95}, "ignore": ["yaw-balance"]}"#)
    #expect(read.thresholds.duplicateOverlap == 0.95)
    #expect(read.thresholds.poseScale == CheckThresholds().poseScale)
    #expect(read.ignored == ["yaw-balance"])
  }

  @Test(
    "what the settings must not say is refused with its place",
    arguments: [
      ("[]", "settings: expected an object, found an array"),
      (#"{"accepted": []}"#, "settings: expected accept, ignore or thresholds, found 'accepted'"),
      (
        #"{"ignore": ["duplicate-boxes"]}"#,
        "ignore: expected a check's id, found 'duplicate-boxes'; did you mean 'duplicate-box'?"
      ),
      (
        #"{"accept": [{"check": "duplicate-box"}]}"#,
        "accept[0].reason: expected why it is accepted, found nothing"
      ),
      (
        #"{"accept": [{"check": "duplicate-box", "faces": 1}]}"#,
        "accept[0]: expected check, record, file, face or reason, found 'faces'"
      ),
      (#"{"accept": [{"reason": "x"}]}"#, "accept[0].check: expected a check's id, found none"),
      (
        #"{"thresholds": {"duplicate-overlaps": 1}}"#,
        "thresholds: expected a threshold's name, found 'duplicate-overlaps'; did you mean 'duplicate-overlap'?"
      ),
      (
        #"{"thresholds": {"pose-scale": "2"}}"#,
        "thresholds.pose-scale: expected a number of at least 0, found \"2\""
      ),
    ])
  func refusals(text: String, message: String) throws {
    let error = #expect(throws: CheckSettings.ParsingError.self) { _ = try settings(text) }
    #expect(error?.description == message)
  }

  @Test("every limit has a name for settings")
  func names() {
    let count = Mirror(reflecting: CheckThresholds()).children.count
    #expect(CheckThresholds.named.count == count)
    #expect(Set(CheckThresholds.named.map(\.path)).count == count)
  }
}
