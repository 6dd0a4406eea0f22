internal import Codecs
internal import Datasets
internal import Schema

/// What a folder or archive of photos holds: how many are read, and by reason how many are not.
struct PhotoSurvey {
  private(set) var photos = 0
  /// Images of formats that are not read, by ending: how many, and the first.
  private var unread: [String: (count: Int, first: String)] = [:]
  /// Links, names, members of archives and lines of lists that are left out.
  private var walkIssues: [RecordIssue] = []
  /// Archives that are not looked into: how many, and the first.
  private var archives = (count: 0, first: "")
  /// Images whose names have no ending: how many, and the first.
  private var unnamed = (count: 0, first: "")
  /// Whether all that is read is in an archive.
  private let isArchive: Bool
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
    self.init(
      at: SourceLocation(file: SourceLocation.fileName(of: tree.path)), isArchive: tree.isArchive)
    var walk = tree.walk(entersArchives: entersArchives)
    while let path = try walk.next() {
      if count(path) {
        note(path)
      } else if Self.hasNoEnding(path), tree.signature(of: path) == .image {
        countUnnamed(path)
      }
    }
    let list = PathList.file(tree.path).map(SourceLocation.fileName) ?? ""
    walkIssues =
      tree.listFaults.map { RecordIssue($0, in: list) }
      + walk.issues(at: place, ofMembers: Self.isMissed)
  }

  /// Nothing yet.
  ///
  /// - Parameters:
  ///   - place: for issues.
  ///   - isArchive: whether all that is read is in an archive.
  init(at place: SourceLocation, isArchive: Bool) {
    (self.place, self.isArchive) = (place, isArchive)
  }

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
    } else if ImageArchive.hasEnding(path) {
      archives = (archives.count + 1, archives.count == 0 ? path : archives.first)
    }
    return false
  }

  /// Counts an image that is not read as its name has no ending.
  mutating func countUnnamed(_ path: String) {
    unnamed = (unnamed.count + 1, unnamed.count == 0 ? path : unnamed.first)
  }

  /// Whether a file's name has no ending; not of hidden files.
  static func hasNoEnding(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return parts.last.map { !$0.utf8.contains(UInt8(ascii: ".")) } ?? false
      && !parts.contains { $0 == "__MACOSX" || $0.first == "." }
  }

  /// Whether a member of an archive that cannot be read would be an image, by its name.
  static func isMissed(_ name: String) -> Bool {
    let parts = name.split(separator: "/").filter { $0 != ".." && $0 != "." }
    return name.isEmpty || isImage(parts.joined(separator: "/")[...])
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
    return issues + otherFiles + walkIssues
  }

  private var otherFiles: [RecordIssue] {
    var issues: [RecordIssue] = []
    if unnamed.count > 0 {
      let detail =
        "\(counted(unnamed.count, "image")) without an ending: expected \(FileEnding.imagesInWords) at the end of the name, found none (first '\(unnamed.first)'); rename \(unnamed.count == 1 ? "it" : "them") to be read"
      issues.append(RecordIssue(.unreadFormat, at: place, detail))
    }
    if archives.count > 0 {
      let isInner =
        isArchive
        || archives.first.split(separator: "/").dropLast().contains {
          ImageArchive.hasEnding(String($0))
        }
      let (found, remedy) =
        isInner
        ? ("an archive inside of an archive", "unpack the outer one")
        : ("an archive beside images", "name all of them in a list, a path a line, and give @LIST")
      let detail =
        "\(counted(archives.count, "archive")) not read: expected images, found \(found) (first '\(archives.first)'); to have \(archives.count == 1 ? "it" : "them") read, \(remedy)"
      issues.append(RecordIssue(.unreadFormat, at: place, detail))
    }
    return issues
  }

  /// What is left out, for the message of a run that has nothing to read.
  var reasons: String {
    let all = issues
    let more = all.count - Self.mostReasons
    return all.prefix(Self.mostReasons).map { "; " + $0.detail }.joined()
      + (more > 0 ? "; and \(more) more" : "")
  }

  private static let mostReasons = 5
}

extension RecordIssue {
  /// A line of a list that is skipped.
  fileprivate init(_ fault: PathList.Fault, in list: String) {
    let code: Code =
      switch fault.reason {
      case .nothing: .missingImage
      case .otherFile: .malformedLine
      case .repeated: .duplicateRecord
      }
    self.init(code, at: SourceLocation(file: list, line: fault.line), fault.detail)
  }
}
