internal import Codecs
public import Schema

/// Which points of a layout a list of names means.
public struct PointMap: Sendable, Equatable {
  /// `face5` or `ibug68`.
  public let layout: Landmarks.Layout
  /// For each point of the layout its place in the list; nil for one that is not named.
  public let places: [Int?]
  /// Whether names of sides decided, whose meaning `NamedSide` tells.
  public let hasSides: Bool
  /// The places in the list that mean no point of the layout.
  public let others: [Int]

  /// Points by their order: 5 are `face5`, 68 are `ibug68`, 133 are COCO-WholeBody's, of which the face's begin at 23.
  ///
  /// - Returns: nil for another number.
  public init?(count: Int) {
    switch count {
    case 5: self.init(.face5, (0..<5).map { $0 }, count: 5)
    case 68: self.init(.ibug68, (0..<68).map { $0 }, count: 68)
    case 133: self.init(.ibug68, (23..<91).map { $0 }, count: 133)
    default: return nil
    }
  }

  /// Points by their names (FORMATS-FOREIGN §1).
  ///
  /// - Parameters:
  ///   - names: in the file's order; an empty one names nothing.
  ///   - renames: the user's own meanings.
  /// - Returns: nil where they name neither layout: numbers of 68 points; or eyes, nose and mouth, of which two may do
  ///   where nothing else is named.
  public init?(names: [String], renames: PointNames = PointNames()) {
    if let numbered = Self.numbered(names) {
      self = numbered
      return
    }
    var places = [Int?](repeating: nil, count: 5)
    for (i, name) in names.enumerated() {
      guard let point = renames.point(named: name), places[point] == nil else { continue }
      places[point] = i
    }
    // A body's points have eyes and a nose too, but no mouth, and further points.
    let found = places.count { $0 != nil }
    let isWhole = found >= 2 && found == Set(names).count
    guard places[3] != nil || places[4] != nil || found >= 4 || isWhole else { return nil }
    self.init(.face5, places, count: names.count, hasSides: true)
  }

  private init(
    _ layout: Landmarks.Layout, _ places: [Int?], count: Int, hasSides: Bool = false
  ) {
    (self.layout, self.places, self.hasSides) = (layout, places, hasSides)
    let used = Set(places.compactMap { $0 })
    others = (0..<count).filter { !used.contains($0) }
  }

  /// The landmarks that points in the list's order make, with sides as `options` say.
  ///
  /// - Parameters:
  ///   - options: which side names mean, and the vote on it.
  ///   - point: the point at a place of the list.
  /// - Returns: nil where all are missing.
  public func landmarks(
    _ options: ReadingOptions, _ point: (Int) -> Landmarks.Point
  ) -> Landmarks? {
    guard let landmarks = layout == .face5 ? five(point) : all(point) else { return nil }
    if hasSides, options.countsSides { options.sideVote?.count(landmarks) }
    return facing(landmarks, options.namedSide)
  }

  /// The places in the list that a layout's points have, in the layout's order; nil where it has not all of them. Nobody's
  /// vote is counted.
  func order(meaning side: NamedSide?) -> [Int]? {
    func point(_ place: Int) -> Landmarks.Point { Landmarks.Point(SIMD2(Double(place), 0)) }
    guard let placed = layout == .face5 ? five(point) : all(point),
      placed.presentCount == placed.count
    else { return nil }
    let faced = facing(placed, side)
    return (0..<faced.count).compactMap { faced.position($0).map { Int($0.x) } }
  }

  private func facing(_ landmarks: Landmarks, _ side: NamedSide?) -> Landmarks {
    hasSides && side == .subject ? landmarks.withSidesExchanged : landmarks
  }

