internal import Foundation

/// Runs `transform` on threads of its own and hands the results to `sink` in input order.
///
/// `source` and `sink` run on the caller's thread, so they may own what must not move between
/// threads (an LMDB transaction) and what is not sendable. At most `window` inputs are under way at
/// any time, whatever the source's length. Order, and the first error, do not depend on `workers`.
///
/// - Parameters:
///   - workers: how many threads; at least 1.
///   - makeContext: makes what a thread keeps to itself: decoder handles, scratch.
///   - source: the next input, or nil at the end.
/// - Throws: the first error of any of the closures; by then no thread is left running.
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
  let finished = DispatchGroup()
  for _ in 0..<workers {
    finished.enter()
    Thread {
      defer { finished.leave() }
      do {
        var context = try makeContext()
        while let job = board.take() {
          board.post(Result { try transform(&context, job.input) }, at: job.index)
        }
      } catch {
        board.fail(error)
      }
    }.start()
  }
  defer {
    board.close()
    finished.wait()
  }

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
        // What was read before is written first, however far ahead the source was.
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

/// What the threads share: a ring of `window` places for inputs and results, each with its own condition.
private final class Board<Input: Sendable, Output: Sendable>: @unchecked Sendable {
  private let inputs = NSCondition()
  private let outputs = NSCondition()
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

  /// Waits for the next input; nil when no more will come.
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
