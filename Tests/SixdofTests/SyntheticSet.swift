import Foundation
import TestSupport
import Testing

/// A folder with a synthetic dataset, in which a test runs the program.
struct SyntheticSet {
  let folder: String

  var images: String { folder + "/images" }
  var label: String { folder + "/retinaface/train/label.txt" }

  /// Makes a dataset, gives it to `body` and removes it.
  static func with<Result>(
    count: Int = 12, options: [String] = ["--size", "160x120"],
    _ body: (SyntheticSet) throws -> Result
  ) throws -> Result {
    try withTemporaryDirectory { folder in
      let made = try Program.run(
        ["synth", "wider-face", "--count", "\(count)", "--output", folder, "--progress", "none"]
          + options)
      #expect(made.status == 0, "\(made.errors)")
      return try body(SyntheticSet(folder: folder))
    }
  }

  /// Builds to `name` in the folder.
  func build(_ name: String, _ options: [String] = []) throws -> Program.Outcome {
    try Program.run(buildArguments(name, options))
  }

  func buildArguments(_ name: String, _ options: [String] = []) -> [String] {
    var arguments = ["build", "wider-face", "--output", "\(folder)/\(name)", "--progress", "none"]
    if !options.contains("--images") { arguments += ["--images", images] }
    if !options.contains("--annotations") { arguments += ["--annotations", label] }
    return arguments + options
  }

  /// The files of the folder whose names begin so, with their bytes, by what follows.
  func outputs(_ name: String) throws -> [String: Data] {
    let url = URL(fileURLWithPath: "\(folder)/\(name)")
    let parent = url.deletingLastPathComponent().path
    var result: [String: Data] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: parent)
    where file.hasPrefix(url.lastPathComponent) {
      let suffix = String(file.dropFirst(url.lastPathComponent.count))
      result[suffix] = FileManager.default.contents(atPath: "\(parent)/\(file)") ?? Data()
    }
    return result
  }

  /// One of them.
  func output(_ name: String, _ suffix: String) throws -> Data? { try outputs(name)[suffix] }

  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// Changes `label.txt`.
  func editLabel(_ change: (inout [String]) -> Void) throws {
    var lines = try text("retinaface/train/label.txt").components(separatedBy: "\n")
    change(&lines)
    try write(lines.joined(separator: "\n"), to: label)
  }
}

/// Whether a program of the system is there.
func hasProgram(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }
