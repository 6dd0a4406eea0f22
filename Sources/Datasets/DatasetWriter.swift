public import Codecs
public import Schema

/// Writes records in a dataset's native form, below one folder.
public protocol DatasetWriter {
  /// What of a record the form cannot hold, each in a few words as "poses' translation"; empty where it
  /// holds all. The caller asks before it writes, and goes on only where the user allows the loss.
  func losses(of record: ImageRecord) -> [String]

  /// Writes one image's annotations, and its image file where one is given.
  mutating func write(_ record: ImageRecord, image: StoredImage?) throws

  /// Writes what comes last, such as lists.
  mutating func finish() throws
}
