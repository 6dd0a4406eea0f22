public import Codecs
public import Geometry
public import Schema

/// A face whose place is known, as it is shown to a network.
public struct ShownFace: Sendable, Equatable {
  /// In the pixels of the image that is shown.
  public var box: BoundingBox
  /// The 68 points of iBUG, in the same pixels; empty where they are not known.
  public var landmarks: [SIMD2<Double>]

  /// A face by its box, and by its 68 landmarks where they are known.
  public init(box: BoundingBox, landmarks: [SIMD2<Double>] = []) {
    self.box = box
    self.landmarks = landmarks
  }
}

/// A pose as networks give it.
public enum NetworkPose: Sendable, Equatable {
  /// Without a camera, which must still be chosen; frame `bfm`.
  case weakPerspective(WeakPerspectivePose)
  /// In the camera that the network was told, in metres.
  case perspective(Extrinsics, frame: HeadPose.Frame)
}

/// What a user's own network says of a face.
public struct NetworkPrediction: Sendable, Equatable {
  /// In the image that was shown.
  public var pose: NetworkPose
  /// The 68 points of iBUG in that image; empty where the network gives none.
  public var landmarks: [SIMD2<Double>]
  /// The network's own output and what it refers to, as records keep it.
  public var native: NativeValue

  /// What a network found; without landmarks where it gives none.
  public init(pose: NetworkPose, landmarks: [SIMD2<Double>] = [], native: NativeValue) {
    self.pose = pose
    self.landmarks = landmarks
    self.native = native
  }
}

/// A network that is shown faces whose places are known; use one per thread.
public protocol FaceNetwork: AnyObject {
  /// The network's prediction for each face; nil where it has none, as for a box without area.
  ///
  /// - Parameters:
  ///   - faces: in pixels of the image.
  ///   - image: in its full size.
  ///   - camera: that of the image.
  /// - Throws: `InferenceError` where the network fails.
  func predictions(
    for faces: [ShownFace], in image: PixelImage, camera: Intrinsics
  ) throws -> [NetworkPrediction?]
}

/// A user's network with its manifest, checked by its hash. All workers share it.
public struct UserModel: Sendable {
  /// What the manifest says of the network.
  public let manifest: ModelManifest
  /// The network's file, whose hash is the manifest's.
  public let file: ModelFile
  private let folder: String

  /// Reads a manifest and the network that it names.
  ///
  /// - Throws: `FileError` where a file cannot be read, `InferenceError` where one is not what it should be.
  public init(manifest path: String) throws {
    let manifest = try ModelManifest(path: path)
    folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    self.manifest = manifest
    file = try ModelFile(
      path: Self.place(of: manifest.file, in: folder), sha256: manifest.sha256)
  }

  private static func place(of file: String, in folder: String) -> String {
    file.hasPrefix("/") ? file : folder + file
  }

  /// The network as one that is shown faces.
  ///
  /// - Throws: `InferenceError` where it is of another kind, or it or its manifest lacks what the adapter needs.
  public func network(on runtime: OpenVINO) throws -> any FaceNetwork {
    switch manifest.adapter {
    case .tddfaV2: try TDDFANetwork(self, on: runtime)
    case .denseHeadPose: try DenseHeadPoseNetwork(self, on: runtime)
    case .perspNet: try PerspNetNetwork(self, on: runtime)
    case .trg: try TRGNetwork(self, on: runtime)
    case .img2pose, .rfb: throw manifest.mistaken(for: .faces)
    }
  }

  /// Reads a `.npy` file that the manifest names among its tables.
  ///
  /// - Throws: `FileError` where it cannot be read, `InferenceError` where its hash is another, it is not an array,
  ///   or `body` throws an `NPYError`.
  func withTable<Result>(_ name: String, _ body: (NPYArray) throws -> Result) throws -> Result {
    let member = try manifest.tables.member(name)
    try member.allowOnly(["file", "sha256"])
    let table = try ModelFile(
      path: Self.place(of: member.member("file").text(), in: folder),
      sha256: member.member("sha256").digest())
    do {
      return try table.file.withBytes { try body(NPYArray($0, name: table.name)) }
    } catch let error as NPYError {
      throw InferenceError(model: table.name, detail: error.detail)
    }
  }

  /// The network as one that finds faces with their poses.
  ///
  /// - Throws: as `network(on:)`.
  public func headDetector(on runtime: OpenVINO) throws -> any HeadDetector {
    switch manifest.adapter {
    case .img2pose: try Img2PoseNetwork(self, on: runtime)
    case .tddfaV2, .denseHeadPose, .perspNet, .trg, .rfb: throw manifest.mistaken(for: .heads)
    }
  }

  /// The network as one that finds faces alone.
  ///
  /// - Throws: as `network(on:)`.
  public func detector(on runtime: OpenVINO) throws -> any FaceDetector {
    switch manifest.adapter {
    case .rfb: try RFBDetector(self, on: runtime)
    case .tddfaV2, .denseHeadPose, .perspNet, .trg, .img2pose:
      throw manifest.mistaken(for: .detector)
    }
  }
}

extension ModelManifest {
  fileprivate func mistaken(for role: Adapter.Role) -> InferenceError {
    let words = Adapter.allCases.filter { $0.role == role }.map { "'\($0.rawValue)'" }
    return InferenceError(
      model: name,
      detail:
        "'adapter': expected \(words.joined(separator: " or ")), found '\(adapter.rawValue)'")
  }
}

/// A face with its network's pose, which may still need a camera.
public struct PredictedFace: Sendable, Equatable {
  /// In the file's stored pixels.
  public var face: Face
  /// In the file's stored pixels; nil where no network of the user's was asked, or it had no prediction.
  public var pose: NetworkPose?
}
