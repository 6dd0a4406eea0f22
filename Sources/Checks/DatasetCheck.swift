public import Schema

/// A check that needs many records. Records come in the input's order, on one thread.
public protocol DatasetCheck {
  /// Looks at the next record.
  ///
  /// - Parameters:
  ///   - record: the records come in the order of the inputs.
  ///   - input: the index of the input that the record is from, from 0.
  ///   - image: what was seen of the image's file; nil where it was not opened.
  /// - Throws: `FileError` where a temporary file of the check cannot be written.
  mutating func add(_ record: ImageRecord, input: Int, image: ImageSummary?) throws

  /// Gives the findings on the whole dataset to `body`, after the last record. Findings that name a record are in the
  /// input's order.
  ///
  /// - Throws: `FileError` where a temporary file of the check cannot be read; what `body` throws.
  mutating func finish(_ body: (DatasetFinding) throws -> Void) throws
}

/// A check whose parts, each of which has seen some of the records, add up to what has seen all of them.
public protocol PartedCheck: DatasetCheck {
  /// What a part has seen.
  var state: JSONValue { get }
  /// Adds what the next part has seen.
  ///
  /// - Returns: whether it is what `state` gives; if not, the check is as it was.
  mutating func merge(_ state: JSONValue) -> Bool
}

/// A finding of a `DatasetCheck`, with the record that it names, if it names one.
public struct DatasetFinding: Sendable {
  /// What was found.
  public var finding: Finding
  /// The record that is at fault; nil where the finding is on the dataset.
  public var record: ImageRecord?

  /// A finding, with its record if there is one.
  public init(_ finding: Finding, record: ImageRecord? = nil) {
    (self.finding, self.record) = (finding, record)
  }
}

extension DatasetFinding {
  /// A finding on the dataset as a whole.
  init(_ check: Check, measure: Double? = nil, _ detail: String) {
    self.init(
      Finding(check, at: SourceLocation(file: "dataset"), measure: measure, detail))
  }
}
