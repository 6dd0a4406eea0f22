internal import Codecs
internal import Schema

/// What `data.yaml` says of label files. Without one, the number of fields in a row has to tell.
struct YOLOSettings: Sendable, Equatable {
  /// How many points a face has, and of how many numbers each.
  struct Points: Sendable, Equatable {
    var count: Int
    var dimensions: Int
  }

  /// `kpt_shape`; nil where it is not given.
  private(set) var points: Points?
  /// `names`: of classes, by their numbers.
  private(set) var names: [Int: String] = [:]
  /// `kpt_names`: of points, by classes.
  private(set) var pointNames: [Int: [String]] = [:]
  /// Which side names of points mean, where the file says it.
  private(set) var namedSide: NamedSide?
  /// `flip_idx`: where each point goes in a mirrored image.
  private(set) var flips: [Int] = []
  /// The folders, or lists, of `train`, `val` and `test`.
  private(set) var parts: [(split: String, folder: String)] = []
  private let renames: PointNames

  private static let mostPoints = 1024
  private static let faceFlips = [1, 0, 2, 4, 3]

  static func == (left: Self, right: Self) -> Bool {
    left.points == right.points && left.names == right.names && left.flips == right.flips
      && left.pointNames == right.pointNames
  }

  /// Without a `data.yaml`.
  init(renames: PointNames = PointNames()) { self.renames = renames }

  /// From the text of a `data.yaml`. Keys that are not known are passed over.
  init(yaml text: String, renames: PointNames = PointNames()) {
    self.renames = renames
    let yaml = PlainYAML(text)
    let shape = yaml.list("kpt_shape").compactMap { Int($0) }
    if shape.count == 2, (1...Self.mostPoints).contains(shape[0]), shape[1] == 2 || shape[1] == 3 {
      points = Points(count: shape[0], dimensions: shape[1])
    }
    for (key, value) in yaml.entries("names") { names[key] = value.first }
    for (key, value) in yaml.entries("kpt_names") { pointNames[key] = value }
    namedSide = yaml.list("\(StatedSide.name)").first.flatMap(NamedSide.init)
    flips = yaml.list("flip_idx").compactMap { Int($0) }
    for split in ["train", "val", "test"] {
      for folder in yaml.list(split) { parts.append((split, folder.plainImagePath)) }
    }
  }

  /// "5, 6, 8, 15 or 20 fields", as an issue expects them.
  var expectedFields: String {
    guard let points, points.count > 0 else { return "5, 6, 8, 15, 20, 141 or 209 fields" }
    return "\(5 + points.count * points.dimensions) fields as kpt_shape says, or 5 or 6"
  }

  /// Whether rows of a class are faces: all are, unless one class alone is named so.
  func isFace(_ category: Int) -> Bool {
    let faces = names.filter { Self.isFaceName($0.value) }
    return faces.isEmpty || faces[category] != nil
  }

  private static func isFaceName(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.contains("face") || name.contains("head")
  }

  /// What points mean: by their names, else by their order, which has the image's left first. nil where `flip_idx`
  /// shows another order.
  func map(count: Int, category: Int) -> PointMap? {
    if let names = pointNames[category], names.count == count,
      let named = PointMap(names: names, renames: renames)
    {
      return named
    }
    if count == 5, flips.count == 5, flips != Self.faceFlips { return nil }
    return count == 5 || count == 68 ? PointMap(count: count) : nil
  }

  /// The split whose folder an image's path lies in.
  func split(of image: String) -> String? {
    let path = "/" + image
    return parts.first { path.contains("/" + $0.folder + "/") }?.split
  }
}

/// The keys of a small YAML text that hold a value, a list or a table of lists: what `data.yaml` files have of YAML.
struct PlainYAML {
  private var lines: [(indent: Int, text: Substring)] = []

  init(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      let content = Self.withoutComment(line)
      let trimmed = Self.trimmed(content)
      guard !trimmed.isEmpty else { continue }
      lines.append((content.prefix { $0 == " " }.count, trimmed))
    }
  }

  /// A key's values: those of `[a, b]`, of lines that begin with `-`, or its only one. Empty where it is not there.
  func list(_ key: String) -> [String] {
    guard let place = place(of: key) else { return [] }
    let value = Self.value(of: lines[place].text)
    if !value.isEmpty { return Self.items(value) }
    return below(place).compactMap { line in
      line.text.first == "-" ? Self.unquoted(line.text.dropFirst()) : nil
    }
  }

  /// A key's table, from numbers to lists of texts. A list is a table from 0 on.
  func entries(_ key: String) -> [(Int, [String])] {
    guard let place = place(of: key) else { return [] }
    let value = Self.value(of: lines[place].text)
    if value.first == "{" {
      return Self.items(value).compactMap { item in
        guard let mark = item.firstIndex(of: ":"), let number = Int(Self.trimmed(item[..<mark]))
        else { return nil }
        return (number, Self.items(Self.trimmed(item[item.index(after: mark)...])))
      }
    }
    let below = below(place)
    guard value.isEmpty, below.first?.text.first != "-" else {
      return list(key).enumerated().map { ($0.offset, [$0.element]) }
    }
    var found: [(Int, [String])] = []
    for line in below {
      if line.text.first == "-" {
        guard !found.isEmpty else { continue }
        found[found.count - 1].1.append(Self.unquoted(line.text.dropFirst()))
      } else if let mark = line.text.firstIndex(of: ":"), let number = Int(line.text[..<mark]) {
        let value = Self.value(of: line.text)
        found.append((number, value.isEmpty ? [] : Self.items(value)))
      }
    }
    return found
  }

  private func place(of key: String) -> Int? {
    lines.firstIndex { $0.indent == 0 && $0.text.hasPrefix(key + ":") }
  }

  /// The lines that belong to a key: those further in, and the list that stands right below it.
  private func below(_ place: Int) -> ArraySlice<(indent: Int, text: Substring)> {
    lines[(place + 1)...].prefix { $0.indent > 0 || $0.text.first == "-" }
  }

  private static func value(of line: Substring) -> Substring {
    guard let mark = line.firstIndex(of: ":") else { return "" }
    return trimmed(line[line.index(after: mark)...])
  }

  /// The items of `[a, b]` or `{a, b}`, which may hold lists themselves; any other text is one item.
  private static func items(_ text: Substring) -> [String] {
    guard let first = text.first, first == "[" || first == "{" else {
      return text.isEmpty ? [] : [unquoted(text)]
    }
    var (items, current, depth) = ([String](), "", 0)
    for character in text.dropFirst() {
      if depth == 0, character == "," || character == "]" || character == "}" {
        items.append(unquoted(current[...]))
        current = ""
        continue
      }
      if character == "[" || character == "{" { depth += 1 }
      if character == "]" || character == "}" { depth -= 1 }
      current.append(character)
    }
    return items.filter { !$0.isEmpty }
  }

  private static func unquoted(_ text: Substring) -> String {
    let text = trimmed(text)
    guard text.count >= 2, let mark = text.first, mark == "'" || mark == "\"", text.last == mark
    else { return String(text) }
    return String(text.dropFirst().dropLast())
  }

  /// Without what follows a `#` at the line's beginning or after a blank.
  private static func withoutComment(_ line: Substring) -> Substring {
    var previous: Character = " "
    for place in line.indices {
      if line[place] == "#", previous == " " { return line[..<place] }
      previous = line[place]
    }
    return line
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
