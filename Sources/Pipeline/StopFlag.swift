internal import Foundation
internal import Synchronization

/// Set once when the user asks to stop (SIGINT, SIGTERM, SIGHUP); looked at between items.
public final class StopFlag: Sendable {
  /// The signal that raised it; 0 as long as it is not raised, -1 where no signal did.
  private let raised = Atomic<Int32>(0)

  public init() {}

  public var isRaised: Bool { raised.load(ordering: .acquiring) != 0 }

  /// - Parameter signal: what asked for it; nil where no signal did.
  public func raise(_ signal: Int32? = nil) {
    raised.store(signal ?? -1, ordering: .releasing)
  }

  /// - Throws: `Interruption` once the flag is raised.
  public func check() throws {
    let signal = raised.load(ordering: .acquiring)
    if signal != 0 { throw Interruption(signal: signal > 0 ? signal : nil) }
  }

  /// Raises the flag on SIGINT, SIGTERM and SIGHUP from now on, but for those that whoever started the process
  /// has it ignore, as `nohup` and shells do for what runs behind.
  ///
  /// One thread waits for the signals, so nothing runs in a signal handler. The run ends by itself
  /// where it looks at the flag; where it is held up (a sync of a slow disk) for longer than
  /// `graceSeconds`, `lastWords` is called on that thread and the process ends with the exit code that it
  /// gives. Unfinished output has temporary names only, so ending there is safe.
  public func raiseOnSignals(
    graceSeconds: Double, lastWords: @escaping @Sendable (_ signal: Int32) -> Int32
  ) {
    var signals = sigset_t()
    sigemptyset(&signals)
    let heeded = [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }
    guard !heeded.isEmpty else { return }
    for number in heeded { sigaddset(&signals, number) }
    // Threads started from here on inherit the mask.
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    // Those that a library started before, as OpenBLAS does when it is loaded, do not have it. One that
    // is handed a signal passes it on to the next that can take it, and that is at last the waiting one.
    for number in heeded { signal(number) { _ = kill(getpid(), $0) } }
    Thread { [self, signals] in
      var set = signals
      var received: Int32 = 0
      sigwait(&set, &received)
      raise(received)
      Thread.sleep(forTimeInterval: graceSeconds)
      _exit(lastWords(received))
    }.start()
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return action.__sigaction_handler.sa_handler.map {
      unsafeBitCast($0, to: Int.self) == 1
    } ?? false
  }
}

/// The user asked to stop.
public struct Interruption: Error {
  /// What asked for it; nil where no signal did.
  public let signal: Int32?

  public init(signal: Int32? = nil) { self.signal = signal }
}
