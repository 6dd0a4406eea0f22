/// What `infer` runs: OpenVINO and the default models, found and checked. All workers share it.
public struct ReferenceInference: Sendable {
  /// OpenVINO, for other models too.
  public let runtime: OpenVINO
  /// CenterFace.
  public let detector: ModelFile
  /// Which network places landmarks.
  public let landmarks: LandmarkNetwork
  /// Its file.
  public let landmarker: ModelFile

  /// Opens OpenVINO and the default models.
  ///
  /// - Parameters:
  ///   - landmarks: which network places landmarks.
  ///   - folder: where they are.
  /// - Throws: `InferenceUnavailable` where one is missing or another version; `FileError` where a model cannot be
  ///   read.
  public init(
    landmarks: LandmarkNetwork = .faceMesh, folder: InferenceFolder = .standard()
  ) throws {
    runtime = try OpenVINO(folder: folder)
    detector = try DefaultModel.centerFace.load(from: folder)
    self.landmarks = landmarks
    landmarker = try landmarks.model.load(from: folder)
  }
}

/// How faces are searched for.
public struct FaceSearch: Sendable, Equatable {
  /// When an image is searched a second time, at twice the size.
  public enum SmallFaces: String, Sendable, CaseIterable { case auto, always, never }

  /// A face needs a greater score than this.
  public var threshold: Float = 0.35
  /// How many pixels the longer side has when the network first sees an image; smaller images are not enlarged.
  public var size = 640
  /// Whether to search again at twice the size, for faces that are small in the first search.
  public var smallFaces = SmallFaces.auto

  /// The settings given above.
  public init() {}

  /// The longer side of the image in the second search, in pixels.
  var fineSize: Int { 2 * size }
  /// In the network's pixels. The second search is for smaller faces than this: the first misses some faces of 12
  /// to 16 pixels, but hardly any larger ones.
  static let smallSize = 16.0
  /// A small face with at least about this score makes the image worth a second search.
  static let hintThreshold: Float = 0.2

  /// How many pixels the longer side of a decoded image needs at least, for boxes and for the landmarks' crops.
  public var decodedSize: Int { fineSize }
}
