internal import Checks
internal import Codecs
internal import Schema

/// A consumer that makes a file of what it is given.
protocol CheckOutput: CheckConsumer {
  func finish(_ summary: CheckSummary) throws
}

/// Writes findings to a file as they come.
final class FindingFile: CheckOutput {
  private let file: OutputFile
  private var stream: any FindingStream

  init(_ file: OutputFile, _ stream: any FindingStream) throws {
    self.file = file
    self.stream = stream
    try file.write(self.stream.start())
  }

  func take(_ image: CheckedImage, _ findings: [SelectedFinding]) throws {
    for found in findings { try take(found, of: image.record) }
  }

  func take(_ found: SelectedFinding, of record: ImageRecord?) throws {
    try file.write(stream.add(found.finding, isAccepted: found.isAccepted))
  }

  func finish(_ summary: CheckSummary) throws {
    try file.write(stream.finish(summary))
    try file.finish()
  }
}
