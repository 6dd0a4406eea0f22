internal import Glibc

/// Reports on standard error how far a run is: on a terminal one line that is redrawn, otherwise a line every
/// five seconds.
public final class ProgressMeter {
  /// How to report. `auto` redraws one line on a terminal and is `plain` elsewhere; `plain` writes whole lines; `json`
  /// writes an object a line, for programs.
  public enum Style: String, CaseIterable, Sendable { case auto, plain, json, none }

  private let style: Style
  private let isTerminal: Bool
  private let unit: String
  /// How much there is to do in all, in the same unit as the `position` of `update`; nil where unknown.
  private let total: Int?
  private let start = ContinuousClock.now
  private var nextReport: ContinuousClock.Instant
  private var hasDrawn = false

  /// Starts the clock.
  ///
  /// - Parameters:
  ///   - style: how to report.
  ///   - unit: what is counted, in the plural: "images".
  ///   - total: how much there is to do in all, in the unit of `update`'s `position`; nil where unknown.
  public init(style: Style, unit: String, total: Int?) {
    isTerminal = style == .auto && isatty(2) == 1
    self.style = style
    self.unit = unit
    self.total = total
    nextReport = start
    nextReport += .seconds(interval)
  }

  private var interval: Double { isTerminal ? 0.1 : style == .json ? 1 : 5 }

  /// Reports, if the last report is long enough ago: 0.1 s on a terminal, 1 s as JSON, 5 s elsewhere.
  ///
  /// - Parameters:
  ///   - position: how much of `total` is done.
  ///   - done: how many units are done.
  ///   - rejected: how many of these ended as an issue.
  public func update(position: Int, done: Int, rejected: Int) {
    guard style != .none else { return }
    let now = ContinuousClock.now
    guard now >= nextReport else { return }
    nextReport = now + .seconds(interval)
    let elapsed = (now - start) / .seconds(1)
    let text =
      style == .json
      ? json(position: position, done: done, rejected: rejected, elapsed: elapsed)
      : line(position: position, done: done, rejected: rejected, elapsed: elapsed)
    tell(isTerminal ? "\r\u{1B}[K" + text : text + "\n")
    hasDrawn = true
  }

  /// Clears the terminal's line, so that a summary can follow.
  public func finish() {
    if isTerminal, hasDrawn { tell("\r\u{1B}[K") }
  }

  /// What cannot be written is lost; the next report says more.
  private func tell(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(2, $0.baseAddress, $0.count) }
  }

  func json(position: Int, done: Int, rejected: Int, elapsed: Double) -> String {
    let numbers = [
      ("done", "\(done)"), ("rejected", "\(rejected)"), ("position", "\(position)"),
      ("total", total.map { "\($0)" } ?? "null"), ("seconds", "\((elapsed * 10).rounded() / 10)"),
    ]
    return "{\"event\":\"progress\",\"unit\":\"\(unit)\","
      + numbers.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
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
