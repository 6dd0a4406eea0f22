internal import Codecs
internal import Rendering
internal import Schema

/// Makes a synthetic BIWI dataset with known truth: two sequences in the layout of the distribution.
///
///     hpdb/NN/frame_FFFFF_rgb.png, frame_FFFFF_depth.bin, frame_FFFFF_pose.txt
///     hpdb/NN/rgb.cal, depth.cal, hpdb/NN.obj
///     truth.jsonl, truth_depth.jsonl     the true records in the colour camera and in the depth camera
public struct BiwiSynthesis: DatasetSynthesis {
  /// The two images of one frame, as the bytes of their files.
  public struct Images: Sendable {
    /// The colour image, a PNG file.
    public var png: [UInt8]
    /// The depth image, a `_depth.bin` file (`BiwiDepth`).
    public var depth: [UInt8]

    /// The two files of one frame, not checked.
    public init(png: [UInt8], depth: [UInt8]) {
      self.png = png
      self.depth = depth
    }
  }

  private let folder: OutputFolder
  private let options: SynthesisOptions
  /// Of each sequence's `.obj`.
  private let mesh: [UInt8]
  private var truth: [Biwi.Frame: JSONWriter] = [:]

  /// - Parameters:
  ///   - folder: it is created if it is missing.
  ///   - options: only the seed, and the size and noise of the images, are used.
  public init(folder: String, options: SynthesisOptions) {
    self.folder = OutputFolder(folder)
    self.options = options
    mesh = BiwiScene.mesh(of: HeadMesh(landmarks: Schema.MeanFace.ibug68Points)).obj
  }

  public var draw: @Sendable (_ index: Int, SyntheticPainter) -> Images {
    { [options] index, painter in
      let scene = BiwiScene(index: index, options: options)
      return Images(png: scene.png(painter), depth: scene.depthImage().bytes)
    }
  }

  public var summary: String { "in two sequences, truth.jsonl and truth_depth.jsonl" }

  /// Adds frame `index` with its files. The true records keep the order of the calls.
  public mutating func add(index: Int, _ images: Images) throws {
    let scene = BiwiScene(index: index, options: options)
    func path(_ kind: BiwiFile.Kind) -> String {
      BiwiFile(folder: scene.folder, stem: scene.stem, kind: kind).path
    }
    if index < BiwiScene.sequences {
      try folder.write(scene.colourText.utf8, to: scene.folder + "/rgb.cal")
      try folder.write(scene.depthText.utf8, to: scene.folder + "/depth.cal")
      try folder.write(mesh, to: scene.folder + ".obj")
    }
    try folder.write(images.png, to: path(.png))
    try folder.write(images.depth, to: path(.depth))
    if scene.hasPose { try folder.write(scene.poseText.utf8, to: path(.pose)) }
    for frame in Biwi.Frame.allCases {
      scene.record(frame)?.write(to: &truth[frame, default: JSONWriter()])
    }
  }

  /// Writes the true records.
  public func finish() throws {
    try folder.write(truth[.colour]?.bytes ?? [], to: "truth.jsonl")
    try folder.write(truth[.depth]?.bytes ?? [], to: "truth_depth.jsonl")
  }
}