  private func five(_ point: (Int) -> Landmarks.Point) -> Landmarks? {
    var positions = InlineArray<5, SIMD2<Double>>(repeating: .zero)
    var visibilities = InlineArray<5, Landmarks.Visibility>(repeating: .missing)
    var isAnyPresent = false
    for i in 0..<5 {
      guard let place = places[i] else { continue }
      let point = point(place)
      (positions[i], visibilities[i]) = (point.position, point.visibility)
      isAnyPresent = isAnyPresent || point.visibility != .missing
    }
    return isAnyPresent
      ? Landmarks(fivePositions: positions, visibilities: visibilities) : nil
  }

  private func all(_ point: (Int) -> Landmarks.Point) -> Landmarks? {
    var landmarks = Landmarks(layout: layout)
    var isAnyPresent = false
    for (i, place) in places.enumerated() {
      guard let place else { continue }
      let point = point(place)
      landmarks[i] = point
      isAnyPresent = isAnyPresent || point.visibility != .missing
    }
    return isAnyPresent ? landmarks : nil
  }

  /// Names that are or end in numbers, of 68 or of five points. Where the lowest is 1 and there is one more than the
  /// count allows, they begin with 1.
  private static func numbered(_ names: [String]) -> PointMap? {
    var numbers: [(place: Int, number: Int)] = []
    for (i, name) in names.enumerated() {
      let digits = String(name.reversed().prefix { $0.isNumber && $0.isASCII }.reversed())
      guard let number = Int(digits), number <= 68 else { return nil }
      numbers.append((i, number))
    }
    guard let least = numbers.map(\.number).min(), let most = numbers.map(\.number).max(),
      Set(numbers.map(\.number)).count == numbers.count
    else { return nil }
    let layout: Landmarks.Layout
    switch names.count {
    case 5 where most - least == 4 && least <= 1: layout = .face5
    case 6...68: layout = .ibug68
    default: return nil
    }
    let first = most == layout.count ? 1 : 0
    var places = [Int?](repeating: nil, count: layout.count)
    for (place, number) in numbers {
      guard places.indices.contains(number - first) else { return nil }
      places[number - first] = place
    }
    return PointMap(layout, places, count: names.count)
  }
}

/// What names of points mean: eyes, nose and corners of the mouth in several languages and spellings, and what the user
/// says of others.
public struct PointNames: Sendable, Equatable {
  /// The names of the five points as a user's map gives them, with sides that `NamedSide` explains.
  public static let ours = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"]

  private var renames: [String: Int] = [:]

  /// Only known names.
  public init() {}

  /// With a user's meanings too.
  ///
  /// - Parameter map: from a name in the file to one of `ours`.
  /// - Throws: `UnknownPointName` for a meaning that is none of these.
  public init(_ map: [(name: String, meaning: String)]) throws {
    for (name, meaning) in map {
      guard let point = Self.ours.firstIndex(of: meaning) else {
        throw UnknownPointName(name: meaning)
      }
      renames[name] = point
    }
  }

  /// The point of `face5` that a name means, with "left" taken as the image's; nil where it means none.
  public func point(named name: String) -> Int? {
    if let renamed = renames[name] { return renamed }
    let words = Self.words(of: name)
    let whole = words.joined()
    // The corners and lids of an eye, brows and ears are other points than its middle.
    guard !Self.isAny(Self.excluded, in: whole) else { return nil }
    let part: (left: Int, right: Int)
    if Self.isAny(Self.eye, in: whole) {
      part = (0, 1)
    } else if Self.isAny(Self.nose, in: whole) {
      return 2
    } else if Self.isAny(Self.mouth, in: whole) {
      part = (3, 4)
    } else {
      return nil
    }
    let isLeft = Self.isAny(Self.left, in: whole) || Self.has("l", words, whole)
    let isRight = Self.isAny(Self.right, in: whole) || Self.has("r", words, whole)
    return isLeft == isRight ? nil : isLeft ? part.left : part.right
  }

