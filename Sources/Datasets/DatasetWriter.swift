public import Codecs
public import Schema

/// Writes records in a dataset's native form, below one folder.
///
/// What it says of a record depends on the record and its own settings alone, and may be asked for on any thread.
public protocol DatasetWriter {
  /// What the form cannot hold of a record, each in a few words such as "poses' translation"; empty where it
  /// holds all. The caller asks before it writes, and goes on only where the user allows the loss.
  func losses(of record: ImageRecord) -> [String]

  /// The file that belongs to this record alone, relative to the folder; nil where there is none. If two records
  /// have the same file, the second must not be written.
  func fileName(of record: ImageRecord) -> String?

  /// Writes one image's annotations, and its image file where one is given.
  ///
  /// - Returns: what of the record was written. Anything missing is among the losses, or is left out by the
  ///   form's own rules.
  @discardableResult
  mutating func write(_ record: ImageRecord, image: StoredImage?) throws -> WrittenRecord

  /// Writes what can only be written at the end, such as lists.
  mutating func finish() throws

  /// What is to be known of what was written, each in a sentence without its full stop: which files there are,
  /// what its reader will leave out, replace or spoil, and why. Asked for after `finish`.
  var notes: [String] { get }
}

extension DatasetWriter {
  /// Nil: by default a record has no file of its own.
  public func fileName(of record: ImageRecord) -> String? { nil }

  /// None by default.
  public var notes: [String] { [] }
}

/// A form whose samples take work that any thread can do, such as cropping and encoding images.
public protocol EncodingDatasetWriter: DatasetWriter, SendableMetatype {
  /// What encodes records on a thread.
  associatedtype Encoder: RecordEncoder
  /// Makes the encoder that one thread keeps.
  var makeEncoder: @Sendable () throws -> Encoder { get }
  /// Writes what an encoder made of one record. Samples come in the records' order, whatever the number of threads.
  mutating func write(_ sample: Encoder.Sample) throws -> WrittenRecord
}

/// Makes of a record and its image what a writer writes. It may hold buffers, so each thread has its own.
public protocol RecordEncoder: SendableMetatype {
  /// What the writer takes of one record.
  associatedtype Sample: Sendable
  /// - Throws: `RejectedRecord` where this one cannot be written; any other error ends the run.
  mutating func encode(_ record: ImageRecord, image: StoredImage?) throws -> Sample
}

extension EncodingDatasetWriter {
  @discardableResult
  public mutating func write(_ record: ImageRecord, image: StoredImage?) throws -> WrittenRecord {
    var encoder = try makeEncoder()
    return try write(encoder.encode(record, image: image))
  }
}

/// The error for a record that a form cannot take because of what is in its files, thrown by an encoder, or by a
/// writer that has written nothing of it.
public struct RejectedRecord: Error, CustomStringConvertible {
  /// What is wrong, and where.
  public let issue: RecordIssue

  /// For the issue that the record is left out for.
  public init(_ issue: RecordIssue) { self.issue = issue }

  public var description: String { "\(issue)" }
}

/// How much of a record a form took.
public struct WrittenRecord: Sendable, Equatable {
  /// Whether the image is in the output.
  public var isWritten = true
  /// How many of the record's faces are in the output.
  public var faces: Int
  /// Why the image is left out, or the reason for each face that is: in the plural, such as
  /// "faces beyond an image's first".
  public var leftOut: [String] = []

  /// The whole record.
  static func all(of record: ImageRecord) -> Self { Self(faces: record.faces.count) }

  /// One face, for a form that holds no more.
  static func oneFace(of record: ImageRecord) -> Self { oneFace(besides: record.faces.count - 1) }

  /// One face of several.
  ///
  /// - Parameter others: how many more the image has.
  static func oneFace(besides others: Int) -> Self {
    Self(
      faces: 1, leftOut: Array(repeating: "faces beyond one an image", count: max(others, 0)))
  }

  /// Nothing of the record.
  static func nothing(_ reason: String) -> Self {
    Self(isWritten: false, faces: 0, leftOut: [reason])
  }
}
