internal import Codecs
internal import Geometry
public import Schema

/// Finds an image's faces with box, score and five landmarks; one a thread.
///
/// They are CenterFace's and O-Net's, unless a network of the user's own takes the place of one or both.
public final class FacePredictor {
  private enum Finder {
    case faces(any FaceDetector, ONetLandmarker, (any FaceNetwork)?)
    case heads(any HeadDetector)
  }

  private let search: FaceSearch
  private let finder: Finder
  private let decoder = ImageDecoder()

  /// - Parameters:
  ///   - detector: a network of the user's own that finds the faces.
  ///   - model: a network of the user's own that is to say more of the faces found, or finds them itself.
  /// - Throws: `InferenceError` where a model cannot be run, or does not do what it is given for.
  public init(
    _ inference: ReferenceInference, search: FaceSearch = FaceSearch(),
    detector: UserModel? = nil, model: UserModel? = nil
  ) throws {
    self.search = search
    let runtime = inference.runtime
    if let model, model.manifest.adapter.role == .heads {
      finder = .heads(try model.headDetector(on: runtime))
      return
    }
    let network = try model?.network(on: runtime)
    let faces: any FaceDetector =
      try detector?.detector(on: runtime)
      ?? CenterFaceSearch(search, CenterFaceDetector(inference.detector, on: runtime))
    finder = .faces(faces, try ONetLandmarker(inference.landmarker, on: runtime), network)
  }

  /// Whether the faces come with poses, in a camera with f = width + height of the image.
  public var findsPoses: Bool {
    switch finder {
    case .faces: false
    case .heads: true
    }
  }

  /// How long the networks themselves have run; decoding, scaling and the rest are what else it took.
  public var networkTime: Duration {
    switch finder {
    case .faces(let detector, let landmarker, _):
      detector.networkTime + landmarker.session.networkTime
    case .heads(let detector): detector.networkTime
    }
  }

  /// The faces of an image file, the best score first.
  ///
  /// A photograph with an EXIF orientation is turned upright to be searched; coordinates are those of its
  /// stored pixels all the same.
  ///
  /// - Throws: `ImageError` where the file is broken, `InferenceError`.
  public func faces(inFile bytes: UnsafeRawBufferPointer) throws -> [Face] {
    try predictions(inFile: bytes).map(\.face)
  }

  /// The same with what the user's own network says.
  public func predictions(inFile bytes: UnsafeRawBufferPointer) throws -> [PredictedFace] {
    switch finder {
    case .heads(let detector):
      // The network's own scaling leaves pixels out; a smaller image would be another.
      let (stored, header) = try decoder.image(bytes)
      let orientation = ImageOrientation(exif: header.orientation)
      let image = orientation.upright(stored)
      let place = StoredPlace(orientation, of: stored, header)
      return try detector.heads(in: image, threshold: search.threshold).map { head in
        PredictedFace(face: Face(head, place, upright: image))
      }
    case .faces(let detector, let landmarker, let network):
      let (stored, header) = try decoder.image(bytes, longSideAtLeast: search.decodedSize)
      let orientation = ImageOrientation(exif: header.orientation)
      let image = orientation.upright(stored)
      let found = try detector.faces(in: image, threshold: search.threshold)
      let landmarks = try landmarker.landmarks(of: found.map(\.box), in: image)
      let place = StoredPlace(orientation, of: stored, header)
      var faces = zip(found, landmarks).map { PredictedFace(face: Face($0, $1, place)) }
      guard let network else { return faces }
      let said = try network.predictions(for: found.map(\.box), in: image)
      for (i, said) in said.enumerated() {
        guard let said else { continue }
        faces[i].pose = place.pose(said.pose, uprightHeight: image.height)
        faces[i].face.native = .object(said.native)
        if let points = said.landmarks {
          faces[i].face.landmarks = place.landmarks(points)
          // It says how sure O-Net is of its own.
          faces[i].face.attributes.others.removeAll { $0.name == Face.landmarkScore }
        }
      }
      return faces
    }
  }
}
