/// Keeps what a run says.
final class Lines {
  private(set) var all: [String] = []

  func add(_ line: String) { all.append(line) }
}
