public import ArgumentParser
internal import Codecs
public import Datasets
internal import Schema

extension ReadingOptions.Native: ExpressibleByArgument {}
extension Biwi.Frame: ExpressibleByArgument {}
extension ReadingOptions.TestProtocol: ExpressibleByArgument {}

/// Which dataset's form the input has.
enum Dataset: String, ExpressibleByArgument, CaseIterable {
  case widerFace = "wider-face"
  case threeHundredWLP = "300w-lp"
  case aflw2000
  case biwi
  case arkitFace = "arkitface"

  /// Whether its annotations may be files that are named one by one; of 300W-LP they are img2pose's lists.
  var hasAnnotationFiles: Bool { self == .widerFace || self == .threeHundredWLP }
  /// Whether they may be a whole folder.
  var isTree: Bool { self != .widerFace }
}

/// How large an image may be.
struct ImageSizeOptions: ParsableArguments {
  @Option(help: "Refuse image files larger than this.")
  var maxImageBytes: Int = 256 << 20

  @Option(
    help: ArgumentHelp(
      "Refuse images of more pixels than this, before they are decoded.", valueName: "pixels"))
  var maxPixels: Int = PixelLimit.standard.pixels

  var pixelLimit: PixelLimit { PixelLimit(pixels: maxPixels) }

  func validate() throws {
    let greatest = 1 << 40
    for (name, value) in [("--max-image-bytes", maxImageBytes), ("--max-pixels", maxPixels)]
    where !(1...greatest).contains(value) {
      throw ValidationError("'\(name)' must be from 1 to \(greatest), not \(value).")
    }
  }
}

/// Where images come from.
struct ImageOptions: ParsableArguments {
  @Option(
    help:
      "The folder, zip or tar that the annotations' image paths are relative to; of datasets given by --input it is the input."
  )
  var images: String?

  @OptionGroup var size: ImageSizeOptions

  var maxImageBytes: Int { size.maxImageBytes }
  var pixelLimit: PixelLimit { size.pixelLimit }

  /// The images named, or else those of the dataset's own tree; nil where there are none and none are
  /// required.
  func open(or tree: FileTree?, isRequired: Bool) throws -> ImageStore? {
    if let images {
      try SourceDoctor.refuseFaultyArchive(images)
      return try ImageStore(path: images, maximumBytes: maxImageBytes, pixelLimit: pixelLimit)
    }
    if let tree { return try tree.images(maximumBytes: maxImageBytes, pixelLimit: pixelLimit) }
    if isRequired { throw Self.missing }
    return nil
  }

  /// The same where a run cannot do without.
  func required(or tree: FileTree?) throws -> ImageStore {
    guard let store = try open(or: tree, isRequired: true) else { throw Self.missing }
    return store
  }

  private static let missing = Failure(
    "expected '--images', the folder, zip or tar of images, found none", exit: Exit.usage)
}

