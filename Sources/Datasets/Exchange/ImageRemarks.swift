public import Codecs
public import Schema

/// What is said of an image and its faces beside their annotations, such as the codes of what a check found.
public struct ImageRemarks: Sendable, Equatable {
  /// Of the image as a whole, in short words.
  public var image: [String] = []
  /// Of faces, by their places in the record.
  public var faces: [Int: [String]] = [:]

  /// None.
  public init() {}

  /// Adds a word, unless it was said already.
  ///
  /// - Parameters:
  ///   - word: what the annotation tool shows.
  ///   - face: its place in the record; nil for the image as a whole.
  public mutating func add(_ word: String, face: Int?) {
    if let face {
      if !faces[face, default: []].contains(word) { faces[face, default: []].append(word) }
    } else if !image.contains(word) {
      image.append(word)
    }
  }

  /// Those of a face.
  func of(_ face: Int) -> [String] { faces[face] ?? [] }
}

/// A form that can carry words on images and faces to the people who work on its annotations.
public protocol RemarkingWriter: DatasetWriter {
  /// Writes one image's annotations with what is said of them.
  ///
  /// - Returns: as `write(_:image:)`.
  @discardableResult
  mutating func write(
    _ record: ImageRecord, image: StoredImage?, remarks: ImageRemarks
  ) throws -> WrittenRecord
}

extension RemarkingWriter {
  @discardableResult
  public mutating func write(_ record: ImageRecord, image: StoredImage?) throws -> WrittenRecord {
    try write(record, image: image, remarks: ImageRemarks())
  }
}
