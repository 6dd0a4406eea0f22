import Dispatch
import Foundation
import TestSupport

/// The built program, found beside the tests.
enum Program {
  static let path: String = {
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("sixdof").path
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let built = root.appendingPathComponent(".build/debug/sixdof").path
    return [beside, built].first { FileManager.default.isExecutableFile(atPath: $0) } ?? built
  }()

  /// How a run ended and what it said.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Runs to the end.
  static func run(
    _ arguments: [String], input: String? = nil, in folder: String? = nil
  ) throws -> Outcome {
    let run = try Run(path, arguments, in: folder, input: input)
    return run.wait()
  }

  /// Runs another program of the system, which must succeed.
  static func system(_ path: String, _ arguments: [String], in folder: String) throws {
    let outcome = try Run(path, arguments, in: folder, input: nil).wait()
    if outcome.status != 0 { throw SystemFailure(path: path, errors: outcome.errors) }
  }

  struct SystemFailure: Error {
    var path: String
    var errors: String
  }
}

/// A program under way.
final class Run {
  private let process = Process()
  private let end = DispatchSemaphore(value: 0)
  private let output = Pipe()
  private let errors: FileHandle
  private let errorsPath: String
  private let outputPath: String
  private let outputs: FileHandle
  private let feed = Pipe()

  /// - Parameter input: what it reads; with nil, an empty input, unless `holdsInput` is set.
  init(
    _ path: String = Program.path, _ arguments: [String], in folder: String? = nil,
    input: String? = nil, holdsInput: Bool = false
  ) throws {
    // Files and not pipes: nothing that the program says can block it.
    let base = NSTemporaryDirectory() + "/sixdof-run-" + UUID().uuidString
    (errorsPath, outputPath) = (base + ".err", base + ".out")
    for file in [errorsPath, outputPath] {
      _ = FileManager.default.createFile(atPath: file, contents: nil)
    }
    errors = try FileHandle(forWritingTo: URL(fileURLWithPath: errorsPath))
    outputs = try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath))
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardError = errors
    process.standardOutput = outputs
    process.standardInput = feed
    let end = end
    process.terminationHandler = { _ in end.signal() }
    try process.run()
    if holdsInput { return }
    if let input { try feed.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try feed.fileHandleForWriting.close()
  }

  deinit {
    for path in [errorsPath, outputPath] { try? FileManager.default.removeItem(atPath: path) }
  }

  var identifier: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// Ends the input of a run whose input is held open.
  func endInput() { try? feed.fileHandleForWriting.close() }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end; a run that a signal ended has the status of a shell, 128 + signal.
  func wait() -> Program.Outcome {
    end.wait()
    let status = process.terminationStatus
    return Program.Outcome(
      status: process.terminationReason == .exit ? status : 128 + status,
      output: text(outputPath), errors: text(errorsPath))
  }

  /// Waits until `condition` holds or the program ended; false after a minute or at its end.
  func waits(for condition: () -> Bool) -> Bool {
    let deadline = Date().addingTimeInterval(60)
    while Date() < deadline {
      if condition() { return true }
      if !process.isRunning { return condition() }
      usleep(2000)
    }
    return false
  }

  private func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
