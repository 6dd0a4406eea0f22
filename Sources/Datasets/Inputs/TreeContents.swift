public import Codecs
internal import FoundationEssentials
internal import Schema

/// What a folder, zip or tar holds, for use in messages: a dataset, images, or files of other endings.
public struct TreeContents: Sendable {
  /// The dataset as the command line names it; nil where none is recognised.
  public var dataset: String?
  /// In words, such as "300W-LP", "12 .jpg, 3 .txt" or "no files".
  public var words: String
  /// Whether it holds images and is no known dataset.
  public var isImages: Bool

  /// Of larger trees only this many files are looked at, which is enough for a message.
  private static let most = 100_000

  /// Walks over the tree's names.
  ///
  /// - Throws: `FileError` or `ArchiveError` where it cannot be read.
  public init(path: String) throws {
    self.init(try SourceDoctor.diagnosis(of: FileTree(path: path), most: Self.most))
  }

  /// The same for a tree that has been diagnosed.
  public init(_ diagnosis: SourceDiagnosis) {
    dataset = diagnosis.dataset
    isImages =
      dataset == nil
      && ["jpg", "jpeg", "png"].contains { diagnosis.endings[$0, default: 0] > 0 }
    let endings = diagnosis.endings.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = endings.prefix(4).map { ending, count in
      "\(SourceDiagnosis.text(count)) \(ending.isEmpty ? "without an ending" : ".\(ending)")"
    }
    words =
      dataset == nil
      ? shown.isEmpty
        ? "no files"
        : shown.joined(separator: ", ") + (endings.count > shown.count ? " and others" : "")
      : String(diagnosis.title.prefix { $0 != "," })
  }
}

extension SourceDoctor {
  /// Why a tree cannot be the dataset that it is said to be; nil where it may be.
  ///
  /// - Parameters:
  ///   - tree: what was given.
  ///   - dataset: what it is said to be.
  ///   - diagnosis: that of `tree`.
  ///   - remedy: gives the advice for a tree that holds something else, from its contents and its path.
  public static func refusal(
    of tree: FileTree, as dataset: DatasetDescription, _ diagnosis: SourceDiagnosis,
    remedy: (TreeContents, String) -> String?
  ) -> WrongInput? {
    guard diagnosis.claims[dataset.name, default: 0] == 0 else { return nil }
    let found = TreeContents(diagnosis)
    let endings = diagnosis.endings
    func hasFiles(of dataset: String) -> Bool? {
      let needed = DatasetDescription.named(dataset)?.neededEndings ?? []
      return needed.isEmpty ? nil : needed.contains { endings[$0, default: 0] > 0 }
    }
    // Images in the folders of one dataset may be annotated in the form of another.
    let isOther = found.dataset.flatMap(hasFiles) ?? false
    guard isOther || hasFiles(of: dataset.name) == false else { return nil }
    var wrong = WrongInput(path: tree.path, expected: dataset.title, found: found.words)
    if found.dataset == nil, let above = above(tree.path), above.found.dataset == dataset.name {
      wrong.remedy = "\(above.found.words) is in '\(above.path)'; name that folder"
    } else {
      wrong.remedy = remedy(found, tree.path)
    }
    return wrong
  }

  /// What the parent folder holds; nil where it cannot be read.
  private static func above(_ path: String) -> (path: String, found: TreeContents)? {
    let most = 20_000
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    guard folder.pathComponents.count > 2, let tree = try? FileTree(path: folder.path),
      let diagnosis = try? diagnosis(of: tree, most: most)
    else { return nil }
    let shown = path.hasPrefix("/") || !path.contains("/") ? folder.path : folder.relativePath
    return (shown, TreeContents(diagnosis))
  }
}
