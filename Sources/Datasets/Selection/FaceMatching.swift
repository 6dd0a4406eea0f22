internal import Geometry
internal import Schema

/// How the faces of two annotations of one image are matched.
public enum FaceMatching: Sendable, Equatable {
  /// Faces at the same place in the two lists match.
  case index
  /// Faces match whose boxes have at least this intersection over union; the largest overlaps are matched first.
  case overlap(atLeast: Double)

  /// Pairs of indices in the two lists, sorted by the first; no face is in two pairs.
  func pairs(_ first: [Face], _ second: [Face]) -> [(Int, Int)] {
    switch self {
    case .index: (0..<min(first.count, second.count)).map { ($0, $0) }
    case .overlap(let least): Self.pairs(first, second, overlap: least)
    }
  }

  private static func pairs(
    _ first: [Face], _ second: [Face], overlap least: Double
  ) -> [(Int, Int)] {
    var candidates: [(overlap: Double, i: Int, j: Int)] = []
    for (i, face) in first.enumerated() {
      for (j, other) in second.enumerated() {
        // Equal boxes match even if they have no area.
        let overlap = face.box == other.box ? 1 : face.box.intersectionOverUnion(other.box)
        if overlap >= least { candidates.append((overlap, i, j)) }
      }
    }
    // Of equal overlaps, faces with the nearest places in the lists come first; otherwise two faces with the
    // same box could be exchanged.
    candidates.sort {
      ($1.overlap, abs($0.i - $0.j), $0.i, $0.j) < ($0.overlap, abs($1.i - $1.j), $1.i, $1.j)
    }
    var partners = [Int?](repeating: nil, count: first.count)
    var taken = [Bool](repeating: false, count: second.count)
    for (_, i, j) in candidates where partners[i] == nil && !taken[j] {
      partners[i] = j
      taken[j] = true
    }
    return partners.enumerated().compactMap { i, j in j.map { (i, $0) } }
  }
}
