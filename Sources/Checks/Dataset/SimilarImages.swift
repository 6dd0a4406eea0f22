internal import Codecs

/// Finds images that look like an earlier one, by rows (perceptual hash, split, kin, record) in ascending order.
///
/// Images with one hash, of one split and one kin, are one look, so that a thousand copies are compared only once. Looks
/// are compared in memory where they are few (`HammingPairs`). Of more, those are compared that agree in two of six bands
/// of bits: hashes that differ in at most four bits do so in at least two, so no pair is missed.
struct SimilarImages {
  /// How far two hashes may differ where bands are compared.
  private static let bandedRadius = 4
  /// Six bands of 10 or 11 bits.
  private static let bands: [Range<UInt64>] = [0..<10, 10..<21, 21..<32, 32..<42, 42..<53, 53..<64]
  /// From how many looks on comparing each with each takes longer than `HammingPairs`.
  private static let fewLooks = 2000

  private let radius: Int
  private let most: Int
  /// Rows (first record of a look, 0, split kept and distance, original) and (the same, 1, record, whether it has no
  /// kin).
  private let joined: RowSorter

  /// - Parameters:
  ///   - radius: in how many of 64 bits hashes may differ.
  ///   - memory: how many looks are compared in memory.
  init(radius: Int, memory: Int = 1 << 19) {
    (self.radius, most, joined) = (radius, memory, RowSorter())
  }

  /// Adds what shows that an image repeats an earlier one, as a row of `EqualKeys`. Of several the choice is: equal
  /// pixels before similar ones, another split before the same split, the nearest hash, and then the earliest image.
  ///
  /// - Parameter distance: in how many bits the perceptual hashes differ; nil where the pixels are equal.
  static func add(
    record: UInt64, original: UInt64, distance: Int?, crossesSplits: Bool, to found: RowSorter
  ) throws {
    let what = UInt64(distance ?? 0) << 1 | (crossesSplits ? 1 : 0)
    try found.add(
      Row(EqualKeys.place(.pixels, record), distance == nil ? 0 : 1, original, what))
  }

  /// Looks for all of them.
  func find(in images: SortedRows, found: RowSorter) throws {
    var images = images
    let looks = try RowFile()
    var last: Row?
    var first: UInt64 = 0
    while let row = try images.nextRow() {
      if !row.hasKey(of: last) || row.z != last?.z {
        try looks.append(row)
        (last, first) = (row, row.w)
      }
      try joined.add(Row(first, 1, row.w, row.z == 0 ? 1 : 0))
    }
    try compare(looks)
    try join(found)
  }

  /// Puts the images of each look beside the best earlier one.
  private func join(_ found: RowSorter) throws {
    var rows = try joined.sorted()
    var best: Row?
    while let row = try rows.nextRow() {
      if row.y == 0 {
        if best?.x != row.x { best = row }
        continue
      }
      let earlier = best?.x == row.x ? best : nil
      // Within a split nothing is nearer than an image with the same hash.
      let repeats = row.z != row.x && row.w == 1
      if let earlier, earlier.z >> 8 == 0 || !repeats {
        try Self.add(
          record: row.z, original: earlier.w, distance: Int(earlier.z & 0xFF),
          crossesSplits: earlier.z >> 8 == 0, to: found)
      } else if repeats {
        try Self.add(record: row.z, original: row.x, distance: 0, crossesSplits: false, to: found)
      }
    }
  }

  // MARK: Pairs

  private func compare(_ looks: RowFile) throws {
    guard looks.count > most, radius <= Self.bandedRadius else { return try compareAll(looks) }
    for first in Self.bands.indices {
      for second in Self.bands.indices.dropFirst(first + 1) {
        try compare(looks, by: [first, second])
      }
    }
  }

  /// Compares looks whose hashes agree in two bands, which are put before the other bits; that changes no distance.
  private func compare(_ looks: RowFile, by chosen: [Int]) throws {
    let order = (chosen + Self.bands.indices.filter { !chosen.contains($0) }).map { Self.bands[$0] }
    let rest = UInt64(64 - order[0].count - order[1].count)
    let sorter = RowSorter()
    var reader = RowFile.Reader(looks)
    while var row = try reader.nextRow() {
      row.x = order.reduce(0) { bits, band in
        let width = UInt64(band.count)
        let mask: UInt64 = (1 << width) - 1
        return (bits << width) | ((row.x >> band.lowerBound) & mask)
      }
      try sorter.add(row)
    }
    var sorted = try sorter.sorted()
    var bucket: [Row] = []
    /// A bucket that is too large for memory.
    var large: RowFile?
    func finish() throws {
      if let file = large {
        for row in bucket { try file.append(row) }
        try compareAll(file)
      } else {
        try compare(bucket, across: 0)
      }
      bucket.removeAll(keepingCapacity: true)
      large = nil
    }
    while let row = try sorted.nextRow() {
      if let last = bucket.last, last.x >> rest != row.x >> rest { try finish() }
      if bucket.count == most {
        let file = try large ?? RowFile()
        for row in bucket { try file.append(row) }
        large = file
        bucket.removeAll(keepingCapacity: true)
      }
      bucket.append(row)
    }
    try finish()
  }

  /// Compares each look with each, some of them in memory at a time.
  private func compareAll(_ looks: RowFile) throws {
    let size = max(1, looks.count <= most ? most : most / 2)
    let starts = Array(stride(from: 0, to: looks.count, by: size))
    for (i, start) in starts.enumerated() {
      let block = try looks.rows(start..<min(start + size, looks.count))
      try compare(block, across: 0)
      for other in starts[(i + 1)...] {
        let more = try looks.rows(other..<min(other + size, looks.count))
        try compare(block + more, across: block.count)
      }
    }
  }

  /// Compares looks with each other; those before `border` only with those from it on, where it is not 0.
  private func compare(_ looks: [Row], across border: Int) throws {
    guard looks.count > 1 else { return }
    // For each look the best earlier one: whether it is in the same split, its distance, and its first image.
    var best = [(stays: Int, distance: Int, image: UInt64)?](repeating: nil, count: looks.count)
    func consider(_ a: Int, _ b: Int, _ distance: Int) {
      let (one, other) = (looks[a], looks[b])
      let stays = one.y == other.y
      guard !stays || one.z != other.z || one.z == 0 else { return }
      let (later, original) = one.w < other.w ? (b, one.w) : (a, other.w)
      let candidate = (stays: stays ? 1 : 0, distance: distance, image: original)
      if best[later].map({ candidate < $0 }) ?? true { best[later] = candidate }
    }
    if looks.count <= Self.fewLooks {
      for b in looks.indices.dropFirst(max(1, border)) {
        for a in 0..<(border > 0 ? border : b) {
          let distance = (looks[a].x ^ looks[b].x).nonzeroBitCount
          if distance <= radius { consider(a, b, distance) }
        }
      }
    } else {
      HammingPairs(looks.map(\.x), within: radius).forEach { a, b, distance in
        if border == 0 || (a < border) != (b < border) { consider(a, b, distance) }
      }
    }
    for (look, best) in zip(looks, best) {
      guard let best else { continue }
      try joined.add(Row(look.w, 0, UInt64(best.stays << 8 | best.distance), best.image))
    }
  }
}
