internal import Codecs
internal import FoundationEssentials
internal import Schema

/// An input file as the manifest names it.
struct InputDigest {
  var file: String
  var bytes: Int
  var sha256: String

  /// Reads a file whole; `-` is what standard input held.
  init(file path: String) throws {
    let contents = try MappedFile(path: path)
    self.init(
      file: URL(fileURLWithPath: path).lastPathComponent, bytes: contents.count,
      sha256: contents.withBytes(Codecs.sha256(of:)))
  }

  init(file: String, bytes: Int, sha256: String) {
    (self.file, self.bytes, self.sha256) = (file, bytes, sha256)
  }

  var json: JSONValue {
    .object([("file", .text(file)), ("bytes", .integer(bytes)), ("sha256", .text(sha256))])
  }
}
