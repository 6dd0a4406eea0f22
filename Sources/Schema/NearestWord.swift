/// Finds what was likely meant by a word that is none, as after a slip of a finger.
public enum NearestWord {
  /// The known word that an unknown one is nearly: what differs is at most a share of its letters. Case, hyphens and
  /// underscores are no difference.
  ///
  /// - Returns: nil where none is near enough.
  public static func to(
    _ word: String, among known: some Sequence<String>, differingInAtMost share: Double = 1.0 / 3
  ) -> String? {
    let asked = letters(word)
    let near = known.map { (word: $0, letters: letters($0)) }
      .map { (word: $0.word, count: $0.letters.count, distance: differences($0.letters, asked)) }
      .min { $0.distance < $1.distance }
    guard let near, Double(near.distance) <= share * Double(near.count) else { return nil }
    return near.word
  }

  /// The known word that an unknown one is nearly, as messages add it: " (left_eye?)"; empty where none is near enough,
  /// or it is that word.
  public static func hint(for word: String, among known: some Sequence<String>) -> String {
    to(word, among: known).flatMap { $0 == word ? nil : " (\($0)?)" } ?? ""
  }

  private static func letters(_ word: String) -> [Character] {
    // What nobody can have meant is not compared to its end.
    Array(word.lowercased().filter { $0 != "-" && $0 != "_" }.prefix(40))
  }

  /// How many letters have to be changed, added, left out or exchanged with the next to make one word of the other
  /// (Damerau, 1964; each letter is touched once).
  private static func differences(_ one: [Character], _ other: [Character]) -> Int {
    var (before, row) = ([Int](), Array(0...other.count))
    for (i, letter) in one.enumerated() {
      var next = [i + 1]
      for (j, wanted) in other.enumerated() {
        var least = min(row[j] + (letter == wanted ? 0 : 1), row[j + 1] + 1, next[j] + 1)
        if i > 0, j > 0, letter == other[j - 1], one[i - 1] == wanted {
          least = min(least, before[j - 1] + 1)
        }
        next.append(least)
      }
      (before, row) = (row, next)
    }
    return row[other.count]
  }
}
