extension GroupSplit {
  /// Shares as they are typed: one to three numbers, whose parts have their usual names, or `NAME=NUMBER` for each.
  ///
  /// - Returns: nil where a name or a weight is none, or two parts have one name.
  public static func shares(_ text: String) -> [Share]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let usual = [["train"], ["train", "test"], ["train", "val", "test"]]
    var shares: [Share] = []
    for (i, part) in parts.enumerated() {
      let words = part.split(separator: "=", omittingEmptySubsequences: false)
      guard let last = words.last, let weight = Double(last), weight >= 1e-9, weight <= 1e9
      else { return nil }
      if words.count == 1, parts.count <= usual.count, !text.contains("=") {
        shares.append(Share(name: usual[parts.count - 1][i], weight: weight))
      } else {
        guard words.count == 2, isPartName(words[0]),
          !shares.contains(where: { $0.name == words[0] })
        else { return nil }
        shares.append(Share(name: String(words[0]), weight: weight))
      }
    }
    return shares
  }

  /// Whether a text can name a part's files, beside others whose names have a point.
  public static func isPartName(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }
}
