internal import Glibc
internal import Synchronization

/// A flag that is raised when the user asks to stop (SIGINT, SIGTERM, SIGHUP). Runs check it between items.
public final class StopFlag: Sendable {
  /// The signal that raised it. It is 0 while the flag is not raised, and -1 where it was raised without a
  /// signal.
  private let raised = Atomic<Int32>(0)

  /// A flag that is not raised.
  public init() {}

  /// Whether somebody has asked to stop. It never becomes false again.
  public var isRaised: Bool { raised.load(ordering: .acquiring) != 0 }

  /// Raises the flag.
  ///
  /// - Parameter signal: the signal that asked for it; nil where there was none.
  public func raise(_ signal: Int32? = nil) {
    raised.store(signal ?? -1, ordering: .releasing)
  }

  /// Ends the caller's work once the flag is raised.
  ///
  /// - Throws: `Interruption` where the flag is raised.
  public func check() throws {
    let signal = raised.load(ordering: .acquiring)
    if signal != 0 { throw Interruption(signal: signal > 0 ? signal : nil) }
  }

  /// From now on raises the flag on SIGINT, SIGTERM and SIGHUP. Signals that the process was started to ignore
  /// stay ignored, as `nohup` and shells arrange it for background processes.
  ///
  /// One thread waits for the signals, so no work is done in a signal handler. The run ends by itself where it
  /// checks the flag. If that takes longer than `graceSeconds`, as with a sync of a slow disk, `lastWords` is
  /// called on that thread, and the process ends with the exit code that it returns. Unfinished output has only
  /// temporary names, so ending there is safe.
  ///
  /// - Parameters:
  ///   - graceSeconds: how long the run may take to end, from the first signal on.
  ///   - lastWords: gets the signal, and returns the exit code.
  public func raiseOnSignals(
    graceSeconds: Double, lastWords: @escaping @Sendable (_ signal: Int32) -> Int32
  ) {
    var signals = sigset_t()
    sigemptyset(&signals)
    let heeded = [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }
    guard !heeded.isEmpty else { return }
    for number in heeded { sigaddset(&signals, number) }
    // Threads that are started after this inherit the mask.
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    // Threads that a library started before do not have it; OpenBLAS starts some when it is loaded. Such a
    // thread, given a signal, sends it to the process again, until the waiting thread gets it.
    for number in heeded { signal(number) { _ = kill(getpid(), $0) } }
    _ = SystemThread { [self, signals] in
      var set = signals
      var received: Int32 = 0
      sigwait(&set, &received)
      raise(received)
      usleep(UInt32(graceSeconds * 1e6))
      _exit(lastWords(received))
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return action.__sigaction_handler.sa_handler.map {
      unsafeBitCast($0, to: Int.self) == 1
    } ?? false
  }
}

/// Thrown where a run ends because the user asked to stop.
public struct Interruption: Error {
  /// The signal that asked for it; nil where there was none.
  public let signal: Int32?

  /// From a signal, or without one.
  public init(signal: Int32? = nil) { self.signal = signal }
}
