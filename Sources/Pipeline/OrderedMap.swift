/// Runs `transform` on several threads, and gives the results to `sink` in the order of the inputs.
///
/// `source` and `sink` run on the caller's thread. So they may own what must not move between threads, such as an
/// LMDB transaction, and what is not sendable. At most `window` inputs are under way at any time, whatever the
/// source's length. The order and the first error do not depend on `workers`.
///
/// - Parameters:
///   - workers: how many threads to start; at least 1.
///   - window: how many inputs may be under way; at least 1.
///   - makeContext: makes what a thread keeps for itself, such as decoder handles and scratch memory. It is called once
///     on each thread.
///   - source: returns the next input, or nil at the end.
///   - transform: is called on the threads, one input at a time on each.
///   - sink: takes the results in order.
/// - Throws: the first error of any of the closures, or `NoThread`; by then no thread is left running.
public func mapInOrder<Input: Sendable, Output: Sendable, Context>(
  workers: Int,
  window: Int,
  makeContext: @escaping @Sendable () throws -> Context,
  source: () throws -> Input?,
  transform: @escaping @Sendable (inout Context, Input) throws -> Output,
  sink: (Output) throws -> Void
) throws {
  precondition(workers > 0 && window > 0, "at least one worker and one place in the window")
  let board = Board<Input, Output>(window: window)
  var threads: [SystemThread] = []
  for _ in 0..<workers {
    let thread = SystemThread {
      do {
        var context = try makeContext()
        while let job = board.take() {
          board.post(Result { try transform(&context, job.input) }, at: job.index)
        }
      } catch {
        board.fail(error)
      }
    }
    // Fewer do the same work.
    guard let thread else { break }
    threads.append(thread)
  }
  defer {
    board.close()
    for thread in threads { thread.join() }
  }

  guard !threads.isEmpty else { throw NoThread() }

  var (read, written, isExhausted) = (0, 0, false)
  var sourceFailure: (any Error)?
  while true {
    while !isExhausted, read - written < window {
      do {
        if let input = try source() {
          board.add(input, at: read)
          read += 1
        } else {
          isExhausted = true
        }
      } catch {
        // What was read before is written first, however far the source was ahead.
        sourceFailure = error
        isExhausted = true
      }
    }
    guard written < read else {
      if let sourceFailure { throw sourceFailure }
      return
    }
    try sink(board.collect(written))
    written += 1
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
