internal import Geometry
internal import Glibc
internal import Schema

/// The names that a file gives its points, one shape a point, and which points of a layout they mean.
struct PointLabels {
  /// Nil where the names mean no layout's points.
  let map: PointMap?
  private let places: [String: Int]
  private let renames: PointNames
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
    let used = Set(map?.places.compactMap { $0 } ?? [])
    guard points.contains(where: { places[$0.name].map(used.contains) ?? false }) else {
      // In a file of faces with five points and others with 68, the face's own names tell.
      let own = PointLabels(points.map(\.name), renames)
      return own.places.count < places.count ? own.landmarks(of: points, options) : (nil, points)
    }
    var (found, others) = ([Int: ShapeFaces.Point](), [ShapeFaces.Point]())
    for point in points {
      if let place = places[point.name], used.contains(place), found[place] == nil {
        found[place] = point
      } else {
        others.append(point)
      }
    }
    return (map?.landmarks(options) { found[$0]?.landmark ?? .missing }, others)
  }

  /// A label without what it says of visibility, in the ways in which people write it where a tool has no place for it:
  /// `left_eye_occluded`, `left_eye_hidden`, `left_eye flag:1` with 0 for missing, 1 for occluded and 2 for visible.
  static func parsed(_ label: String) -> (name: String, visibility: Landmarks.Visibility) {
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
    let length = part.utf8CodeUnitCount
    let found = utf8.withContiguousStorageIfAvailable { bytes in
      guard let start = bytes.baseAddress, bytes.count >= length else { return false }
      return (0...bytes.count - length).contains { memcmp(start + $0, part.utf8Start, length) == 0 }
    }
    return found ?? contains(part.description)
  }
}
