internal import ArgumentParser
internal import Codecs
internal import Foundation
internal import Inference
internal import Schema

struct Annotate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "From a folder of photos without annotations to a training LMDB in one pass.",
    discussion: """
      Finds faces as infer does and writes what build writes: PREFIX.lmdb, PREFIX_pose_mean.npy, \
      PREFIX_pose_stddev.npy, PREFIX.manifest.json, PREFIX.issues.jsonl; with it PREFIX.jsonl, the records, \
      and PREFIX_img2pose/, img2pose's own list of JSON files. Look over the records before training on \
      them: nobody has annotated them.

        sixdof annotate photos/ --output out/photos
      """)

  @Argument(help: "A folder, zip or tar of images.") var input: String
  @Option(name: .shortAndLong, help: "The outputs' path without suffixes.") var output: String
  @Option(help: "The records' dataset.") var dataset = "photos"
  @OptionGroup var imageSize: ImageSizeOptions
  @OptionGroup(title: "Faces") var search: FaceSearchOptions
  @OptionGroup var label: LabelOptions
  @OptionGroup(title: "Training data") var shards: ShardOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    try shards.validate(with: label.profile)
    guard !dataset.isEmpty else { throw ValidationError("'--dataset' cannot be empty.") }
  }

  func run() throws {
    var packing: Packing?
    try reportingFailures {
      let lists = output + Packing.listsSuffix
      // A run that was killed while it gave its outputs their names may have left it.
      guard
        shards.dryRun || shards.resume || !FileManager.default.fileExists(atPath: lists)
      else {
        throw Failure(
          "\(lists): expected a folder to make, found one; name another output or remove it")
      }
      let tree = try FileTree(path: input)
      let source = try PhotoSource(tree, dataset: dataset)
      var made = Packing(
        command: "annotate", prefix: output, inputs: [], imagesPath: input,
        images: try tree.images(
          maximumBytes: imageSize.maxImageBytes, pixelLimit: imageSize.pixelLimit),
        labelling: (try label.labelling(), try label.camera.load(), label.json),
        profile: label.profile, writesRecords: true, shardOptions: shards, runOptions: runOptions
      ) { source }
      made.reading = [
        ("dataset", .text(dataset)),
        (
          "faces",
          .object([
            ("threshold", .double(Double("\(search.threshold)") ?? 0)),
            ("size", .integer(search.search.size)),
            ("small_faces", .text(search.search.smallFaces.rawValue)),
          ])
        ),
      ]
      made.inference = InferencePlan(models: try ReferenceInference(), search: search.search)
      made.writesLists = true
      packing = made
      return Exit.done
    }
    try packing?.run()
  }
}
