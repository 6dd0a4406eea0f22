internal import Codecs
internal import Schema

/// What a user says of a network of his own: a JSON object beside the model's file.
///
///     {"adapter": "3ddfa-v2",
///      "model": {"file": "mb1_120x120.onnx", "sha256": "..."},
///      "input": {"size": [120, 120], "channels": "bgr",
///                "mean": [127.5, 127.5, 127.5], "scale": [0.0078125, 0.0078125, 0.0078125]},
///      "outputs": {"parameters": "output"},
///      "numbers": {"mean": [...], "std": [...]}}
///
/// A file that ends in `.tflite` is TensorFlow Lite, any other ONNX. The network is given (value - mean) * scale,
/// by channel in the order that `channels` says; with `"range": [-1, 1]` in place of `mean` and `scale`, values
/// so scaled that the image's least and greatest become these. `"layout": "nhwc"` puts channels last, as
/// TensorFlow does; the default is `nchw`. A network of several inputs has their names in "inputs", and what is a
/// `.npy` file of its own is in "tables":
///
///      "inputs": {"image": "image", "choose": "choose"},
///      "tables": {"landmarks": {"file": "kpt_ind.npy", "sha256": "..."}}
///
/// Which inputs, outputs, numbers and tables there must be is the adapter's to say:
///
/// | adapter | inputs | outputs | numbers and tables |
/// |---|---|---|---|
/// | `3ddfa-v2` | | `parameters` | `mean`, `std` (`TDDFANetwork`) |
/// | `dense-head-pose` | | `camera`, `landmarks` | `indices`, for a dense model (`DenseHeadPoseNetwork`) |
/// | `perspnet` | `image`, `choose` | `uv`, `segmentation`, `correspondence` | `points`; `uv`, `landmarks` (`PerspNetNetwork`) |
/// | `trg` | `image`, `camera`, `box` | `pose`, `vertices`, perhaps `landmarks` | (`TRGNetwork`) |
/// | `img2pose` | | `proposals`, `scores`, `dofs` | `mean`, `stddev` (`Img2PoseNetwork`) |
/// | `rfb-320` | | `scores`, and `locations` or `boxes` | `overlap`; for locations `strides`, `min_boxes`, `variances` (`RFBDetector`) |
public struct ModelManifest: Sendable, Equatable {
  public enum Adapter: String, Sendable, CaseIterable {
    case tddfaV2 = "3ddfa-v2"
    case denseHeadPose = "dense-head-pose"
    case perspNet = "perspnet"
    case trg
    case img2pose
    case rfb = "rfb-320"

    public enum Role: Sendable {
      /// Is shown faces that a detector found.
      case faces
      /// Finds faces with their poses by itself.
      case heads
      /// Finds faces.
      case detector
    }

    public var role: Role {
      switch self {
      case .tddfaV2, .denseHeadPose, .perspNet, .trg: .faces
      case .img2pose: .heads
      case .rfb: .detector
      }
    }
  }
  public enum Channels: String, Sendable, CaseIterable { case rgb, bgr }
  /// Whether a tensor has a plane for each channel, or a pixel's channels beside each other.
  public enum Layout: String, Sendable, CaseIterable { case nchw, nhwc }

  public struct Input: Sendable, Equatable {
    public var width: Int
    public var height: Int
    public var channels: Channels
    public var layout: Layout
    public var mean: [Float]
    public var scale: [Float]
    /// What each image's least and greatest value become; nil where `mean` and `scale` say it.
    public var range: ClosedRange<Float>?
  }

  /// The manifest's file name, for messages.
  public let name: String
  public let adapter: Adapter
  /// As the manifest has it, relative to its folder.
  public let file: String
  public let sha256: String
  public let input: Input
  let inputs: ManifestMember
  let outputs: ManifestMember
  let numbers: ManifestMember
  let tables: ManifestMember

  /// - Throws: `FileError`, or `InferenceError` that names the member which is wrong.
  public init(path: String) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let value: JSONValue
    do {
      value = try MappedFile(path: path).withBytes { try JSONParser.value(of: $0) }
    } catch let error as JSONError {
      throw InferenceError(model: name, detail: error.description)
    }
    try self.init(ManifestMember(file: name, path: "", value: value))
  }

  init(_ root: ManifestMember) throws(InferenceError) {
    name = root.file
    try root.allowOnly(["adapter", "model", "input", "inputs", "outputs", "numbers", "tables"])
    adapter = try root.member("adapter").choice(Adapter.self)
    let model = try root.member("model")
    try model.allowOnly(["file", "sha256"])
    file = try model.member("file").text()
    sha256 = try model.member("sha256").digest()
    input = try Input(root.member("input"))
    outputs = try root.member("outputs")
    func objectOrEmpty(_ key: String) throws(InferenceError) -> ManifestMember {
      // Of one that is left out, what is looked for in it is named all the same.
      try root.optionalMember(key)
        ?? ManifestMember(file: root.file, path: key, value: .object([]))
    }
    inputs = try objectOrEmpty("inputs")
    numbers = try objectOrEmpty("numbers")
    tables = try objectOrEmpty("tables")
  }
}

extension ModelManifest.Input {
  init(_ member: ManifestMember) throws(InferenceError) {
    let size = try member.member("size").sizes(count: 2)
    width = size[0]
    height = size[1]
    channels = try member.member("channels").choice(ModelManifest.Channels.self)
    layout = try member.optionalMember("layout")?.choice(ModelManifest.Layout.self) ?? .nchw
    if let ends = try member.optionalMember("range") {
      try member.allowOnly(["size", "channels", "layout", "range"])
      let numbers = try ends.floats(count: 2)
      guard numbers[0] < numbers[1] else {
        throw ends.error("a lesser number first", found: "others")
      }
      range = numbers[0]...numbers[1]
      mean = [0, 0, 0]
      scale = [1, 1, 1]
    } else {
      try member.allowOnly(["size", "channels", "layout", "mean", "scale"])
      mean = try member.member("mean").floats(count: 3)
      scale = try member.member("scale").floats(count: 3)
    }
  }
}

extension ModelManifest {
  /// The side of the input's square, of more than one pixel.
  @discardableResult
  func squareSide() throws(InferenceError) -> Int {
    guard input.width == input.height, input.width > 1 else {
      throw InferenceError(
        model: name,
        detail: "'input.size': expected a square, found \(input.width) x \(input.height)")
    }
    return input.width
  }

  /// For adapters that write the input themselves.
  func requirePlanes() throws(InferenceError) {
    guard input.layout == .nchw else {
      throw InferenceError(
        model: name, detail: "'input.layout': expected 'nchw', found '\(input.layout.rawValue)'")
    }
  }
}
