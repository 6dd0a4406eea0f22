/// Finds images whose pixels equal, or look like, those of an earlier image.
///
/// Takes 30 bytes an image; records are represented by numbers.
struct DuplicateImages {
  /// An image that shows the same as an earlier one.
  struct Match: Equatable {
    var record: Int
    var original: Int
    /// In how many bits the perceptual hashes differ; nil where the pixels are equal.
    var distance: Int?
    var crossesSplits: Bool
  }

  private var records: [UInt32] = []
  private var pixels: [UInt64] = []
  /// 0 where there is no hash; in a real one half of the bits are set.
  private var perceptual: [UInt64] = []
  private var splits: [UInt16] = []
  private var kins: [UInt64] = []

  /// - Parameters:
  ///   - record: greater than all record numbers before.
  ///   - kin: a number for images that are known to look alike within a split, such as rotated copies of a photo or
  ///     frames of a film; 0 for none.
  mutating func add(_ fingerprint: ImageFingerprint, record: Int, split: UInt16, kin: UInt64) {
    records.append(UInt32(record))
    pixels.append(fingerprint.pixels)
    perceptual.append(fingerprint.perceptual ?? 0)
    splits.append(split)
    kins.append(kin)
  }

  /// All images that repeat an earlier one, at most once each, sorted by record.
  ///
  /// Of several originals the choice is: equal pixels before similar ones, another split before the same split, the
  /// nearest hash, and then the earliest image.
  func matches(within radius: Int) -> [Match] {
    var found = exactMatches()
    for match in similarMatches(within: radius) where found[match.record] == nil {
      found[match.record] = match
    }
    return found.values.sorted { $0.record < $1.record }
  }

  private func exactMatches() -> [Int: Match] {
    var equal = EqualHashes()
    for i in pixels.indices { equal.add(pixels[i], item: i) }
    var found: [Int: Match] = [:]
    for group in equal.groups() {
      let first = group[0]
      let stranger = group.first { splits[$0] != splits[first] }
      for i in group.dropFirst() {
        let earlier = splits[i] == splits[first] ? stranger : first
        let other = earlier.flatMap { $0 < i ? $0 : nil }
        let record = Int(records[i])
        found[record] = Match(
          record: record, original: Int(records[other ?? first]), distance: nil,
          crossesSplits: other != nil)
      }
    }
    return found
  }

  /// Images with one hash, of one split and one kin number: `images` are their places, `code` is the hash.
  private struct Look {
    var code: UInt64
    var images: Range<Int>
  }

  private func similarMatches(within radius: Int) -> [Match] {
    // Equal hashes lie side by side, so that a thousand copies are compared only once.
    let order = perceptual.indices.filter { perceptual[$0] != 0 }.sorted {
      (perceptual[$0], splits[$0], kins[$0], $0) < (perceptual[$1], splits[$1], kins[$1], $1)
    }
    func isSameLook(_ a: Int, _ b: Int) -> Bool {
      (perceptual[a], splits[a], kins[a]) == (perceptual[b], splits[b], kins[b])
    }
    var looks: [Look] = []
    for place in order.indices {
      if place > 0, isSameLook(order[place], order[place - 1]) {
        looks[looks.count - 1].images = looks[looks.count - 1].images.lowerBound..<place + 1
      } else {
        looks.append(Look(code: perceptual[order[place]], images: place..<place + 1))
      }
    }
    // For each look the best earlier one: whether it is in the same split, its distance, and its first image.
    var best = [(stays: Int, distance: Int, image: Int)?](repeating: nil, count: looks.count)
    HammingPairs(looks.map(\.code), within: radius).forEach { a, b, distance in
      let (first, second) = (order[looks[a].images.lowerBound], order[looks[b].images.lowerBound])
      let stays = splits[first] == splits[second]
      guard !stays || kins[first] != kins[second] || kins[first] == 0 else { return }
      let (later, original) = first < second ? (b, first) : (a, second)
      let candidate = (stays: stays ? 1 : 0, distance: distance, image: original)
      if best[later].map({ candidate < $0 }) ?? true { best[later] = candidate }
    }
    var matches: [Match] = []
    for (look, best) in zip(looks, best) {
      let first = order[look.images.lowerBound]
      for i in order[look.images] {
        // Within a split nothing is nearer than an image with the same hash.
        let repeats = i != first && kins[i] == 0
        if let best, best.stays == 0 || !repeats {
          matches.append(
            Match(
              record: Int(records[i]), original: Int(records[best.image]),
              distance: best.distance, crossesSplits: best.stays == 0))
        } else if repeats {
          matches.append(
            Match(
              record: Int(records[i]), original: Int(records[first]), distance: 0,
              crossesSplits: false))
        }
      }
    }
    return matches
  }
}
