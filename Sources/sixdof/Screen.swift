internal import Codecs
internal import Glibc
internal import Schema
internal import Synchronization

/// One line on standard error, or several of which each is a line.
///
/// What cannot be written there, on a full disk or to a reader that went, is lost and changes nothing else.
///
/// Where programs read it, each is a JSON object.
func say(_ text: String) {
  let isForPrograms = Invocation.current.isForPrograms
  let lines =
    isForPrograms
    ? line {
      $0.key("event")
      $0.value("message")
      $0.key("text")
      $0.value(text)
    }
    : SeverityColours.ofErrors.coloured(text.printableLines)
  write(lines + "\n")
}

private func write(_ text: String) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return }
    bytes = bytes.dropFirst(count)
  }
}

/// How a run ended, for programs: the exit code, and a word for the reason.
func sayEnd(_ code: Int32, _ reason: String) {
  guard Invocation.current.isForPrograms else { return }
  write(
    line {
      $0.key("event")
      $0.value("end")
      $0.key("exit")
      $0.value(Int(code))
      $0.key("reason")
      $0.value(reason)
    } + "\n")
}

private func line(_ body: (inout JSONWriter) -> Void) -> String {
  var json = JSONWriter()
  json.object(body)
  return (try? String(decoding: json.bytes, as: UTF8.self)) ?? ""
}

/// What is printed, buffered: it is there once the command has ended, or a line at a time on a terminal.
struct StandardOutput {
  static let shared = Mutex(StandardOutput())

  private var bytes: [UInt8] = []
  private var error: FileError?
  private let isTerminal = isatty(1) == 1

  mutating func write(_ text: String) {
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

  /// - Throws: `FileError` where something that was printed could not be written.
  mutating func finish() throws {
    if !bytes.isEmpty { flush() }
    if let error { throw error }
  }
}

/// Makes the process's descriptors what the rest of the program takes them for.
enum StandardStreams {
  /// Opens those of 0 to 2 that are closed, or the next file to be opened would take their place and be
  /// written to. Standard output is opened for reading, so that what is meant for it is an error and not lost.
  static func prepare() {
    for (descriptor, mode) in [(Int32(0), O_RDONLY), (1, O_RDONLY), (2, O_WRONLY)]
    where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is given, which is this one.
      _ = open("/dev/null", mode)
    }
    // A reader that went away is then an error of the write, which is known and told.
    signal(SIGPIPE, SIG_IGN)
  }
}
