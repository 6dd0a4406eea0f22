public import ArgumentParser
internal import Codecs
public import Datasets
internal import Geometry
internal import Runs

extension PixelOrigin: ExpressibleByArgument {}
extension AngleUnit: ExpressibleByArgument {}
extension ReadingOptions.Native: ExpressibleByArgument {}
extension Biwi.Frame: ExpressibleByArgument {}
extension ReadingOptions.TestProtocol: ExpressibleByArgument {}

extension DatasetDescription: NamedArgument {
  public init?(argument: String) {
    guard let dataset = Self.named(argument) else { return nil }
    self = dataset
  }

  public static var allValueStrings: [String] { all.map(\.name) }
}

/// A dataset by its name, or `auto` to find out from the contents of the input.
enum DatasetChoice: NamedArgument {
  case named(DatasetDescription)
  case auto

  static let help = ArgumentHelp(
    "Which dataset or form it is, or auto to recognise it ('sixdof formats' describes all).")

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else if let dataset = DatasetDescription.named(argument) {
      self = .named(dataset)
    } else {
      return nil
    }
  }

  static var allValueStrings: [String] { DatasetDescription.allValueStrings + ["auto"] }

  var name: String { description?.name ?? "auto" }

  var description: DatasetDescription? {
    if case .named(let dataset) = self { dataset } else { nil }
  }
}

extension NamedSide: ExpressibleByArgument {}

/// How large an image may be.
struct ImageSizeOptions: ParsableArguments {
  @Option(help: "Refuse image files larger than this.")
  var maxImageBytes: Int = 256 << 20

  @Option(
    help: ArgumentHelp(
      "Refuse images of more pixels than this, before they are decoded.", valueName: "pixels"))
  var maxPixels: Int = PixelLimit.standard.pixels

  var location: ImageLocation {
    var location = ImageLocation()
    (location.maximumBytes, location.pixelLimit) = (maxImageBytes, PixelLimit(pixels: maxPixels))
    return location
  }

  func validate() throws {
    try require("--max-image-bytes", maxImageBytes, in: 1...1 << 40)
    try require("--max-pixels", maxPixels, in: 1...1 << 40)
  }
}

/// Where images come from.
struct ImageOptions: ParsableArguments {
  @Option(
    help:
      "The folder, zip or tar that the annotations' image paths are relative to; of datasets given by --input it is the input. May be given again: an image is taken from the first that has it."
  )
  var images: [String] = []

  @OptionGroup var size: ImageSizeOptions

  var location: ImageLocation {
    var location = size.location
    location.paths = images
    return location
  }
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
    help:
      "The folder, zip or tar that a dataset is in, as distributed, or one file of its annotations."
  )
  var input: String?

  @Option(
    help:
      "For points with names: which side 'left' means, the image's or the person's (subject); by default what most faces of the file show."
  )
  var sides: NamedSide?

  @Option(
    help: ArgumentHelp(
      "How poses are written in files that do not tell it: angles with names are aflw's by default; rotation vectors, quaternions, matrices and angles without names need it ('sixdof conventions' lists all).",
      valueName: "name"))
  var convention: PoseNotation?

  @Option(
    help:
      "The unit of angles in tables and texts that do not state it: by default degrees, and radians in AFLW's text."
  )
  var angleUnit: AngleUnit?

  @Option(
    name: .customLong("map"),
    help: ArgumentHelp(
      "What names of points mean: a file of lines THEIRS=OURS, where OURS is left_eye, right_eye, nose, left_mouth or right_mouth.",
      valueName: "file"))
  var pointMap: String?

  @Option(
    help: ArgumentHelp(
      "csv: what the columns mean: MEANING=COLUMN,…, where MEANING is image, box (X1:Y1:X2:Y2), box_xywh, left_eye, right_eye, nose, left_mouth, right_mouth (X:Y or X:Y:VISIBILITY), yaw, pitch, roll, rotation_vector (RX:RY:RZ), quaternion (QW:QX:QY:QZ), matrix (nine columns, row by row), translation (TX:TY:TZ), subject, sequence or score; columns by name, or by number in a table without a header. @FILE reads them from a file, a line each.",
      valueName: "map"),
    transform: { try ColumnMap(argument: $0) })
  var columns: ColumnMap?

  @Option(
    help:
      "voc: from which number pixels are counted: 0 (default), as most tools write, or 1, as the challenge's own files have it; boxes and points move by it."
  )
  var pixelOrigin: PixelOrigin?

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

  func validate(for choice: DatasetChoice) throws {
    guard let dataset = choice.description else {
      guard annotations.isEmpty != (input == nil) else {
        throw ValidationError(
          "'auto' needs '--input', a file, folder or archive, or files by '--annotations'.")
      }
      return
    }
    try validate(for: dataset)
  }

  private func validate(for dataset: DatasetDescription) throws {
    // Their contents are not needed here.
    let names = pointMap.map { _ in PointNames() }
    do { try input(dataset, names).requireHeeded(by: dataset) } catch {
      throw ValidationError(error.words)
    }
    guard annotations.isEmpty || input == nil else {
      throw ValidationError(
        "'--annotations' and '--input' are two ways to name one dataset; give one.")
    }
    guard annotations.isEmpty || dataset.readFiles != nil else {
      let others = DatasetDescription.all.filter {
        $0.readFiles != nil && $0.recognises == nil
      }.map(\.name)
      throw ValidationError(
        "'--annotations' is for \(others.joined(separator: " and ")); '\(dataset.name)' has them in its '--input'."
      )
    }
    guard !annotations.isEmpty || input != nil else {
      throw ValidationError(
        dataset.readTree == nil
          ? "'--annotations' needs at least one file."
          : dataset.recognises == nil
            ? "'\(dataset.name)' needs '--input', the folder, zip or tar that it is in."
            : "'\(dataset.name)' needs files by '--annotations', or '--input', the folder, zip or tar that they are in."
      )
    }
  }

  func input(of choice: DatasetChoice) throws -> AnnotationInput {
    var read = input(choice.description, try pointMap.map { try PointNames(path: $0) })
    read.pointNamesFile = pointMap
    return read
  }

  private func input(_ dataset: DatasetDescription?, _ names: PointNames?) -> AnnotationInput {
    var read = AnnotationInput(dataset)
    (read.namedSide, read.notation, read.angleUnit) = (sides, convention, angleUnit)
    (read.columns, read.pixelOrigin, read.pointNames) = (columns, pixelOrigin, names)
    (read.files, read.tree, read.split) = (annotations, input, split)
    if let input, dataset?.recognises == nil, dataset?.readFiles != nil, dataset?.readTree == nil {
      (read.files, read.tree) = ([input], nil)
    }
    (read.frame, read.testProtocol) = (frame, testProtocol)
    (read.isEgocentric, read.landmarkTables) = (egocentric, landmarkTables)
    return read
  }
}