/// Which annotations are read.
struct AnnotationOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help:
      "wider-face: annotation files of any of its forms; several are merged by image, the first giving the order. 300w-lp: img2pose's list of JSON files with pose_para."
  )
  var annotations: [String] = []

  @Option(
    name: .shortAndLong,
    help: "The other datasets: the folder, zip or tar they are in, as distributed.")
  var input: String?

  @Option(help: "The records' split, where the file's name does not tell it.")
  var split: String?

  @Option(
    help:
      "biwi: the camera that poses are given in, the colour camera of its images (default) or the depth camera, as img2pose and Hopenet have it."
  )
  var frame: Biwi.Frame?

  @Option(
    name: .customLong("protocol"),
    help:
      "aflw2000: leave out what a published test leaves out: faces with an angle beyond 99 degrees (img2pose)."
  )
  var testProtocol: ReadingOptions.TestProtocol?

  @Flag(
    help:
      "300w-lp, aflw2000: turn rotations, which are annotated relative to the line of sight to the face (allocentric), to the camera's axis."
  )
  var egocentric = false

  @Option(
    help: ArgumentHelp(
      "300w-lp: rebuild landmarks that have no file of their own from shape and expression, by the folder of 3DDFA's tables u_base, w_shp_base and w_exp_base (.txt or .npy); without it the visible contour of pt2d is taken.",
      valueName: "folder"))
  var landmarkTables: String?

  func validate(for dataset: Dataset) throws {
    guard !egocentric || dataset == .threeHundredWLP || dataset == .aflw2000 else {
      throw ValidationError(
        "'--egocentric' is for 300w-lp and aflw2000; rotations of '\(dataset.rawValue)' are relative to the camera's axis."
      )
    }
    guard landmarkTables == nil || dataset == .threeHundredWLP else {
      throw ValidationError("'--landmark-tables' is for 300w-lp, not for '\(dataset.rawValue)'.")
    }
    guard frame == nil || dataset == .biwi else {
      throw ValidationError("'--frame' is for biwi, not for '\(dataset.rawValue)'.")
    }
    guard testProtocol == nil || dataset == .aflw2000 else {
      throw ValidationError("'--protocol' is for aflw2000.")
    }
    guard annotations.isEmpty || input == nil else {
      throw ValidationError(
        "'--annotations' and '--input' are two ways to name one dataset; give one.")
    }
    guard annotations.isEmpty || dataset.hasAnnotationFiles else {
      throw ValidationError(
        "'--annotations' is for wider-face and 300w-lp; '\(dataset.rawValue)' has them in its '--input'."
      )
    }
    guard input == nil || dataset.isTree else {
      throw ValidationError("'--input' is for the other datasets; name files by '--annotations'.")
    }
    guard !annotations.isEmpty || input != nil else {
      throw ValidationError(
        dataset.isTree
          ? "'\(dataset.rawValue)' needs '--input', the folder, zip or tar that it is in."
          : "'--annotations' needs at least one file.")
    }
  }

  /// - Parameter tell: is given what the source doctor found.
  /// - Returns: the annotations, and the tree they are in where it is one.
  func open(
    _ dataset: Dataset, _ options: ReadingOptions,
    tell: ([Finding]) -> Void = SourceDoctor.say
  ) throws -> (source: any AnnotationSource, tree: FileTree?) {
    var options = options
    options.makesEgocentric = egocentric
    guard let input else {
      for path in annotations { try requireAnnotations(path) }
      return dataset == .threeHundredWLP
        ? (try ThreeHundredWLP.annotations(inLists: annotations, options: options), nil)
        : (try WiderFace.annotations(at: annotations, options: options), nil)
    }
    try WrongInput.requireTree(input, expected: "\(dataset.title)'s folder, zip or tar")
    try SourceDoctor.refuseFaultyArchive(input)
    let tree = try FileTree(path: input)
    let diagnosis = try SourceDoctor.diagnosis(of: tree)
    if let wrong = SourceDoctor.refusal(
      of: tree, as: (dataset.rawValue, dataset.title), diagnosis,
      remedy: { $0.remedy(at: $1) })
    {
      throw wrong
    }
    tell(diagnosis.findings)
    options.testProtocol = testProtocol
    options.landmarkModel = try landmarkTables.map(MorphableLandmarks.init)
    switch dataset {
    case .widerFace: preconditionFailure("wider-face has annotation files")
    case .threeHundredWLP:
      return (try ThreeHundredWLP.annotations(in: tree, options: options), tree)
    case .aflw2000: return (try AFLW2000.annotations(in: tree, options: options), tree)
    case .biwi:
      return (try Biwi.annotations(in: tree, options: options, frame: frame ?? .colour), tree)
    case .arkitFace: return (try ARKitFace.annotations(in: tree, options: options), tree)
    }
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
  var readingJSON: [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = []
    if let frame { members.append(("frame", .text(frame.rawValue))) }
    if let testProtocol { members.append(("protocol", .text(testProtocol.rawValue))) }
    if egocentric { members.append(("egocentric", .boolean(true))) }
    return members
  }

  /// Files whose digest the manifest holds.
  var files: [String] { annotations }

  /// All that is read.
  var paths: [String] { annotations + [input, landmarkTables].compactMap { $0 } }
}
