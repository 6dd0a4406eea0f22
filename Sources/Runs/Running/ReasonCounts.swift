/// How often each reason was given, in the order in which they came.
struct ReasonCounts {
  private(set) var all: [(reason: String, count: Int)] = []

  var isEmpty: Bool { all.isEmpty }

  mutating func add(_ reason: String, count: Int = 1) {
    guard count > 0 else { return }
    if let i = all.firstIndex(where: { $0.reason == reason }) {
      all[i].count += count
    } else {
      all.append((reason, count))
    }
  }

  /// "3 images without a face, 1 face beyond one an image"; reasons begin with a plural.
  var text: String {
    all.map { reason, count in
      var words = reason.split(separator: " ").map(String.init)
      if count == 1, words[0].hasSuffix("s") { words[0].removeLast() }
      return "\(count) \(words.joined(separator: " "))"
    }.joined(separator: ", ")
  }
}
