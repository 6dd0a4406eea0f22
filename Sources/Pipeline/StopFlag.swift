internal import Foundation
internal import Synchronization

/// Set once when the user asks to stop (SIGINT, SIGTERM); looked at between items.
public final class StopFlag: Sendable {
  private let isSet = Atomic<Bool>(false)

  public init() {}

  public var isRaised: Bool { isSet.load(ordering: .acquiring) }

  public func raise() { isSet.store(true, ordering: .releasing) }

  /// - Throws: `Interruption` once the flag is raised.
  public func check() throws {
    if isRaised { throw Interruption() }
  }

  /// Raises the flag on SIGINT and SIGTERM from now on.
  ///
  /// One thread waits for the signals, so nothing runs in a signal handler. The run ends by itself
  /// where it looks at the flag; where it is held up (a sync of a slow disk) for longer than
  /// `graceSeconds`, `lastWords` is called on that thread and the process ends with `exitCode`.
  /// Unfinished output has temporary names only, so ending there is safe.
  public func raiseOnSignals(
    graceSeconds: Double, exitCode: Int32, lastWords: @escaping @Sendable () -> Void
  ) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    // Threads started from here on inherit the mask.
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    // Those that a library started before, as OpenBLAS does when it is loaded, do not have it. One that
    // is handed a signal passes it on to the next that can take it, and that is at last the waiting one.
    for number in [SIGINT, SIGTERM] { signal(number) { _ = kill(getpid(), $0) } }
    Thread { [self, signals] in
      var set = signals
      var received: Int32 = 0
      sigwait(&set, &received)
      raise()
      Thread.sleep(forTimeInterval: graceSeconds)
      lastWords()
      _exit(exitCode)
    }.start()
  }
}

/// The user asked to stop.
public struct Interruption: Error {
  public init() {}
}
