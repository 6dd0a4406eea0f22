internal import Codecs
internal import Schema

/// Walks a tree for the .mat files of 300W-LP or AFLW2000-3D. The files themselves are read when an image's
/// outcome is asked for.
struct MATFaceSource: AnnotationSource {
  private let form: MATFaceForm
  private let tree: FileTree
  private let options: ReadingOptions
  private var walk: FileWalk
  /// An image whose .mat file has not come yet; it is usually the next file.
  private var waiting: String?
  private var ready: [PendingOutcome] = []
  private var isAtEnd = false
  private(set) var position = 0
  let size = 0

  init(_ form: MATFaceForm, in tree: FileTree, options: ReadingOptions) {
    self.form = form
    self.tree = tree
    self.options = options
    walk = tree.walk()
  }

  mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  mutating func nextPending() throws -> PendingOutcome? {
    while ready.isEmpty, !isAtEnd {
      if let path = try walk.next() { take(path) } else { finish() }
    }
    return ready.isEmpty ? nil : ready.removeFirst()
  }

  private mutating func take(_ path: String) {
    guard isOfDataset(path) else { return }
    if path.hasEnding(".mat") {
      takeMAT(path)
    } else if path.hasImageEnding {
      settleWaiting()
      waiting = path
    }
  }

  /// Whether a path belongs to the data. Hidden files and the MATLAB code in `Code/` do not.
  private func isOfDataset(_ path: String) -> Bool {
    !path.hasPathPart { $0[0] == UInt8(ascii: ".") || $0.elementsEqual("Code".utf8) }
  }

  private mutating func takeMAT(_ path: String) {
    if form == .threeHundredWLP, path.hasEnding("_pts.mat") {
      checkLandmarks(path)
      return
    }
    let stem = String(path.dropLast(4))
    var image: String?
    if let waiting, withoutSuffix(waiting) == stem {
      image = waiting
      self.waiting = nil
    }
    position += 1
    let reader = MATFaceImage(
      form: form, tree: tree, options: options, file: path, imagePath: image)
    ready.append(.deferred { reader.read() })
  }

  /// Reports the waiting image if it has no .mat file. It may have one that sorts elsewhere.
  private mutating func settleWaiting() {
    guard let image = waiting else { return }
    waiting = nil
    let mat = withoutSuffix(image) + ".mat"
    if tree.spelling(of: mat) != nil { return }
    report(
      .missingAnnotation, image,
      "expected '\(SourceLocation.fileName(of: mat))' beside the image, found none")
  }

  /// Reports landmarks without an image. Other landmarks are read with their image.
  private mutating func checkLandmarks(_ path: String) {
    let parts = path.pathParts.map(String.init)
    guard parts.count >= 3, parts[parts.count - 3] == "landmarks", let name = parts.last else {
      return
    }
    let stem = name.dropLast("_pts.mat".count) + ".mat"
    let root = parts.dropLast(3)
    let set = parts[parts.count - 2]
    let owners = [set, set + "_Flip"].map { (root + [$0, String(stem)]).joined(separator: "/") }
    if owners.contains(where: { tree.spelling(of: $0) != nil }) { return }
    report(.missingAnnotation, path, "expected '\(set)/\(stem)' for these landmarks, found none")
  }

  private mutating func finish() {
    settleWaiting()
    isAtEnd = true
    for issue in walk.issues(
      at: SourceLocation(file: SourceLocation.fileName(of: tree.path)))
    {
      ready.append(.read(.notes([issue])))
    }
    if position == 0 {
      report(
        .missingAnnotation, SourceLocation.fileName(of: tree.path),
        "expected a .mat file for each image, found none")
    }
  }

  private mutating func report(_ code: RecordIssue.Code, _ file: String, _ detail: String) {
    let issue = RecordIssue(code, at: SourceLocation(file: file), detail)
    ready.append(.read(Outcome(record: nil, issues: [issue])))
  }

  private func withoutSuffix(_ path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(path[..<$0]) } ?? path
  }
}
