internal import Codecs
internal import Schema

/// A user's description of a network: a JSON object beside the model's file.
///
///     {"adapter": "3ddfa-v2",
///      "model": {"file": "mb1_120x120.onnx", "sha256": "..."},
///      "input": {"size": [120, 120], "channels": "bgr",
///                "mean": [127.5, 127.5, 127.5], "scale": [0.0078125, 0.0078125, 0.0078125]},
///      "outputs": {"parameters": "output"},
///      "numbers": {"mean": [...], "std": [...]}}
///
/// A file that ends in `.tflite` is TensorFlow Lite; any other is ONNX. The network's input is
/// (value - mean) * scale, for each channel in the order that `channels` says. `"range": [-1, 1]` in place of
/// `mean` and `scale` means that the image's least and greatest values become these numbers. `"layout": "nhwc"`
/// puts channels last, as TensorFlow does; the default is `nchw`. A network with several inputs has their names
/// in "inputs"; arrays in `.npy` files of their own are in "tables":
///
///      "inputs": {"image": "image", "choose": "choose"},
///      "tables": {"landmarks": {"file": "kpt_ind.npy", "sha256": "..."}}
///
/// The adapter decides which inputs, outputs, numbers and tables there must be:
///
/// | adapter | inputs | outputs | numbers and tables |
/// |---|---|---|---|
/// | `3ddfa-v2` | | `parameters` | `mean`, `std` |
/// | `dense-head-pose` | | `camera`, `landmarks` | `indices`, for a dense model |
/// | `perspnet` | `image`, `choose` | `uv`, `segmentation`, `correspondence` | `points`; `uv`, `landmarks` |
/// | `trg` | `image`, `camera`, `box` | `pose`, `vertices`, perhaps `landmarks` | |
/// | `img2pose` | | `proposals`, `scores`, `dofs` | `mean`, `stddev` |
/// | `rfb-320` | | `scores`, `locations` or `boxes` | `overlap`; with locations `strides`, `min_boxes`, `variances` |
///
/// They are read by `TDDFANetwork`, `DenseHeadPoseNetwork`, `PerspNetNetwork`, `TRGNetwork`, `Img2PoseNetwork` and
/// `RFBDetector`, in this order.
public struct ModelManifest: Sendable, Equatable {
  /// The published network that the model is; it decides how inputs are made and outputs are read.
  public enum Adapter: String, Sendable, CaseIterable {
    /// 3DDFA_V2 (`TDDFANetwork`).
    case tddfaV2 = "3ddfa-v2"
    /// Dense-Head-Pose-Estimation (`DenseHeadPoseNetwork`).
    case denseHeadPose = "dense-head-pose"
    /// PerspNet (`PerspNetNetwork`).
    case perspNet = "perspnet"
    /// TRG (`TRGNetwork`).
    case trg
    /// img2pose (`Img2PoseNetwork`).
    case img2pose
    /// RFB-320 and related detectors (`RFBDetector`).
    case rfb = "rfb-320"

    /// What a network is used for.
    public enum Role: Sendable {
      /// Is shown faces that a detector found.
      case faces
      /// Finds faces and their poses by itself.
      case heads
      /// Finds faces only.
      case detector
    }

    /// What networks of this kind are used for.
    public var role: Role {
      switch self {
      case .tddfaV2, .denseHeadPose, .perspNet, .trg: .faces
      case .img2pose: .heads
      case .rfb: .detector
      }
    }
  }
  /// The order of the input's colour channels.
  public enum Channels: String, Sendable, CaseIterable { case rgb, bgr }
  /// Whether a tensor has a plane for each channel, or a pixel's channels beside each other.
  public enum Layout: String, Sendable, CaseIterable { case nchw, nhwc }

  /// How an image becomes the network's input.
  public struct Input: Sendable, Equatable {
    /// In pixels; 1 to 8192.
    public var width: Int
    /// In pixels; 1 to 8192.
    public var height: Int
    /// The order of channels that `mean`, `scale` and the network expect.
    public var channels: Channels
    /// The order of the input's axes.
    public var layout: Layout
    /// Subtracted from the values, which are 0 to 255; one number a channel.
    public var mean: [Float]
    /// Multiplied by after that; one number a channel.
    public var scale: [Float]
    /// What the least and the greatest value of each image become; nil where `mean` and `scale` are used.
    public var range: ClosedRange<Float>?
  }

  /// The manifest's file name, for messages.
  public let name: String
  /// Which published network it is.
  public let adapter: Adapter
  /// The model's file as the manifest names it, relative to the manifest's folder.
  public let file: String
  /// The digest of the model's file, in lower-case hexadecimal digits.
  public let sha256: String
  /// How an image becomes the network's input.
  public let input: Input
  let inputs: ManifestMember
  let outputs: ManifestMember
  let numbers: ManifestMember
  let tables: ManifestMember

  /// Reads a manifest.
  ///
  /// - Throws: `FileError` where it cannot be read, or `InferenceError` that names the member which is wrong.
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
      // A member that is left out gets a place too, so that messages can name what is missing in it.
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
  /// The side of the square input, which must be larger than one pixel.
  @discardableResult
  func squareSide() throws(InferenceError) -> Int {
    guard input.width == input.height, input.width > 1 else {
      throw InferenceError(
        model: name,
        detail: "'input.size': expected a square, found \(input.width) x \(input.height)")
    }
    return input.width
  }

  /// Refuses other layouts than `nchw`, for adapters that write the input themselves.
  func requirePlanes() throws(InferenceError) {
    guard input.layout == .nchw else {
      throw InferenceError(
        model: name, detail: "'input.layout': expected 'nchw', found '\(input.layout.rawValue)'")
    }
  }
}
