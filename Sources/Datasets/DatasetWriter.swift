public import Codecs
public import Schema

/// Writes records in a dataset's native form, below one folder.
public protocol DatasetWriter {
  /// What of a record the form cannot hold, each in a few words as "poses' translation"; empty where it
  /// holds all. The caller asks before it writes, and goes on only where the user allows the loss.
  func losses(of record: ImageRecord) -> [String]

  /// The file that is this record's alone, relative to the folder; nil where there is none. Of two records with one
  /// file the second is not to be written.
  func fileName(of record: ImageRecord) -> String?

  /// Writes one image's annotations, and its image file where one is given.
  ///
  /// - Returns: what of the record is there now. Something missing was among the losses, or is what the form itself
  ///   means to be left out.
  @discardableResult
  mutating func write(_ record: ImageRecord, image: StoredImage?) throws -> WrittenRecord

  /// Writes what comes last, such as lists.
  mutating func finish() throws
}

extension DatasetWriter {
  public func fileName(of record: ImageRecord) -> String? { nil }
}

/// What a form took of a record.
public struct WrittenRecord: Sendable, Equatable {
  /// Whether the image is in the output.
  public var isWritten = true
  public var faces: Int
  /// Why the image is not, or for each face that is not: in the plural, as "faces beyond an image's first".
  public var leftOut: [String] = []

  /// The whole record.
  static func all(of record: ImageRecord) -> Self { Self(faces: record.faces.count) }

  /// One face, of a form that holds no more.
  static func oneFace(of record: ImageRecord) -> Self {
    Self(
      faces: 1,
      leftOut: Array(
        repeating: "faces beyond one an image", count: max(record.faces.count - 1, 0)))
  }

  /// Nothing of the record.
  static func nothing(_ reason: String) -> Self {
    Self(isWritten: false, faces: 0, leftOut: [reason])
  }
}
