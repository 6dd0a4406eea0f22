public import ArgumentParser
public import Codecs
public import Datasets

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

  /// Whether its annotations are files that are named one by one, and not a whole folder.
  var hasAnnotationFiles: Bool { self == .widerFace }
}

/// Where images come from.
struct ImageOptions: ParsableArguments {
  @Option(
    help:
      "The folder, zip or tar that the annotations' image paths are relative to; of datasets given by --input it is the input."
  )
  var images: String?

  @Option(help: "Refuse image files larger than this.")
  var maxImageBytes: Int = 256 << 20

  /// The images named, or else those of the dataset's own tree; nil where there are none and none are
  /// required.
  func open(or tree: FileTree?, isRequired: Bool) throws -> ImageStore? {
    if let images { return try ImageStore(path: images, maximumBytes: maxImageBytes) }
    if let tree { return try tree.images(maximumBytes: maxImageBytes) }
    if isRequired {
      throw Failure("expected '--images', the folder, zip or tar of images, found none")
    }
    return nil
  }
}

/// Which annotations are read.
struct AnnotationOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help:
      "wider-face: annotation files of any of its forms; several are merged by image, the first giving the order."
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

  func validate(for dataset: Dataset) throws {
    guard frame == nil || dataset == .biwi else {
      throw ValidationError("'--frame' is for biwi, not for '\(dataset.rawValue)'.")
    }
    guard testProtocol == nil || dataset == .aflw2000 else {
      throw ValidationError("'--protocol' is for aflw2000.")
    }
    if dataset.hasAnnotationFiles {
      guard !annotations.isEmpty else {
        throw ValidationError("'--annotations' needs at least one file.")
      }
      guard input == nil else {
        throw ValidationError("'--input' is for the other datasets; name files by '--annotations'.")
      }
    } else {
      guard input != nil else {
        throw ValidationError(
          "'\(dataset.rawValue)' needs '--input', the folder, zip or tar that it is in.")
      }
      guard annotations.isEmpty else {
        throw ValidationError(
          "'--annotations' is for wider-face; '\(dataset.rawValue)' has them in its '--input'.")
      }
    }
  }

  /// - Returns: the annotations, and the tree they are in where it is one.
  func open(
    _ dataset: Dataset, _ options: ReadingOptions
  ) throws -> (source: any AnnotationSource, tree: FileTree?) {
    guard let input else {
      return (try WiderFace.annotations(at: annotations, options: options), nil)
    }
    let tree = try FileTree(path: input)
    var options = options
    options.testProtocol = testProtocol
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

  /// Files whose digest the manifest holds.
  var files: [String] { annotations }
}
