internal import Codecs
internal import Foundation

/// A file that appears under its name when it is whole; until then it is `NAME.partial`. '-' is standard
/// output, which is written at once.
final class PartialFile {
  private let path: String
  private let file: OutputFile

  /// - Throws: `FileError` where the file cannot be made.
  init(path: String) throws {
    self.path = path
    file = try OutputFile(path: path == "-" ? path : path + ".partial")
  }

  func write(_ bytes: some Collection<UInt8>) throws { try file.write(bytes) }

  /// Gives the file its name.
  func finish() throws {
    try file.finish()
    guard path != "-" else { return }
    guard rename(path + ".partial", path) == 0 else {
      throw Failure("\(path): rename: \(String(cString: strerror(errno)))")
    }
  }

  /// Writes a whole file.
  static func write(_ bytes: some Collection<UInt8>, to path: String) throws {
    let file = try PartialFile(path: path)
    try file.write(bytes)
    try file.finish()
  }

  /// Removes what was written.
  func discard() {
    if path != "-" { try? FileManager.default.removeItem(atPath: path + ".partial") }
  }
}
