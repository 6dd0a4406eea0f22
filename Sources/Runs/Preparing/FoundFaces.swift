internal import Codecs
internal import Schema

/// The faces that a run has found, kept in its unfinished folder: to look for them takes a thousand times what
/// all else takes, so `--resume` searches no image again.
///
/// A line an image: two hashes of 16 hexadecimal digits and the record with its faces as JSON, before poses are
/// fitted to them. The first hash is that of the image's bytes and of the record as it was before the search; the
/// second is the JSON's. What was torn by a power cut, or found in an image that is another by now, is searched
/// for again.
struct FoundFaces {
  /// What an interrupted run found.
  let earlier: Earlier
  private let file: OutputFile

  /// - Parameter outputs: begun.
  /// - Throws: `FileError`.
  init(in outputs: OutputSet) throws {
    let path = outputs.scratchPath(".found")
    earlier = outputs.isResumed ? try Earlier(path: path) : Earlier()
    file = try OutputFile(path: path, keeping: earlier.length)
  }

  /// Keeps what was found in one image, whatever happens next.
  func add(_ line: [UInt8]) throws {
    guard !line.isEmpty else { return }
    try file.write(line)
    try file.flush()
  }

  /// Names an image and what was known of it before it was searched.
  static func key(of record: ImageRecord, image: UnsafeRawBufferPointer) throws -> UInt64 {
    var json = JSONWriter()
    record.write(to: &json)
    return try json.bytes.withUnsafeBytes { fastHash(of: $0, seed: fastHash(of: image)) }
  }

  /// The line of an image that was searched.
  static func line(of record: ImageRecord, key: UInt64) throws -> [UInt8] {
    var json = JSONWriter()
    record.write(to: &json)
    let bytes = try json.bytes
    let hash = bytes.withUnsafeBytes { fastHash(of: $0) }
    return Array("\(key.digits(16, radix: 16)) \(hash.digits(16, radix: 16)) ".utf8) + bytes
  }

  /// The whole lines of an interrupted run, by their keys. May be asked by any thread.
  final class Earlier: Sendable {
    private let file: MappedFile?
    private let places: [UInt64: Range<Int>]
    /// The bytes that hold whole lines.
    let length: Int

    fileprivate init() { (file, places, length) = (nil, [:], 0) }

    /// - Throws: `FileError` where there is such a file and it cannot be read.
    fileprivate convenience init(path: String) throws {
      do {
        self.init(of: try MappedFile(path: path, isWatched: false))
      } catch let error as FileError where error.isMissing {
        self.init()
      }
    }

    private init(of file: MappedFile) {
      var (places, start) = ([UInt64: Range<Int>](), 0)
      file.withBytes { bytes in
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
          if end - start > 34, let key = UInt64(hexadecimal: bytes[start..<start + 16]) {
            places[key] = start + 17..<end + 1
          }
          start = end + 1
        }
      }
      (self.file, self.places, length) = (file, places, start)
    }

    /// The record that was made of an image; nil where it was not searched, or its line is damaged.
    func record(_ key: UInt64) -> ImageRecord? {
      guard let file, let place = places[key] else { return nil }
      return file.withBytes { bytes in
        let json = UnsafeRawBufferPointer(
          rebasing: bytes[(place.lowerBound + 17)..<place.upperBound])
        guard UInt64(hexadecimal: bytes[place.prefix(16)]) == fastHash(of: json) else { return nil }
        return try? ImageRecord(json: UnsafeRawBufferPointer(rebasing: json.dropLast()))
      }
    }
  }
}

extension UInt64 {
  fileprivate init?(hexadecimal digits: some Collection<UInt8>) {
    self.init(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
