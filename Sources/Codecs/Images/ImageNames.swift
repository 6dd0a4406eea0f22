/// An existing file that the path of a missing image may have meant.
public struct NearImage: Sendable, Equatable {
  /// Its path among the images.
  public var path: String
  /// How its path differs from the one asked for, in words: "which differs in case".
  public var difference: String
  /// The folder to which paths would have to be relative for this file to be found: a folder below the root, or
  /// `..` above it. nil where no folder would do.
  var root: String?
}

/// The names of all images of a folder or archive, to find files near a path that does not exist. It is made when
/// the first image is missing, in one walk over all names.
struct ImageNames {
  /// At most this many files are looked at.
  private static let most = 1 << 20
  /// At most this many files of one name are compared in full.
  private static let mostOfAName = 16

  private var paths: [String] = []
  /// Positions in `paths` by the file's name without its ending, folded to one case. Texts are equal
  /// in whatever Unicode form.
  private var byStem: [String: [Int32]] = [:]
  /// The parts of the path that leads to the images.
  private let root: [Substring]

  /// - Parameters:
  ///   - root: the path of the folder of images, with all links followed; empty for an archive.
  ///   - next: the next file's path; nil at the end.
  init(root: String, _ next: () -> String?) {
    self.root = root.split(separator: "/")
    while paths.count < Self.most, let path = next() {
      let stem = Self.stem(Self.folded(Self.lastPart(of: path)))
      byStem[stem, default: []].append(Int32(paths.count))
      paths.append(path)
    }
  }

  /// The file that a path most likely means; nil where there is none, or where several are equally likely.
  func nearest(to asked: String) -> NearImage? {
    let asked = normalised(asked)
    let stem = Self.stem(Self.folded(Self.lastPart(of: asked)))
    let places = byStem[stem, default: []]
    guard places.count <= Self.mostOfAName else { return nearestByFolders(to: asked) }
    let near = places.compactMap { comparison(of: paths[Int($0)], with: asked) }
    guard let best = near.map(\.rank).min() else { return nil }
    let ones = near.filter { $0.rank == best }
    return ones.count == 1 ? ones[0].image : nil
  }

  /// The one file that has this path below some folder; nil where there is none, or more than one.
  func only(below path: String) -> String? {
    let folders = folders(above: path)
    guard folders.count == 1 else { return nil }
    return folders[0].isEmpty ? path : folders[0] + "/" + path
  }

  /// The folders, shortest first, below which there is a file of exactly this path.
  func folders(above path: String) -> [String] {
    let stem = Self.stem(Self.folded(Self.lastPart(of: path)))
    return byStem[stem, default: []].compactMap { place in
      let full = paths[Int(place)]
      if full == path { return "" }
      return full.hasSuffix("/" + path) ? String(full.dropLast(path.count + 1)) : nil
    }.sorted { ($0.count, $0) < ($1.count, $1) }
  }

  /// Where many files share the name, only files whose whole path agrees are considered.
  private func nearestByFolders(to asked: String) -> NearImage? {
    let stem = Self.stem(Self.folded(Self.lastPart(of: asked)))
    var found: (rank: Int, image: NearImage)?
    for place in byStem[stem, default: []] {
      guard let near = comparison(of: paths[Int(place)], with: asked), near.rank < 4
      else { continue }
      if found.map({ near.rank < $0.rank }) ?? true { found = near }
    }
    return found?.image
  }

  /// How near a file is, a lower rank being nearer; nil where even its name differs.
  private func comparison(
    of path: String, with asked: String
  ) -> (rank: Int, image: NearImage)? {
    let (a, b) = (path.split(separator: "/"), asked.split(separator: "/"))
    let common = min(a.count, b.count)
    let spelling = zip(a.suffix(common), b.suffix(common)).map { Self.difference($0, $1) }
    // How many parts agree, from the name upwards.
    let same = spelling.reversed().prefix { $0 != .other }.count
    guard same > 0 else { return nil }
    let worst = spelling.suffix(same).max() ?? .none
    if same == common, a.count == b.count {
      return (worst.rawValue, NearImage(path: path, difference: "which differs in \(worst.words)"))
    }
    let but = worst == .none ? "" : " and differs in \(worst.words)"
    if same == common, a.count > b.count {
      let folder = a.dropLast(common).joined(separator: "/")
      return (
        10 + worst.rawValue,
        NearImage(
          path: path, difference: "which has '\(folder)/' before it\(but)",
          root: worst == .none ? folder : nil)
      )
    }
    if same == common {
      let folders = b.dropLast(common)
      let isRoot = root.suffix(folders.count).elementsEqual(folders)
      return (
        20 + worst.rawValue,
        NearImage(
          path: path,
          difference: "which has no '\(folders.joined(separator: "/"))/' before it\(but)",
          root: worst == .none && isRoot
            ? folders.map { _ in ".." }.joined(separator: "/") : nil)
      )
    }
    return (
      100 + worst.rawValue - same,
      NearImage(path: path, difference: "which is in another folder\(but)")
    )
  }

  /// How two parts of a path differ, in ascending order of difference.
  private enum Spelling: Int, Comparable {
    case none, unicodeForm, letterCase, ending, other

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    var words: String {
      switch self {
      case .unicodeForm: "its Unicode form (composed and decomposed letters)"
      case .letterCase: "case"
      case .ending: "its ending"
      case .none, .other: "spelling"
      }
    }
  }

  private static func difference(_ a: Substring, _ b: Substring) -> Spelling {
    if a.utf8.elementsEqual(b.utf8) { return .none }
    // `String` compares characters, whatever their Unicode form.
    if a == b { return .unicodeForm }
    let (a, b) = (folded(a), folded(b))
    if a == b { return .letterCase }
    return stem(a) == stem(b) ? .ending : .other
  }

  private static func folded(_ text: some StringProtocol) -> String {
    text.lowercased()
  }

  private static func lastPart(of path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path[...]
  }

  private static func stem(_ name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex,
      ["jpg", "jpeg", "png", "jpe", "jfif", "bmp", "webp", "tif", "tiff", "gif"].contains(
        name[name.index(after: dot)...])
    else { return name }
    return String(name[..<dot])
  }
}

/// A path in plain form: without `./`, without slashes at the ends or doubled ones, and with `/` for `\`.
func normalised(_ path: String) -> String {
  path.split { $0 == "/" || $0 == "\\" }.filter { $0 != "." }.joined(separator: "/")
}
