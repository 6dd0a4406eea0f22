public import Schema

/// Looks for what only many records show. Records come in the input's order, on one thread.
public protocol DatasetCheck {
  /// - Parameter image: what was seen of the image's file; nil where none was opened.
  mutating func add(_ record: ImageRecord, image: ImageSummary?)

  /// What the whole dataset shows, after the last record; the record where one is meant, in the input's order.
  mutating func finish() -> [DatasetFinding]
}

/// A finding of a `DatasetCheck`, with the record that it names if it names one.
public struct DatasetFinding: Sendable {
  public var finding: Finding
  public var record: ImageRecord?

  public init(_ finding: Finding, record: ImageRecord? = nil) {
    (self.finding, self.record) = (finding, record)
  }
}

extension DatasetFinding {
  /// On the dataset as a whole.
  init(_ check: Check, measure: Double? = nil, _ detail: String) {
    self.init(
      Finding(check, at: SourceLocation(file: "dataset"), measure: measure, detail))
  }
}
