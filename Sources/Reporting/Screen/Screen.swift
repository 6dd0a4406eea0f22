internal import Codecs
internal import Glibc
internal import Schema
public import Synchronization

/// Standard error, where a run says what it does: a line at a time, or a JSON object where programs read it.
public struct Screen: Sendable {
  /// Whether each line is a JSON object.
  public let isForPrograms: Bool

  /// For people, or for programs.
  public init(isForPrograms: Bool) { self.isForPrograms = isForPrograms }

  /// Says one line, or several of which each is a line.
  ///
  /// What cannot be written there, on a full disk or to a reader that went, is lost and changes nothing else.
  public func say(_ text: String) {
    let lines =
      isForPrograms
      ? Self.line([("event", .text("message")), ("text", .text(text))])
      : SeverityColours.ofErrors.coloured(text.printableLines)
    Self.write(lines + "\n")
  }

  /// Says how a run ended, where programs read it: the exit code, and a word for the reason.
  public func sayEnd(_ code: Int32, _ reason: String) {
    guard isForPrograms else { return }
    Self.write(
      Self.line([
        ("event", .text("end")), ("exit", .integer(Int(code))), ("reason", .text(reason)),
      ]) + "\n")
  }

  private static func line(_ members: [(key: String, value: JSONValue)]) -> String {
    (try? JSONValue.object(members).compactText) ?? ""
  }

  private static func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}

/// What is printed, buffered: it is there once the command has ended, or a line at a time on a terminal.
public struct StandardOutput: Sendable {
  /// The process's.
  public static let shared = Mutex(StandardOutput())

  private var bytes: [UInt8] = []
  private var error: FileError?
  private let isTerminal = isatty(1) == 1

  /// Takes text, which may be written later.
  public mutating func write(_ text: String) {
    bytes.append(contentsOf: SeverityColours.ofOutput.coloured(text).utf8)
    if isTerminal || bytes.count > 1 << 16 { flush() }
  }

  private mutating func flush() {
    guard error == nil else { return bytes.removeAll() }
    do {
      let file = try OutputFile(path: "-")
      try file.write(bytes)
      try file.flush()
    } catch {
      self.error = error as? FileError
    }
    bytes.removeAll(keepingCapacity: true)
  }

  /// Writes what was taken.
  ///
  /// - Throws: `FileError` where something that was printed could not be written.
  public mutating func finish() throws {
    if !bytes.isEmpty { flush() }
    if let error { throw error }
  }
}

/// Makes the process's descriptors what the rest of the program takes them for.
public enum StandardStreams {
  /// Opens those of 0 to 2 that are closed, or the next file to be opened would take their place and be
  /// written to. Standard output is opened for reading, so that what is meant for it is an error and not lost.
  public static func prepare() {
    for (descriptor, mode) in [(Int32(0), O_RDONLY), (1, O_RDONLY), (2, O_WRONLY)]
    where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is given, which is this one.
      _ = open("/dev/null", mode)
    }
    // A reader that went away is then an error of the write, which is known and told.
    signal(SIGPIPE, SIG_IGN)
    // So is a file that has reached the limit of 'ulimit -f', at which the system would end the process.
    signal(SIGXFSZ, SIG_IGN)
  }
}
