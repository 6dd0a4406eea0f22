internal import Geometry
internal import Glibc
internal import Schema

/// The names that a file gives its points, one shape a point, and which points of a layout they mean.
struct PointLabels {
  /// Nil where the names mean no layout's points.
  let map: PointMap?
  private let places: [String: Int]
  private let renames: PointNames
  /// For each name the point of the layout that it means; nil for one that means none.
  private let meanings: [Int?]
  /// All names, where they are so few that comparing them is faster than a hash.
  private let few: [String]
  private static let most = 4096

  /// - Parameter names: all names of the file, without what they say of visibility; repeated ones count once.
  init(_ names: some Sequence<String>, _ renames: PointNames) {
    var places: [String: Int] = [:]
    var list: [String] = []
    for name in names where places[name] == nil && list.count < Self.most {
      places[name] = list.count
      list.append(name)
    }
    (self.places, self.renames) = (places, renames)
    map = PointMap(names: list, renames: renames)
    var meanings = [Int?](repeating: nil, count: list.count)
    for (point, place) in (map?.places ?? []).enumerated() {
      if let place { meanings[place] = point }
    }
    self.meanings = meanings
    few = list.count <= 8 ? list : []
  }

  /// A name's place among all names; nil for one that is not among them.
  private func place(of name: String) -> Int? {
    few.isEmpty ? places[name] : few.firstIndex(of: name)
  }

  /// The landmarks that points make; nil where they make none. Points of one name and a count that tells its layout go by
  /// their order.
  ///
  /// - Returns: also the points that are none of the layout's.
  func landmarks(
    of points: [ShapeFaces.Point], _ options: ReadingOptions
  ) -> (landmarks: Landmarks?, others: [ShapeFaces.Point]) {
    if let first = points.first, points.allSatisfy({ $0.name == first.name }),
      let map = PointMap(count: points.count)
    {
      return (map.landmarks(options) { points[$0].landmark }, [])
    }
    var known: [Int?] = []
    known.reserveCapacity(points.count)
    for point in points { known.append(place(of: point.name).flatMap { self.meanings[$0] }) }
    guard let map, known.contains(where: { $0 != nil }) else {
      // In a file of faces with five points and others with 68, the face's own names tell.
      let own = PointLabels(points.map(\.name), renames)
      return own.places.count < places.count ? own.landmarks(of: points, options) : (nil, points)
    }
    var found = [Int?](repeating: nil, count: map.layout.count)
    var others: [ShapeFaces.Point] = []
    for (i, point) in points.enumerated() {
      if let meaning = known[i], found[meaning] == nil {
        found[meaning] = i
      } else {
        others.append(point)
      }
    }
    let meanings = self.meanings
    let landmarks = map.landmarks(options) { place in
      meanings[place].flatMap { found[$0] }.map { points[$0].landmark } ?? .missing
    }
    return (landmarks, others)
  }

  /// A label without what it says of visibility, in the ways in which people write it where a tool has no place for it:
  /// `left_eye_occluded`, `left_eye_hidden`, `left_eye flag:1` with 0 for missing, 1 for occluded and 2 for visible.
  static func parsed(_ label: String) -> (name: String, visibility: Landmarks.Visibility) {
    guard mayTellVisibility(label) else { return (label, .visible) }
    let lower = label.lowercased()
    for word in ["occluded", "hidden", "invisible"] where lower.hasSuffix(word) {
      return (trimmed(label.dropLast(word.count)), .occluded)
    }
    for (mark, visibility) in [
      ("flag:0", Landmarks.Visibility.missing), ("flag:1", .occluded), ("flag:2", .visible),
    ] where lower.hasSuffix(mark) {
      return (trimmed(label.dropLast(mark.count)), visibility)
    }
    return (label, .visible)
  }

  /// Whether a label may end in one of those words. Most end otherwise, as their last letters show.
  private static func mayTellVisibility(_ label: String) -> Bool {
    let last = label.utf8.suffix(4)
    // Letters beyond ASCII may become others in lower case.
    guard last.count == 4, last.allSatisfy({ $0 < 0x80 }) else { return !label.isEmpty }
    return endings.contains(last.reduce(0) { $0 << 8 | UInt32($1 | 0x20) })
  }

  /// The last four letters of those words.
  private static let endings: [UInt32] = ["uded", "dden", "ible", "ag:0", "ag:1", "ag:2"].map {
    $0.utf8.reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.reversed().drop { "_- .,;(|".contains($0) }.reversed())
  }
}

extension String {
  /// Whether a label of boxes means faces or heads, in several languages.
  var namesFaces: Bool {
    let name = lowercased()
    return name.holds("face") || name.holds("head") || name.holds("gesicht")
      || name.holds("visage") || name.holds("cara")
  }
}

extension StringProtocol {
  /// Whether a text in ASCII occurs, looked for byte by byte; `contains` takes many times as long.
  func holds(_ part: StaticString) -> Bool {
    let found = utf8.withContiguousStorageIfAvailable { bytes in
      part.withUTF8Buffer { bytes.holds($0) }
    }
    return found ?? contains(part.description)
  }
}

extension String {
  /// Whether the bytes of another text are among this one's.
  func holdsBytes(of part: String) -> Bool {
    var (whole, part) = (self, part)
    return whole.withUTF8 { whole in part.withUTF8 { whole.holds($0) } }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether other bytes are among these.
  fileprivate func holds(_ part: Self) -> Bool {
    guard let first = part.first, let other = part.baseAddress else { return true }
    guard let start = baseAddress, count >= part.count else { return false }
    return (0...count - part.count).contains {
      start[$0] == first && memcmp(start + $0, other, part.count) == 0
    }
  }
}
