public import Codecs
public import Datasets
public import Geometry
public import Schema

/// A dataset's annotations: where they are and how they are read.
public struct AnnotationInput: Sendable {
  /// Whose annotations; nil to find out from their contents.
  public var dataset: DatasetDescription?
  /// Annotation files; several are merged by image.
  public var files: [String] = []
  /// The folder, zip or tar as distributed, where no files are named; or one annotation file, where the dataset is to
  /// be found out.
  public var tree: String?
  /// The records' split, where the file's name does not tell it.
  public var split: String?
  /// BIWI's camera that poses are given in; nil for the colour camera.
  public var frame: Biwi.Frame?
  /// Which images a published test takes; nil for all.
  public var testProtocol: ReadingOptions.TestProtocol?
  /// Whether rotations relative to the line of sight are turned to the camera's axis.
  public var isEgocentric = false
  /// The folder of 3DDFA's tables from which landmarks are rebuilt.
  public var landmarkTables: String?
  /// Which side "left" means in names of points; nil to find out from the faces.
  public var namedSide: NamedSide?
  /// How poses are written in files that do not tell it; nil where the user does not name it.
  public var notation: PoseNotation?
  /// The number of the first pixel in forms that do not tell it; nil for what the form's description says.
  public var pixelOrigin: PixelOrigin?
  /// The unit of angles in files that do not state it; nil where the user does not name it.
  public var angleUnit: AngleUnit?
  /// What names of points mean; nil where the user does not say it.
  public var pointNames: PointNames?
  /// The file that `pointNames` were read from, where the caller read one.
  public var pointNamesFile: String?
  /// On how many threads a file of many images is read.
  public var jobs = 1
  /// What the columns of a table mean; nil where their names say it. Without a dataset, the input is a table.
  public var columns: ColumnMap?

  /// No files yet.
  public init(_ dataset: DatasetDescription?) { self.dataset = dataset }

  /// Annotations that are open.
  public struct Opened {
    /// Whose annotations, as named or recognised.
    public var dataset: DatasetDescription
    /// The records.
    public var source: any AnnotationSource
    /// The tree that they are in; nil where files were named.
    public var tree: FileTree?
    /// The images; nil where none are at hand.
    public var images: ImageStore?
  }

  /// Opens the annotations, and their images where there are any.
  ///
  /// - Parameters:
  ///   - native: how much of the source is kept.
  ///   - images: where images are; by default those of the annotations' own tree.
  ///   - needsImages: whether to throw where there are none.
  ///   - tell: is given what the source doctor found.
  ///   - say: is given a line on what was recognised.
  /// - Throws: `WrongInput` where the input is not what it should be; `UnheededOption`; `RunFailure`; errors of reading.
  public func open(
    native: ReadingOptions.Native, images: ImageLocation = ImageLocation(),
    needsImages: Bool = false, tell: ([Finding]) -> Void, say: (String) -> Void = { _ in }
  ) throws -> Opened {
    guard let dataset else {
      return try recognised(say).open(
        native: native, images: images, needsImages: needsImages, tell: tell)
    }
    if let tree, isAnnotationFile(tree, of: dataset) {
      var named = self
      (named.files, named.tree) = ([tree], nil)
      return try named.open(
        native: native, images: images, needsImages: needsImages, tell: tell, say: say)
    }
    try requireHeeded(by: dataset)
    var options = ReadingOptions(dataset: dataset.name)
    (options.split, options.native, options.makesEgocentric) = (split, native, isEgocentric)
    (options.namedSide, options.pointNames) = (namedSide, pointNames ?? PointNames())
    options.pixelOrigin = pixelOrigin
    (options.notation, options.angleUnit) = (notation, angleUnit)
    (options.columns, options.jobs) = (columns, jobs)
    options.takesImages = needsImages && dataset.holdsImages && images.paths.isEmpty
    let needsImages = needsImages && !options.takesImages
    var images = images
    images.searchesFolders = dataset.recognises != nil
    guard let input = tree else {
      for path in files { try requireAnnotations(path) }
      guard let read = dataset.readFiles else {
        throw RunFailure("\(dataset.name): expected its folder, found files", reason: .call)
      }
      options.images = try images.open(or: nil, isRequired: needsImages)
      return Opened(
        dataset: dataset, source: try read(files, options), tree: nil, images: options.images)
    }
    guard let read = dataset.readTree else {
      throw RunFailure("\(dataset.name): expected annotation files, found a folder", reason: .call)
    }
    try WrongInput.requireTree(input, expected: "\(dataset.title)'s folder, zip or tar")
    try SourceDoctor.refuseFaultyArchive(input)
    let tree = try FileTree(path: input)
    // The doctor knows the layouts of datasets; files of annotation tools lie anywhere.
    if dataset.recognises == nil { try examine(tree, as: dataset, tell) }
    options.testProtocol = testProtocol
    options.landmarkModel = try landmarkTables.map(MorphableLandmarks.init)
    options.frame = frame
    // A folder of annotations alone says nothing of images, so none are missing.
    let hasImages = try dataset.recognises == nil || needsImages || Self.hasImages(tree)
    options.images = try images.open(or: hasImages ? tree : nil, isRequired: needsImages)
    return Opened(
      dataset: dataset, source: try read(tree, options), tree: tree, images: options.images)
  }

  /// Whether what is named as the input is not the dataset's folder or archive but a file of its annotations.
  private func isAnnotationFile(_ path: String, of dataset: DatasetDescription) -> Bool {
    guard dataset.recognises != nil, let kind = try? InputKind(reading: path) else { return false }
    return switch kind {
    case .annotations, .empty: true
    // A stream is no folder, so its reader says what is wrong with it.
    default: path == "-"
    }
  }

