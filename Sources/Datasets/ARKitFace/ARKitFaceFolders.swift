internal import Codecs
internal import Schema

/// Where a tree keeps ARKitFace's images, arrays, landmarks and lists.
///
///     PerspNet, WCPA   image/…   info/…   68landmarks/…   list/*.csv
///     TRG              ARKitFace_image_train/image/…   ARKitFace_info_train/info/…
///                      ARKitFace_list/list/ARKitFace_train.csv        (and test)
///
/// The folders are found at any depth by their own names; their contents are not examined.
struct ARKitFaceFolders: Sendable {
  struct Root: Sendable {
    /// The path in the tree, which ends with `image`, `info` or `68landmarks`.
    var path: String
    /// The split that the names of its folders tell.
    var split: String?
    var kind: ARKitFaceSample.Kind
  }

  private(set) var roots: [Root] = []
  /// The comma-separated lists of samples, train before val before test, and otherwise in the order of their paths.
  private(set) var lists: [(path: String, split: String?)] = []

  private static let splits = ["train", "val", "test"]
  private static let greatestDepth = 5
  /// A folder with more subfolders than this holds subjects, or something else altogether.
  private static let mostFolders = 64

  init(_ tree: FileTree) throws {
    try search(tree, "", split: nil, depth: 0)
    guard roots.contains(where: { $0.kind != .image }) else { throw NotARKitFace(path: tree.path) }
    func rank(_ split: String?) -> Int {
      split.flatMap(Self.splits.firstIndex) ?? Self.splits.count
    }
    lists.sort {
      (rank($0.split), $0.path) < (rank($1.split), $1.path)
    }
  }

  private mutating func search(
    _ tree: FileTree, _ folder: String, split: String?, depth: Int
  ) throws {
    let entries = try tree.entries(of: folder)
    func path(_ name: String) -> String { folder.isEmpty ? name : folder + "/" + name }
    for name in entries.files where name.hasEnding(".csv") {
      let list = path(name)
      let isList = try tree.withBytes(of: list, limit: .max) { bytes in
        ARKitFaceList.isList(bytes)
          || TextForm.fault(of: bytes) != nil && ARKitFaceList.isList(inOtherEncoding: bytes)
      }
      if isList { lists.append((list, Self.split(of: name) ?? split)) }
    }
    guard entries.folders.count <= Self.mostFolders else { return }
    for name in entries.folders {
      let split = Self.split(of: name) ?? split
      if let kind = ARKitFaceSample.Kind(rawValue: name) {
        roots.append(Root(path: path(name), split: split, kind: kind))
      } else if depth < Self.greatestDepth {
        try search(tree, path(name), split: split, depth: depth + 1)
      }
    }
  }

  /// `train`, `val` or `test`, where one of the name's words is that.
  private static func split(of name: String) -> String? {
    let words = name.lowercased().split { "_-.".contains($0) }.map(String.init)
    return splits.first(where: words.contains)
  }

  /// The splits named by roots of arrays and landmarks, in order; nil stands for roots that name none.
  var splitsWithRoots: [String?] {
    (Self.splits.map { $0 } + [nil]).filter { split in roots.contains { $0.split == split } }
  }

  /// Where a sample's file can be: first below roots of its own split, then below the other roots.
  func candidates(
    _ kind: ARKitFaceSample.Kind, of sample: ARKitFaceSample, split: String?
  ) -> [(path: String, split: String?)] {
    let fitting = roots.filter { $0.kind == kind }
    let ordered = fitting.filter { $0.split == split } + fitting.filter { $0.split != split }
    return ordered.map { ("\($0.path)/\(sample.path(kind))", $0.split) }
  }
}

/// The error for a tree without ARKitFace's folders.
public struct NotARKitFace: Error, CustomStringConvertible {
  /// The folder or archive that was searched.
  public let path: String

  public var description: String {
    "\(path): expected ARKitFace's folders 'image' and 'info' at some depth, found none"
  }
}
