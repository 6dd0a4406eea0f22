internal import Foundation

/// Says on standard error how far a run is: one line that is drawn again on a terminal, a line
/// every few seconds otherwise.
public final class ProgressMeter {
  public enum Style: String, CaseIterable, Sendable { case auto, plain, none }

  private let style: Style
  private let isTerminal: Bool
  private let unit: String
  /// How much there is to do in all, in the same measure as `update`'s `position`; nil where unknown.
  private let total: Int?
  private let start = Date()
  private var nextReport: Date
  private var hasDrawn = false

  public init(style: Style, unit: String, total: Int?) {
    isTerminal = style == .auto && isatty(2) == 1
    self.style = style
    self.unit = unit
    self.total = total
    nextReport = start.addingTimeInterval(isTerminal ? 0.1 : 5)
  }

  /// Reports if it is time to.
  ///
  /// - Parameters:
  ///   - position: how much of `total` is done.
  ///   - done: how many units that was.
  ///   - rejected: how many units ended as an issue.
  public func update(position: Int, done: Int, rejected: Int) {
    guard style != .none else { return }
    let now = Date()
    guard now >= nextReport else { return }
    nextReport = now.addingTimeInterval(isTerminal ? 0.1 : 5)
    let text = line(
      position: position, done: done, rejected: rejected, elapsed: now.timeIntervalSince(start))
    FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K" + text : text + "\n").utf8))
    hasDrawn = true
  }

  /// Takes the terminal's line away, so that a summary can follow.
  public func finish() {
    if isTerminal, hasDrawn { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }

  func line(position: Int, done: Int, rejected: Int, elapsed: Double) -> String {
    let rate = Double(done) / max(elapsed, 1e-9)
    var text = "\(done) \(unit), \(Int(rate))/s"
    if let total, total > 0, position > 0 {
      let share = min(1, Double(position) / Double(total))
      let bar = Int(share * 24)
      let remaining = elapsed * (1 - share) / share
      text =
        "[" + String(repeating: "#", count: bar) + String(repeating: ".", count: 24 - bar) + "] "
        + "\(Int(share * 100)) %  \(text), \(Self.clock(remaining)) left"
    }
    return rejected > 0 ? "\(text), \(rejected) rejected" : text
  }

  private static func clock(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    let (minutes, rest) = (whole / 60, whole % 60)
    return "\(minutes):\(rest < 10 ? "0" : "")\(rest)"
  }
}