  private static func hasImages(_ tree: FileTree) throws -> Bool {
    var walk = tree.walk()
    while let path = try walk.next() { if path.hasImageEnding { return true } }
    return false
  }

  private func examine(
    _ tree: FileTree, as dataset: DatasetDescription, _ tell: ([Finding]) -> Void
  ) throws {
    let diagnosis = try SourceDoctor.diagnosis(of: tree)
    if let wrong = SourceDoctor.refusal(
      of: tree, as: dataset, diagnosis, remedy: { $0.remedy(at: $1) })
    {
      throw wrong
    }
    // What tables rebuild is not missed.
    tell(
      landmarkTables == nil
        ? diagnosis.findings
        : diagnosis.findings.filter { !$0.detail.contains("or rebuild landmarks") })
  }

  /// - Throws: `WrongInput` where it is known to be something else; what is not known is left to the readers.
  private func requireAnnotations(_ path: String) throws {
    guard path != "-", let kind = try? InputKind(path: path) else { return }
    switch kind {
    case .annotations, .empty, .other(_, nil): return
    case .other:
      if case .text = try FileSignature(path: path) { return }
      throw WrongInput.refusal(path, kind, expected: "an annotation file")
    default: throw WrongInput.refusal(path, kind, expected: "an annotation file")
    }
  }

  // MARK: Recognition

  /// The same input with its dataset, found by its contents.
  ///
  /// - Parameter say: is given a line on what was recognised, and on what else there is that is not read.
  /// - Throws: `WrongInput` where no form is recognised.
  func recognised(_ say: (String) -> Void) throws -> AnnotationInput {
    var known = self
    if columns != nil {
      known.dataset = .csv
      if let tree, try InputKind(reading: tree) != .tree {
        (known.files, known.tree) = ([tree], nil)
      }
      return known
    }
    if let tree, try InputKind(reading: tree) == .tree {
      try SourceDoctor.refuseFaultyArchive(tree)
      let opened = try FileTree(path: tree)
      let diagnosis = try SourceDoctor.diagnosis(of: opened)
      guard let found = try TreeRecognition(opened, diagnosis) else {
        let contents = TreeContents(diagnosis)
        throw unknown(tree, found: contents.words, remedy: contents.remedy(at: tree))
      }
      known.dataset = DatasetDescription.named(found.dataset)
      if !found.files.isEmpty {
        guard !opened.isArchive else {
          throw WrongInput(
            path: tree, expected: "a folder, as \(found.title) is read file by file",
            found: "an archive", remedy: "unpack it and name the folder")
        }
        (known.files, known.tree) = (found.files.map { "\(tree)/\($0)" }, nil)
      }
      say("recognised \(found.title)" + (found.why.map { ": it is \($0)" } ?? ""))
      for other in found.others {
        say("not read  \(other.path), which is \(other.title)")
      }
      return known
    }
    known.files = files + [tree].compactMap { $0 }
    known.tree = nil
    for path in known.files {
      let kind = try InputKind(reading: path)
      guard case .annotations(let form) = kind else { throw try unknown(path, kind) }
      let dataset = DatasetDescription.named(form.dataset)
      if let first = known.dataset, first.name != form.dataset {
        throw WrongInput(
          path: path, expected: "\(first.title), as the files before it", found: form.title)
      }
      known.dataset = dataset
      say("recognised \(form.title)" + (form.why.map { ": it is \($0)" } ?? ""))
    }
    return known
  }

  /// A file whose form is not recognised. Where some of its lines are of one, the user may name it.
  private func unknown(_ path: String, _ kind: InputKind) throws -> WrongInput {
    if case .other(let found, let remedy?) = kind {
      return unknown(path, found: found, remedy: remedy)
    }
    let forms = try PackedFile.open(path).withBytes {
      Recognition.forms(ofSomeLinesOf: $0, path: path)
    }
    guard let first = forms.first else { return unknown(path, found: kind.description) }
    let titles = forms.prefix(4).map(\.title).joined(separator: " or ")
    return unknown(
      path, found: "\(kind.description), some lines of which are of \(titles)",
      remedy:
        "if it is that, name it: sixdof convert \(first.name) --annotations \(path) --output NAME.jsonl reads those lines and tells of the others"
    )
  }

  private func unknown(_ path: String, found: String, remedy: String? = nil) -> WrongInput {
    WrongInput(
      path: path, expected: "annotations of a known form", found: found,
      remedy: remedy ?? "'sixdof formats' lists the forms")
  }

  /// What the manifest holds of how annotations were read, beside the command.
  public var readingJSON: [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = []
    if let frame { members.append(("frame", .text(frame.rawValue))) }
    if let testProtocol { members.append(("protocol", .text(testProtocol.rawValue))) }
    if isEgocentric { members.append(("egocentric", .boolean(true))) }
    if let notation { members.append(("convention", .text(notation.name))) }
    if let pixelOrigin { members.append(("pixel_origin", .text(pixelOrigin.rawValue))) }
    if let angleUnit { members.append(("angle_unit", .text(angleUnit.rawValue))) }
    if let namedSide { members.append(("sides", .text(namedSide.rawValue))) }
    return members
  }

  /// All that is read.
  public var paths: [String] { digestedFiles + [tree, landmarkTables].compactMap { $0 } }

  /// The files whose digests stand for what is read: a map of names decides it as annotations do.
  public var digestedFiles: [String] {
    files + [pointNamesFile, columns?.file].compactMap { $0 }
  }

  /// As the command line names the dataset.
  public var name: String { dataset?.name ?? "auto" }
}
