import Synchronization

/// Counts what is there now and the most there ever was, from any thread.
final class Gauge: Sendable {
  private let state = Mutex((now: 0, most: 0))

  var now: Int { state.withLock { $0.now } }
  var most: Int { state.withLock { $0.most } }

  func enter() {
    state.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
  }

  func leave() { state.withLock { $0.now -= 1 } }
}

/// A thread's context, counted while it lives.
final class CountedContext {
  private let gauge: Gauge

  init(_ gauge: Gauge) {
    self.gauge = gauge
    gauge.enter()
  }

  deinit { gauge.leave() }
}

/// The error that one of the closures throws.
struct Fault: Error, Equatable {
  var place: String
}
