public import Codecs

/// Which form of annotation a file is of.
public struct Recognition: Sendable, Equatable {
  /// The dataset whose reader takes it, as the command line names it.
  public var dataset: String
  /// The form, in words: "COCO JSON".
  public var title: String
  /// What shows it, in words that follow "it is"; nil where the title says all.
  public var why: String?

  /// From its parts.
  public init(dataset: String, title: String, why: String? = nil) {
    (self.dataset, self.title, self.why) = (dataset, title, why)
  }

  /// Asks each dataset whether a file is one of its annotation files; the first that says so is taken. WIDER FACE's
  /// forms come last, for their text is hardly more than names and numbers. A text of none, a few rows of which may be
  /// broken, is of the one form that all its other rows fit.
  ///
  /// - Returns: nil where it is of no known form.
  public init?(of bytes: UnsafeRawBufferPointer, path: String) {
    let glance = FileGlance(path: path, bytes: bytes)
    for dataset in DatasetDescription.all {
      if let why = dataset.recognises?(glance) {
        self.init(dataset: dataset.name, title: dataset.title, why: why)
        return
      }
    }
    if let form = try? WiderFace.form(of: bytes, path: path),
      form != .matlab || glance.variables.contains("file_list")
    {
      self.init(dataset: DatasetDescription.widerFace.name, title: form.rawValue)
      return
    }
    self.init(ofBroken: glance)
  }

  /// The forms that some of a text's first lines are rows of, for whoever has to say what is wrong with it.
  public static func forms(
    ofSomeLinesOf bytes: UnsafeRawBufferPointer, path: String
  ) -> [DatasetDescription] {
    var glance = FileGlance(path: path, bytes: bytes)
    guard !glance.lines.isEmpty else { return [] }
    glance.tolerance = .most
    return DatasetDescription.all.filter { $0.recognises?(glance) != nil }
  }

  /// The only form that takes a text if a few of its rows may be broken.
  private init?(ofBroken file: FileGlance) {
    guard !file.lines.isEmpty else { return nil }
    var glance = file
    glance.tolerance = .few
    var found: Recognition?
    for dataset in DatasetDescription.all {
      guard let why = dataset.recognises?(glance) else { continue }
      guard found == nil else { return nil }
      found = Recognition(dataset: dataset.name, title: dataset.title, why: why)
    }
    guard let found else { return nil }
    self = found
  }
}

/// The annotations that a folder or archive holds, for whoever does not say what they are.
public struct TreeRecognition {
  /// The dataset whose reader takes the tree or its files, as the command line names it.
  public var dataset: String
  /// In words.
  public var title: String
  /// What shows it, in words that follow "it is"; nil where the title says all.
  public var why: String?
  /// The annotation files to read, relative to the tree; empty where the tree is read as a whole.
  public var files: [String] = []
  /// The forms of further annotation files, which are not read, with the first file of each; and the first file that cannot
  /// be looked at.
  public var others: [(title: String, path: String)] = []

  private static let mostLooks = 4096
  private static let largestLook = 1 << 30

  /// Looks at the tree's files that are no images until `mostLooks` have been seen.
  ///
  /// A dataset that the doctor knows by its layout is read as a whole. Else the form of the first annotation file is
  /// taken, in the order of names; files of another form are `others`.
  ///
  /// - Returns: nil where nothing is recognised.
  /// - Throws: `FileError` or `ArchiveError` where the tree cannot be read.
  public init?(_ tree: FileTree, _ diagnosis: SourceDiagnosis) throws {
    if let dataset = diagnosis.wholeDataset {
      self.init(dataset: dataset.name, title: diagnosis.title)
      return
    }
    var found: TreeRecognition?
    var unread: (title: String, path: String)?
    var (walk, looks) = (tree.walk(), 0)
    while looks < Self.mostLooks, let path = try walk.next() {
      if path.hasImageEnding { continue }
      looks += 1
      let file: FileContents
      do {
        file = try tree.contents(of: path, limit: Self.largestLook)
      } catch {
        // One tells of all: it is most often a whole folder's permissions.
        if unread == nil { unread = ("a file that cannot be read (\(error))", path) }
        continue
      }
      guard let recognition = file.withBytes({ Recognition(of: $0, path: path) })
      else { continue }
      if found == nil {
        found = TreeRecognition(
          dataset: recognition.dataset, title: recognition.title, why: recognition.why)
      }
      guard let known = found else { continue }
      if known.dataset == recognition.dataset {
        found?.files.append(path)
      } else if !known.others.contains(where: { $0.title == recognition.title }) {
        found?.others.append((recognition.title, path))
      }
    }
    guard var found else { return nil }
    found.others += [unread].compactMap { $0 }
    if DatasetDescription.named(found.dataset)?.readTree != nil { found.files = [] }
    self = found
  }

  private init(dataset: String, title: String, why: String? = nil) {
    (self.dataset, self.title, self.why) = (dataset, title, why)
  }
}
