import Codecs
import Datasets
import Foundation
import Rendering
import Schema
import TestSupport

/// A small BIWI dataset in a folder of its own.
struct BiwiFixture {
  let folder: String

  /// Of no face in particular, for a picture is needed and no more.
  private static let head = HeadMesh(landmarks: [SIMD3](repeating: [0, 0, -0.05], count: 68))

  /// The numbers of the real sequence 12 (FORMATS §5.2).
  static let realPose = """
    0.980639 0.109899 0.162077 \n-0.11023 0.993882 -0.00697376 \n-0.161851 -0.011027 0.986754 \n
    43.4019 -30.7038 906.864 \n
    """
  static let realColour = """
    517.679 0 320 \n0 517.679 240.5 \n0 0 1 \n
    0 0 0 0 \n
    0.999947 0.00432361 0.00929419 \n-0.00446314 0.999877 0.0150443 \n-0.009228 -0.015085 0.999844 \n
    -24.0198 5.8896 -13.2308 \n
    640 480
    """
  static let realDepth = """
    575.816 0 320 \n0 575.816 240 \n0 0 1 \n
    0 0 0 0 \n
    1 0 0 \n0 1 0 \n0 0 1 \n
    0 0 0 \n
    640 480
    """

  /// Frame 12/00003 as the real dataset has it; a file that is given as nil is left out, others are added.
  static let real: [String: String?] = [
    "hpdb/12/frame_00003_pose.txt": realPose, "hpdb/12/frame_00003_rgb.png": "an image",
    "hpdb/12/rgb.cal": realColour, "hpdb/12/depth.cal": realDepth,
  ]

  /// Makes the real frame, with some files changed, and gives it to `body`.
  static func with<Result>(
    _ changes: [String: String?] = [:], base: [String: String?] = real,
    _ body: (BiwiFixture) throws -> Result
  ) throws -> Result {
    try withTemporaryDirectory { folder in
      for (name, text) in base.merging(changes, uniquingKeysWith: { $1 }) {
        if let text { try write(text, to: "\(folder)/\(name)") }
      }
      return try body(BiwiFixture(folder: folder))
    }
  }

  /// Makes a synthetic set of small images and gives it to `body`.
  static func withSynthetic<Result>(
    count: Int = 12, _ body: (BiwiFixture) throws -> Result
  ) throws -> Result {
    try withTemporaryDirectory { folder in
      var options = SynthesisOptions()
      (options.width, options.height) = (160, 120)
      var synthesis = BiwiSynthesis(folder: folder, options: options)
      let painter = SyntheticPainter(head: Self.head)
      for index in 0..<count {
        let images = synthesis.draw(index, painter)
        try synthesis.add(index: index, images)
      }
      try synthesis.finish()
      return try body(BiwiFixture(folder: folder))
    }
  }

  /// All that the dataset gives, read as a run does.
  func read(
    _ frame: Biwi.Frame = .colour, native: ReadingOptions.Native = .standard
  ) throws -> (records: [ImageRecord], issues: [String]) {
    var options = ReadingOptions(dataset: "biwi")
    options.native = native
    var source = try Biwi.annotations(
      in: FileTree(path: folder), options: options, frame: frame)
    var records: [ImageRecord] = []
    var issues: [String] = []
    while let pending = try source.nextPending() {
      let outcome = pending.outcome()
      issues += outcome.issues.map { "\($0.severity) \($0.code.rawValue): \($0)" }
      if let record = outcome.record { records.append(record) }
    }
    return (records, issues)
  }

  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  /// The records of a file, by the paths of their images.
  func truth(_ name: String) throws -> [String: ImageRecord] {
    var lines = RecordLines(file: try MappedFile(path: "\(folder)/\(name)"))
    var records: [String: ImageRecord] = [:]
    while let outcome = lines.next() {
      if let record = outcome.record { records[record.image.path] = record }
    }
    return records
  }

  /// The paths of all files that end so, in order.
  func files(_ endings: [String]) throws -> [String] {
    var walk = try FileTree(path: folder).walk()
    var paths: [String] = []
    while let path = try walk.next() {
      if endings.contains(where: path.hasSuffix) { paths.append(path) }
    }
    return paths
  }
}

extension ImageRecord {
  /// A text attribute of the one face.
  func attribute(_ name: String) -> String? {
    faces.first?.attributes.others.first { $0.name == name }?.value.text
  }
}
