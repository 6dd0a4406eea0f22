internal import ArgumentParser
internal import Datasets
public import Runs

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look into a dataset, shard, records, annotation file or face model.",
    discussion: """
      Without --index it says what the file is and how much it holds; with it, it prints that sample \
      or record as JSON, and --overlay draws it; --draw chooses what of it.

        sixdof inspect train.lmdb --index 12 --overlay face.png
        sixdof inspect train.lmdb --index 12 --overlay face.png --draw mesh,landmarks

      With --as it shows the sample as that system's loader gives it to its network, without augmentation: \
      crop, points, mask and axes; or it says why the loader would leave it out.

        sixdof inspect records.jsonl --index 3 --images 300W_LP --as trg \\
          --overlay crop.png
        sixdof inspect train.lmdb --index 3 --as perspnet --mesh-tables TABLES \\
          --overlay crop.png

      Of a dataset's folder, zip or tar it says which dataset and version it is, how complete, what is \
      wrong and what to do; it reads names and sizes only.

        sixdof inspect 300W-LP.zip

      Of annotations of any form, a file or a folder or archive of them, it says which form, by what it is \
      recognised, how much it holds and which command reads it; it reads them all.

        sixdof inspect my-project

      Of an image it says size, colours, and the focal length that is assumed or that
      EXIF states.

        sixdof inspect photo.jpg

      A depth image of BIWI is one picture, so --overlay draws it without an index.

        sixdof inspect hpdb/01/frame_00003_depth.bin --overlay depth.png

      With --face-model in place of a file it lists that model's points, and --overlay draws them from \
      the front, the side and the top.

        sixdof inspect --face-model bfm --overlay model.svg
        sixdof inspect --face-model head.obj --face-model-indices landmarks.txt
      """)

  @Argument(
    help:
      "A dataset's folder, zip or tar, a .lmdb, a .jsonl of records, an annotation file of any form or a folder of them, or BIWI's _depth.bin."
  )
  var input: String?
  @Option(help: "Which sample or record, from 0.") var index: Int?
  @Option(
    help:
      "Draw the sample's boxes, landmarks and poses over its image, as this PNG; or a face model, as this SVG."
  )
  var overlay: String?
  @Option(
    help:
      "The folder, zip or tar of images, to draw a record that does not hold its own; may be given again."
  )
  var images: [String] = []
  @Option(name: .customLong("as"), help: "Whose loader's view of the sample is shown.")
  var trainer: Trainer?
  @Option(
    help: "With --as perspnet: the folder of ARKitFace's mesh tables, for places on the face.")
  var meshTables: String?
  @Option(
    help: "With --as: a dataset that records were converted from, for arrays that they only name.")
  var source: [String] = []
  @OptionGroup var imageSize: ImageSizeOptions
  @OptionGroup var drawing: DrawingOptions
  @OptionGroup(title: "Face model") var faceModel: FaceModelOptions
  @OptionGroup(title: "Run") var ending: EndingOptions

  func validate() throws {
    guard trainer != nil || meshTables == nil && source.isEmpty else {
      throw ValidationError("'--mesh-tables' and '--source' are for '--as'.")
    }
    guard trainer == nil || index != nil else {
      throw ValidationError("'--as' shows one sample; name it with '--index'.")
    }
    guard (input == nil) != (faceModel.faceModel == nil) else {
      throw ValidationError("'inspect' needs either a file or '--face-model'.")
    }
    guard input != nil else {
      if index != nil || !images.isEmpty {
        throw ValidationError("'--index' and '--images' are for samples, not for '--face-model'.")
      }
      return
    }
    let kind = input.map(InputKind.init(argument:))
    if kind == .depthImage {
      guard index == nil, images.isEmpty else {
        throw ValidationError("A depth image is one picture; it takes '--overlay' alone.")
      }
      return
    }
    if let input, let kind, kind.isSource(input) {
      guard index == nil, overlay == nil, images.isEmpty else {
        throw ValidationError(
          "A folder or archive is looked through as a whole; it takes no '--index', '--overlay' or '--images'."
        )
      }
    }
    guard (index ?? 0) >= 0 else { throw ValidationError("'--index' must be at least 0.") }
    if overlay != nil, index == nil {
      throw ValidationError("'--overlay' draws one sample; name it with '--index'.")
    }
  }

  func run() throws {
    try CommandRun.perform { context in
      var run = InspectionRun(try subject(), settings: RunSettings())
      run.settings.failOn = ending.failOn
      (run.index, run.picturePath, run.overlays) = (index, overlay, drawing.draw.overlays)
      (run.trainer, run.meshTables, run.sources) = (trainer, meshTables, source)
      (run.images, run.images.paths) = (imageSize.location, images)
      return try run.perform(context)
    }
  }

  private func subject() throws -> InspectionRun.Subject {
    if let input { return .path(input) }
    return .faceModel(faceModel.faceModel ?? "", try faceModel.load())
  }
}

extension Trainer: NamedArgument {
  public init?(argument: String) {
    guard let trainer = Self.named(argument) else { return nil }
    self = trainer
  }

  public static var allValueStrings: [String] { all.map(\.name) }
}
