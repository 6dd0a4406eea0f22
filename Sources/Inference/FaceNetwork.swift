public import Codecs
public import Geometry
public import Schema

/// What a network of a user's own says of a face.
public struct NetworkPrediction: Sendable, Equatable {
  /// In the image that it was shown.
  public var pose: WeakPerspectivePose
  /// 68 points in the same image, in iBUG's order; nil from a network that gives none.
  public var landmarks: [SIMD2<Double>]?
  /// Its own output and what that refers to, as records keep it.
  public var native: JSONValue

  public init(
    pose: WeakPerspectivePose, landmarks: [SIMD2<Double>]? = nil, native: JSONValue
  ) {
    self.pose = pose
    self.landmarks = landmarks
    self.native = native
  }
}

/// A network that is shown faces whose boxes are known; one a thread.
public protocol FaceNetwork: AnyObject {
  /// What it says of each box; nil where it can say nothing, as of a box without area.
  ///
  /// - Throws: `InferenceError` where the network fails.
  func predictions(for boxes: [BoundingBox], in image: PixelImage) throws -> [NetworkPrediction?]
}

/// A user's network with its manifest, known to be the one that is meant; all workers share it.
public struct UserModel: Sendable {
  public let manifest: ModelManifest
  public let file: ModelFile

  /// - Throws: `FileError` where a file cannot be read, `InferenceError` where one is not what it should be.
  public init(manifest path: String) throws {
    let manifest = try ModelManifest(path: path)
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let isAbsolute = manifest.file.hasPrefix("/")
    self.manifest = manifest
    file = try ModelFile(
      path: isAbsolute ? manifest.file : folder + manifest.file, sha256: manifest.sha256)
  }

  /// The network as one that is shown faces.
  ///
  /// - Throws: `InferenceError` where it is none, or the network or its manifest lacks what the adapter needs.
  public func network(on runtime: OpenVINO) throws -> any FaceNetwork {
    switch manifest.adapter {
    case .tddfaV2: try TDDFANetwork(self, on: runtime)
    case .denseHeadPose: try DenseHeadPoseNetwork(self, on: runtime)
    case .img2pose, .rfb: throw manifest.mistaken(for: .faces)
    }
  }

  /// The network as one that finds faces with their poses.
  ///
  /// - Throws: as `network(on:)`.
  public func headDetector(on runtime: OpenVINO) throws -> any HeadDetector {
    switch manifest.adapter {
    case .img2pose: try Img2PoseNetwork(self, on: runtime)
    case .tddfaV2, .denseHeadPose, .rfb: throw manifest.mistaken(for: .heads)
    }
  }

  /// The network as one that finds faces.
  ///
  /// - Throws: as `network(on:)`.
  public func detector(on runtime: OpenVINO) throws -> any FaceDetector {
    switch manifest.adapter {
    case .rfb: try RFBDetector(self, on: runtime)
    case .tddfaV2, .denseHeadPose, .img2pose: throw manifest.mistaken(for: .detector)
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

/// A face with its network's pose, which a camera is yet to be found for.
public struct PredictedFace: Sendable, Equatable {
  public var face: Face
  /// In the file's stored pixels; nil where no network of a user's own was asked, or it had nothing to say.
  public var pose: WeakPerspectivePose?
}
