internal import Codecs
internal import Datasets
internal import Schema

/// What a folder or archive of photos holds: how many are read, and by reason how many are not.
struct PhotoSurvey {
  private(set) var photos = 0
  /// Images of formats that are not read, by ending: how many, and the first.
  private var unread: [String: (count: Int, first: String)] = [:]
  /// Links and names that the walk left out.
  private var walkIssues: [RecordIssue] = []
  /// Paths without extension that several photos share.
  private var shared: Set<Substring> = []
  private let place: SourceLocation
  /// Paths without extension with which a photo to come may begin, each beginning with the one before.
  private var open: [Substring] = []

  static let readEndings: Set = ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "dib"]
  private static let otherEndings: Set = [
    "apng", "arw", "avif", "bpg", "cr2", "cr3", "dng", "exr", "gif", "hdr", "heic",
    "heif", "hif",
    "j2c", "j2k", "jp2", "jpf", "jpm", "jpx", "jxl", "jxr", "nef", "orf", "pbm", "pcx", "pfm",
    "pgm", "pnm", "ppm",
    "psd", "raf", "ras", "rw2", "svg", "tga", "tif", "tiff",
  ]

  /// - Parameters:
  ///   - tree: what is walked through.
  ///   - entersArchives: whether archives in it are looked into.
  /// - Throws: what the walk throws.
  init(_ tree: FileTree, entersArchives: Bool) throws {
    self.init(at: SourceLocation(file: SourceLocation.fileName(of: tree.path)))
    var walk = tree.walk(entersArchives: entersArchives)
    while let path = try walk.next() { if count(path) { note(path) } }
    walkIssues = walk.issues(at: place)
  }

  /// Nothing yet.
  ///
  /// - Parameter place: for issues.
  init(at place: SourceLocation) { self.place = place }

  /// Counts a file.
  ///
  /// - Returns: whether it is a photo that is read.
  mutating func count(_ path: String) -> Bool {
    guard let ending = Self.ending(of: path[...]) else { return false }
    if Self.readEndings.contains(ending) {
      photos += 1
      return true
    }
    if Self.otherEndings.contains(ending) {
      let known = unread[ending]
      unread[ending] = ((known?.count ?? 0) + 1, known?.first ?? path)
    }
    return false
  }

  /// Notes which photos differ in nothing but the extension.
  ///
  /// Names come in the order of their bytes, so those that begin alike come in a row, with what lies in folders that do.
  private mutating func note(_ path: String) {
    while let last = open.last, !path.utf8.starts(with: last.utf8) { open.removeLast() }
    let stem = ImageReference.stem(of: path[...])
    if open.contains(stem) { shared.insert(stem) } else { open.append(stem) }
  }

  /// Whether a photo's id has to keep the extension: of those that share all but it, and where the rest is such an id.
  func keepsExtension(_ path: Substring) -> Bool {
    guard !shared.isEmpty else { return false }
    let stem = ImageReference.stem(of: path)
    return shared.contains(stem) || (stem != path && Self.isImage(stem) && keepsExtension(stem))
  }

  /// The extension in lower case; nil of hidden files, and of what unpackers on other systems leave.
  private static func ending(of path: Substring) -> String? {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")),
      !path.split(separator: "/").contains(where: { $0 == "__MACOSX" || $0.first == "." })
    else { return nil }
    return path[path.index(after: dot)...].lowercased()
  }

  /// Whether a file is one that is read, by its name; its header says of what format it is.
  static func isImage(_ path: Substring) -> Bool {
    ending(of: path).map(readEndings.contains) ?? false
  }

  /// What is left out, one issue a reason.
  var issues: [RecordIssue] {
    let issues = unread.sorted { $0.key < $1.key }.map { ending, files in
      RecordIssue(
        .unreadFormat, at: place,
        "\(counted(files.count, "file")): expected \(FileEnding.imagesInWords), found .\(ending) (first '\(files.first)'); convert \(files.count == 1 ? "it" : "them") to be read"
      )
    }
    return issues + walkIssues
  }
}
