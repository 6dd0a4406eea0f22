/// Threads that work on inputs, and give their results back in the order of the inputs.
///
/// It belongs to one thread, which adds inputs, collects results and dismisses the crew at the end.
public final class OrderedCrew<Input: Sendable, Output: Sendable> {
  private let board: Board<Input, Output>
  private var threads: [SystemThread] = []
  private let window: Int
  private var added = 0
  private var collected = 0

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - workers: how many threads to start; at least 1.
  ///   - window: how many inputs may be under way; at least 1.
  ///   - makeContext: makes what a thread keeps for itself. It is called once on each thread, once there is an input for
  ///     it: for a single image, one thread alone compiles networks.
  ///   - transform: is called on the threads, one input at a time on each.
  /// - Throws: `NoThread` where not one can be started.
  public init<Context>(
    workers: Int, window: Int, makeContext: @escaping @Sendable () throws -> Context,
    transform: @escaping @Sendable (inout Context, Input) throws -> Output
  ) throws {
    precondition(workers > 0 && window > 0, "at least one worker and one place in the window")
    let board = Board<Input, Output>(window: window)
    (self.board, self.window) = (board, window)
    for _ in 0..<workers {
      let thread = SystemThread {
        do {
          var next = board.take()
          guard next != nil else { return }
          var context = try makeContext()
          while let job = next {
            board.post(Result { try transform(&context, job.input) }, at: job.index)
            next = board.take()
          }
        } catch {
          board.fail(error)
        }
      }
      // Fewer do the same work.
      guard let thread else { break }
      threads.append(thread)
    }
    guard !threads.isEmpty else { throw NoThread() }
  }

  deinit { dismiss() }

  /// How many inputs were added whose results were not collected.
  public var pending: Int { added - collected }

  /// Whether a result has to be collected before the next input is added.
  public var isFull: Bool { pending == window }

  /// Gives the threads another input; not while the crew is full, nor once it is dismissed.
  public func add(_ input: Input) {
    precondition(!isFull && !threads.isEmpty, "a place in the window, and a thread")
    board.add(input, at: added)
    added += 1
  }

  /// Waits for the result of the earliest input that is pending; there must be one.
  ///
  /// - Throws: what `transform` or `makeContext` threw. The crew is dismissed then, so that the earliest error is the
  ///   only one.
  public func collect() throws -> Output {
    do {
      defer { collected += 1 }
      return try board.collect(collected)
    } catch {
      dismiss()
      throw error
    }
  }

  /// Ends the threads, each after the input that it is at; nothing is pending after that.
  public func dismiss() {
    board.close()
    for thread in threads { thread.join() }
    threads.removeAll()
    collected = added
  }
}

/// Thrown where the system does not start a single thread.
public struct NoThread: Error, CustomStringConvertible {
  public var description: String {
    "expected a thread to work on, found none; the system's limit of processes (ulimit -u) is reached"
  }
}

/// What the threads share: two rings of `window` places, one for inputs and one for results, each with its own
/// condition.
private final class Board<Input: Sendable, Output: Sendable>: @unchecked Sendable {
  private let inputs = Condition()
  private let outputs = Condition()
  private var jobs: [Input?]
  private var results: [Result<Output, any Error>?]
  private var added = 0
  private var taken = 0
  private var isClosed = false
  private var failure: (any Error)?

  init(window: Int) {
    jobs = Array(repeating: nil, count: window)
    results = Array(repeating: nil, count: window)
  }

  func add(_ input: Input, at index: Int) {
    inputs.withLock {
      jobs[index % jobs.count] = input
      added = index + 1
      inputs.signal()
    }
  }

  /// Waits for the next input; nil when no more will come, or when the board was closed.
  func take() -> (index: Int, input: Input)? {
    inputs.withLock {
      while taken == added, !isClosed { inputs.wait() }
      guard !isClosed, let input = jobs[taken % jobs.count].take() else { return nil }
      defer { taken += 1 }
      return (taken, input)
    }
  }

  func post(_ result: Result<Output, any Error>, at index: Int) {
    outputs.withLock {
      results[index % results.count] = result
      outputs.signal()
    }
  }

  /// Waits for the result of an index.
  func collect(_ index: Int) throws -> Output {
    try outputs.withLock {
      while true {
        if let result = results[index % results.count].take() { return try result.get() }
        if let failure { throw failure }
        outputs.wait()
      }
    }
  }

  func fail(_ error: any Error) {
    outputs.withLock {
      failure = failure ?? error
      outputs.signal()
    }
  }

  func close() {
    inputs.withLock {
      isClosed = true
      inputs.broadcast()
    }
  }
}
