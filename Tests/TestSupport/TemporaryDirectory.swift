internal import Foundation

/// Runs `body` with the path of a fresh folder, which is removed afterwards.
public func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("sixdof-tests-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// The real samples beside the project, or nil where there are none; tests that need them skip by name.
public let sharedData: String? = {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let path =
    ProcessInfo.processInfo.environment["SIXDOF_SHARED"]
    ?? root.appendingPathComponent("shared").path
  return FileManager.default.fileExists(atPath: path + "/data") ? path + "/data" : nil
}()

/// Writes a text file, making its folder.
public func write(_ text: String, to path: String) throws {
  let url = URL(fileURLWithPath: path)
  try FileManager.default.createDirectory(
    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(text.utf8).write(to: url)
}
