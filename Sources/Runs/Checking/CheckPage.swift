internal import Checks
internal import Codecs
internal import Reporting
internal import Schema

/// Collects the page of `check --report` and writes it when all is known.
final class CheckPage: CheckOutput {
  private let file: OutputFile
  private let pictures: FacePictures
  private var builder: CheckReportBuilder

  /// - Parameter checks: those that run.
  init(
    _ file: OutputFile, title: String, facts: [CheckReport.Fact], checks: [Schema.Check],
    pictures: FacePictures
  ) {
    self.file = file
    self.pictures = pictures
    builder = CheckReportBuilder(title: title, facts: facts, checks: checks)
  }

  func take(_ image: CheckedImage, _ findings: [SelectedFinding]) {
    let told = told(findings)
    guard let record = image.record else {
      for finding in told { builder.add(finding) }
      return
    }
    let pictures = pictures
    builder.add(record, findings: told) {
      pictures.picture(ofFace: $1, of: $0, held: image.held)
    }
  }

  func take(_ finding: SelectedFinding, of record: ImageRecord?) {
    let pictures = pictures
    for finding in told([finding]) {
      builder.add(finding, of: record) { pictures.picture(ofFace: $1, of: $0, held: nil) }
    }
  }

  func finish(_ summary: CheckSummary) throws {
    try file.write(builder.finish().html().utf8)
    try file.finish()
  }

  /// Findings that are not accepted; the others are counted.
  private func told(_ findings: [SelectedFinding]) -> [Finding] {
    let told = findings.filter { !$0.isAccepted }.map(\.finding)
    builder.acceptedCount += findings.count - told.count
    return told
  }
}
