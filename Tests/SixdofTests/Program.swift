import Foundation
import TestSupport

/// The built program: what `SIXDOF` in the environment names, or the one beside the tests.
enum Program {
  static let path: String = {
    if let named = ProcessInfo.processInfo.environment["SIXDOF"] {
      return URL(fileURLWithPath: named).path
    }
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
///
/// It is spawned by the system's own call: Foundation's `Process`, run by many tests at once, was seen to crash.
final class Run: @unchecked Sendable {
  let identifier: pid_t
  private let lock = NSLock()
  /// Its status once it has ended; guarded by `lock`.
  private var ended: Int32?
  private let errorsPath: String
  private let outputPath: String
  private let inputPath: String
  /// Where its input is written; -1 once it is closed.
  private var feed: Int32

  struct CannotStart: Error {
    var path: String
    var reason: String
  }

  /// - Parameter input: what it reads; with nil, an empty input, unless `holdsInput` is set.
  init(
    _ path: String = Program.path, _ arguments: [String], in folder: String? = nil,
    input: String? = nil, holdsInput: Bool = false
  ) throws {
    // Files and not pipes: nothing that the program says can block it.
    let base = NSTemporaryDirectory() + "/sixdof-run-" + UUID().uuidString
    (errorsPath, outputPath) = (base + ".err", base + ".out")
    inputPath = base + ".in"
    if holdsInput {
      // Opened for both, or opening it would wait for the other end; and closed in other tests' programs.
      mkfifo(inputPath, 0o600)
      feed = open(inputPath, O_RDWR | O_CLOEXEC)
    } else {
      feed = -1
      try Data((input ?? "").utf8).write(to: URL(fileURLWithPath: inputPath))
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
    for (descriptor, file) in [(Int32(1), outputPath), (2, errorsPath)] {
      posix_spawn_file_actions_addopen(
        &actions, descriptor, file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    // Signals as a shell gives them, whatever the tests' own process ignores.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
    // `env` changes the folder and then becomes the program.
    let call = (folder.map { ["/usr/bin/env", "-C", $0] } ?? []) + [path] + arguments
    var words: [UnsafeMutablePointer<CChar>?] = call.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var identifier: pid_t = 0
    let status = posix_spawn(&identifier, call[0], &actions, &attributes, words, environ)
    guard status == 0 else {
      throw CannotStart(path: path, reason: String(cString: strerror(status)))
    }
    self.identifier = identifier
  }

  deinit {
    endInput()
    for path in [inputPath, errorsPath, outputPath] { unlink(path) }
  }

  var isRunning: Bool { status(waits: false) == nil }

  /// Writes to an input that is held open; a program that does not read it is no error.
  func send(text: String) {
    signal(SIGPIPE, SIG_IGN)
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(feed, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Ends the input of a run whose input is held open.
  func endInput() {
    if feed >= 0 { close(feed) }
    feed = -1
  }

  func send(_ signal: Int32) { kill(identifier, signal) }

  /// Waits for the end; a run that a signal ended has the status of a shell, 128 + signal.
  func wait() -> Program.Outcome {
    let status = status(waits: true) ?? -1
    let signal = status & 0x7F
    return Program.Outcome(
      status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: text(outputPath),
      errors: text(errorsPath))
  }

  /// As `waitpid` gives it; nil as long as it runs.
  private func status(waits: Bool) -> Int32? {
    lock.withLock {
      if let ended { return ended }
      var status: Int32 = 0
      while true {
        let found = waitpid(identifier, &status, waits ? 0 : WNOHANG)
        if found == identifier { break }
        guard found < 0, errno == EINTR else { return nil }
      }
      ended = status
      return status
    }
  }

  /// Waits until `condition` holds or the program ended; false after a minute or at its end.
  func waits(for condition: () -> Bool) -> Bool {
    let deadline = Date().addingTimeInterval(60)
    while Date() < deadline {
      if condition() { return true }
      if !isRunning { return condition() }
      usleep(2000)
    }
    return false
  }

  private func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