  private static let eye = [
    "eye", "pupil", "auge", "ojo", "oeil", "œil", "occhio", "olho", "глаз", "眼", "目",
  ]
  private static let nose = ["nose", "nase", "nariz", "nez", "naso", "нос", "鼻"]
  private static let mouth = ["mouth", "lip", "mund", "boca", "bouche", "bocca", "рот", "嘴", "口"]
  private static let left = [
    "left", "link", "izquierd", "gauche", "sinistr", "esquerd", "лев", "左",
  ]
  private static let right = ["right", "recht", "derech", "droit", "destr", "direit", "прав", "右"]
  private static let excluded = [
    "brow", "ear", "inner", "outer", "lid", "upper", "lower", "top", "bottom", "bridge", "nostril",
  ]

  /// Whether one of these is a part of a name. Files of one image each ask it of every file, and `contains` looks at whole
  /// characters, which ASCII has no need of.
  private static func isAny(_ parts: [String], in whole: String) -> Bool {
    let isASCII = whole.utf8.allSatisfy { $0 < 0x80 }
    return parts.contains { isASCII ? whole.holdsBytes(of: $0) : whole.contains($0) }
  }

  /// Whether a letter stands for a side: as a word of its own, or before the part's name (`leye`).
  private static func has(_ letter: String, _ words: [String], _ whole: String) -> Bool {
    words.contains(letter)
      || (eye + mouth).contains { whole.hasPrefix(letter + $0) || whole == $0 + letter }
  }

  /// A name's words in lower case: split at anything but letters and digits, and before a capital.
  private static func words(of name: String) -> [String] {
    var words: [String] = [""]
    var wasLower = false
    for character in name {
      guard character.isLetter || character.isNumber else {
        words.append("")
        wasLower = false
        continue
      }
      if character.isUppercase, wasLower { words.append("") }
      wasLower = character.isLowercase
      words[words.count - 1] += character.lowercased()
    }
    return words.filter { !$0.isEmpty }
  }
}

extension PointNames {
  /// Names that mean no point, each with the known one that it is nearly, as by a slip of a finger:
  /// "'lft_eye' (left_eye?), 'chin'".
  static func listed(_ names: some Collection<String>, atMost most: Int) -> String {
    let shown = names.prefix(most).map { name in
      "'\(name.printable)'" + (nearest(to: name).flatMap { $0 == name ? nil : " (\($0)?)" } ?? "")
    }
    let rest = names.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// The known name that differs in at most a fifth of its letters; nil where there is none.
  private static func nearest(to name: String) -> String? {
    NearestWord.to(
      words(of: name).joined(separator: "_"), among: ours, differingInAtMost: 0.2)
  }
}

/// The error for a meaning in a user's map that is none.
public struct UnknownPointName: Error, CustomStringConvertible {
  /// As the map has it.
  public let name: String

  public var description: String {
    "map of names: expected one of \(PointNames.ours.joined(separator: ", ")), found '\(name)'"
  }
}

extension PointNames {
  /// Reads a user's map: lines of a name, `=`, and one of `ours`; empty lines and those that begin with `#` are skipped.
  ///
  /// - Throws: `UnknownPointName` for another meaning; `FileError` where the file cannot be read.
  public init(path: String) throws {
    let text = try MappedFile(path: path).withBytes { String(decoding: $0, as: UTF8.self) }
    let map = text.split(whereSeparator: \.isNewline).compactMap { line -> (String, String)? in
      guard !line.hasPrefix("#"), let mark = line.lastIndex(of: "=") else { return nil }
      func trimmed(_ part: Substring) -> String { part.trimmed }
      return (trimmed(line[..<mark]), trimmed(line[line.index(after: mark)...]))
    }
    try self.init(map)
  }
}

/// Maps of names that were made already. Most faces of a file have points of the same names.
struct PointMaps: Sendable {
  private var known: [(names: [String], map: PointMap?)] = []
  private static let most = 8

  /// The map of names; nil where they mean no layout's points.
  mutating func map(of names: [String], _ renames: PointNames) -> PointMap? {
    if let found = known.first(where: { $0.names == names }) { return found.map }
    let map = PointMap(names: names, renames: renames)
    if known.count < Self.most { known.append((names, map)) }
    return map
  }
}
