/// What `infer` runs: OpenVINO and the default models, found and checked. All workers share it.
public struct ReferenceInference: Sendable {
  public let runtime: OpenVINO
  public let detector: ModelFile
  public let landmarker: ModelFile

  /// - Throws: `InferenceUnavailable`.
  public init(folder: InferenceFolder = .standard()) throws {
    runtime = try OpenVINO(folder: folder)
    detector = try DefaultModel.centerFace.load(from: folder)
    landmarker = try DefaultModel.oNet.load(from: folder)
  }
}

/// How faces are looked for.
public struct FaceSearch: Sendable, Equatable {
  public enum SmallFaces: String, Sendable, CaseIterable { case auto, always, never }

  /// The least score of a face, exclusive.
  public var threshold: Float = 0.35
  /// How many pixels the longer side has when the network first sees an image; smaller images stay as they are.
  public var size = 640
  /// Whether to look again at twice the size for faces that are small at the first.
  public var smallFaces = SmallFaces.auto

  public init() {}

  /// The size of the second look.
  var fineSize: Int { 2 * size }
  /// Faces below this size, in the network's pixels, are what the second look is for: of faces of 12 to 16
  /// pixels the first misses some, of larger ones hardly any.
  static let smallSize = 16.0
  /// What may be a small face, when it is to be decided whether to look again.
  static let hintThreshold: Float = 0.2

  /// The longer side that an image needs when it is decoded, for boxes and for the landmarks' crops.
  public var decodedSize: Int { fineSize }
}
