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
  let crew = try OrderedCrew(
    workers: workers, window: window, makeContext: makeContext, transform: transform)
  defer { crew.dismiss() }
  var isExhausted = false
  var sourceFailure: (any Error)?
  while true {
    while !isExhausted, !crew.isFull {
      do {
        if let input = try source() { crew.add(input) } else { isExhausted = true }
      } catch {
        // What was read before is written first, however far the source was ahead.
        sourceFailure = error
        isExhausted = true
      }
    }
    guard crew.pending > 0 else {
      if let sourceFailure { throw sourceFailure }
      return
    }
    try sink(crew.collect())
  }
}
