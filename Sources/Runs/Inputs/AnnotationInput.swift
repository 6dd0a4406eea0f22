public import Codecs
public import Datasets
public import Schema

/// A dataset's annotations: where they are and how they are read.
public struct AnnotationInput: Sendable {
  /// Whose annotations.
  public var dataset: DatasetDescription
  /// Annotation files; several are merged by image.
  public var files: [String] = []
  /// The folder, zip or tar as distributed, where no files are named.
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

  /// No files yet.
  public init(_ dataset: DatasetDescription) { self.dataset = dataset }

  /// - Parameters:
  ///   - native: how much of the source is kept.
  ///   - tell: is given what the source doctor found.
  /// - Returns: the annotations, and the tree they are in where it is one.
  public func open(
    native: ReadingOptions.Native, tell: ([Finding]) -> Void
  ) throws -> (source: any AnnotationSource, tree: FileTree?) {
    var options = ReadingOptions(dataset: dataset.name)
    (options.split, options.native, options.makesEgocentric) = (split, native, isEgocentric)
    guard let input = tree else {
      for path in files { try requireAnnotations(path) }
      guard let read = dataset.readFiles else {
        throw RunFailure("\(dataset.name): expected its folder, found files", reason: .call)
      }
      return (try read(files, options), nil)
    }
    guard let read = dataset.readTree else {
      throw RunFailure("\(dataset.name): expected annotation files, found a folder", reason: .call)
    }
    try WrongInput.requireTree(input, expected: "\(dataset.title)'s folder, zip or tar")
    try SourceDoctor.refuseFaultyArchive(input)
    let tree = try FileTree(path: input)
    let diagnosis = try SourceDoctor.diagnosis(of: tree)
    if let wrong = SourceDoctor.refusal(
      of: tree, as: dataset, diagnosis, remedy: { $0.remedy(at: $1) })
    {
      throw wrong
    }
    tell(diagnosis.findings)
    options.testProtocol = testProtocol
    options.landmarkModel = try landmarkTables.map(MorphableLandmarks.init)
    options.frame = frame
    return (try read(tree, options), tree)
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

  /// What the manifest holds of how annotations were read, beside the command.
  public var readingJSON: [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = []
    if let frame { members.append(("frame", .text(frame.rawValue))) }
    if let testProtocol { members.append(("protocol", .text(testProtocol.rawValue))) }
    if isEgocentric { members.append(("egocentric", .boolean(true))) }
    return members
  }

  /// All that is read.
  public var paths: [String] { files + [tree, landmarkTables].compactMap { $0 } }
}
