internal import Pipeline
internal import Synchronization

/// Shows the progress of a verification by the bytes that were read. Any thread may report to it.
final class VerificationProgress: Sendable {
  private struct State {
    var meter: ProgressMeter?
    var bytes = 0
    var samples = 0
  }

  private let style: ProgressMeter.Style
  private let state = Mutex(State())

  init(style: ProgressMeter.Style) { self.style = style }

  /// - Parameter bytes: the number of bytes to be read in all.
  func begin(bytes: Int) {
    state.withLock { $0.meter = ProgressMeter(style: style, unit: "samples", total: bytes) }
  }

  func add(bytes: Int, samples: Int = 0) {
    state.withLock { state in
      state.bytes += bytes
      state.samples += samples
      state.meter?.update(position: state.bytes, done: state.samples, rejected: 0)
    }
  }

  func finish() { state.withLock { $0.meter?.finish() } }
}
