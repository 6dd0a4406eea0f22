import Codecs
import Datasets
import Foundation
import Schema

extension FuzzedParser {
  static let datasets =
    [
      ("label-txt", Mutator.Shape.text, "label.txt"), ("wider-text", .text, "_bbx_gt.txt"),
      ("wider-mat", .bytes, "wider_face_train.mat"),
      ("wider-mat-header", .headed(400), "train.mat"),
    ].map { name, shape, ending in
      FuzzedParser(name, shape, seeds: { try $0.files(ending) }) { place, _ in
        { input in try readWider(place.write(input, to: "train")) }
      }
    } + [
      FuzzedParser("img2pose-json", .text, seeds: { try $0.files("_synthetic_1_1.json") }) {
        place, seeds in
        try place.write(Array("x.json\n".utf8), to: "list.txt")
        return { input in
          _ = try? readWider(place.write(input, to: "x.json"))
          try readWider("\(place.path)/list.txt")
        }
      },
      FuzzedParser("img2pose-list", .text, seeds: { try $0.files("WIDER_train_annotations.txt") }) {
        place, seeds in
        let folder = try place.copy("wider-face/img2pose", of: seeds)
        return { input in
          let path = "\(folder)/WIDER_train_annotations.txt"
          try Data(input).write(to: URL(fileURLWithPath: path))
          try readWider(path)
        }
      },
      tree("300w-lp", .bytes, "300w-lp/300W_LP", "AFW/AFW_1000000_1_0.mat") {
        try ThreeHundredWLP.annotations(in: $0, options: ReadingOptions(dataset: "300w-lp"))
      },
      tree("aflw2000", .bytes, "aflw2000/AFLW2000", "image00002.mat") {
        try AFLW2000.annotations(in: $0, options: ReadingOptions(dataset: "aflw2000"))
      },
      tree("biwi", .text, "biwi/hpdb", "01/rgb.cal") {
        try Biwi.annotations(in: $0, options: ReadingOptions(dataset: "biwi"))
      },
      tree("arkitface-list", .text, "arkitface/trg", "ARKitFace_list/list/ARKitFace_train.csv") {
        try ARKitFace.annotations(in: $0, options: ReadingOptions(dataset: "arkitface"))
      },
      tree(
        "arkitface-sample", .bytes, "arkitface/perspnet",
        "info/000058/01_Neutral/1616212233525_info.npz"
      ) {
        try ARKitFace.annotations(in: $0, options: ReadingOptions(dataset: "arkitface"))
      },
    ]

  /// A dataset of which one file is the input.
  private static func tree(
    _ name: String, _ shape: Mutator.Shape, _ folder: String, _ file: String,
    _ open: @escaping @Sendable (FileTree) throws -> any AnnotationSource
  ) -> FuzzedParser {
    FuzzedParser(name, shape, seeds: { [try $0.file("\(folder)/\(file)")] }) { place, seeds in
      let copy = try place.copy(folder, of: seeds)
      return { input in
        try Data(input).write(to: URL(fileURLWithPath: "\(copy)/\(file)"))
        try drain(try open(FileTree(path: copy)))
      }
    }
  }

  private static func readWider(_ path: String) throws {
    try drain(
      try WiderFace.annotations(at: [path], options: ReadingOptions(dataset: "wider-face")))
  }

  private static func drain(_ source: any AnnotationSource) throws {
    var source = source
    var writer = JSONWriter()
    while let outcome = try source.next() { written(outcome, &writer) }
  }
}
