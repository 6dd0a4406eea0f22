public import ArgumentParser
internal import Codecs
public import Datasets
public import Runs

extension ReadingOptions.Native: ExpressibleByArgument {}
extension Biwi.Frame: ExpressibleByArgument {}
extension ReadingOptions.TestProtocol: ExpressibleByArgument {}

extension Dataset: ExpressibleByArgument {}

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

  var location: ImageLocation {
    var location = ImageLocation(path: images)
    (location.maximumBytes, location.pixelLimit) = (size.maxImageBytes, size.pixelLimit)
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

  func input(of dataset: Dataset) -> AnnotationInput {
    var read = AnnotationInput(dataset)
    (read.files, read.tree, read.split) = (annotations, input, split)
    (read.frame, read.testProtocol) = (frame, testProtocol)
    (read.isEgocentric, read.landmarkTables) = (egocentric, landmarkTables)
    return read
  }
}
