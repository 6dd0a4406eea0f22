public import Codecs
public import Geometry
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
  private let decoder: ImageDecoder

  /// - Parameters:
  ///   - detector: a network of the user's own that finds the faces.
  ///   - model: a network of the user's own that is to say more of the faces found, or finds them itself.
  ///   - limit: images of more pixels are refused.
  /// - Throws: `InferenceError` where a model cannot be run, or does not do what it is given for.
  public init(
    _ inference: ReferenceInference, search: FaceSearch = FaceSearch(),
    detector: UserModel? = nil, model: UserModel? = nil, limit: PixelLimit = .standard
  ) throws {
    decoder = ImageDecoder(limit: limit)
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
  ///
  /// - Parameters:
  ///   - annotated: faces in the file's stored pixels that take the place of those that would be found; of
  ///     each its box and, where it has the 68 of iBUG, its landmarks are looked at.
  ///   - camera: that of the stored pixels, for networks that ask for one; nil for one of focal length
  ///     width plus height.
  public func predictions(
    inFile bytes: UnsafeRawBufferPointer, of annotated: [Face]? = nil, camera: Intrinsics? = nil
  ) throws -> [PredictedFace] {
    switch finder {
    case .heads(let detector): try heads(inFile: bytes, detector)
    case .faces(let detector, let landmarker, let network):
      try faces(inFile: bytes, of: annotated, camera, detector, landmarker, network)
    }
  }

  private func heads(
    inFile bytes: UnsafeRawBufferPointer, _ detector: any HeadDetector
  ) throws -> [PredictedFace] {
    // The network's own scaling leaves pixels out; a smaller image would be another.
    let (stored, header) = try decoder.image(bytes)
    let orientation = ImageOrientation(exif: header.orientation)
    let image = orientation.upright(stored)
    let place = StoredPlace(orientation, of: stored, header)
    return try detector.heads(in: image, threshold: search.threshold).map { head in
      PredictedFace(face: Face(head, place, upright: image))
    }
  }

  private func faces(
    inFile bytes: UnsafeRawBufferPointer, of annotated: [Face]?, _ camera: Intrinsics?,
    _ detector: any FaceDetector, _ landmarker: ONetLandmarker, _ network: (any FaceNetwork)?
  ) throws -> [PredictedFace] {
    let (stored, header) = try decoder.image(bytes, longSideAtLeast: search.decodedSize)
    let orientation = ImageOrientation(exif: header.orientation)
    let image = orientation.upright(stored)
    let place = StoredPlace(orientation, of: stored, header)
    var shown: [ShownFace]
    var faces: [Face]
    if let annotated {
      shown = annotated.map(place.shown)
      faces = annotated.map { Face(box: $0.box) }
      let landmarks = try landmarker.landmarks(of: shown.map(\.box), in: image)
      for i in faces.indices { faces[i].setLandmarks(landmarks[i], place) }
    } else {
      let found = try detector.faces(in: image, threshold: search.threshold)
      let landmarks = try landmarker.landmarks(of: found.map(\.box), in: image)
      shown = found.map { ShownFace(box: $0.box) }
      faces = zip(found, landmarks).map { Face($0, $1, place) }
    }
    guard let network else { return faces.map { PredictedFace(face: $0) } }
    let said = try network.predictions(
      for: shown, in: image,
      camera: place.shown(camera ?? .widthPlusHeight(header.width, header.height)))
    return zip(faces, said).map { face, said in
      var predicted = PredictedFace(face: face)
      guard let said else { return predicted }
      predicted.pose = place.pose(said.pose, uprightHeight: image.height)
      predicted.face.native = said.native
      if let landmarks = place.landmarks(said.landmarks) {
        predicted.face.landmarks = landmarks
        // It says how sure O-Net is of its own.
        predicted.face.attributes.others.removeAll { $0.name == Face.landmarkScore }
      }
      return predicted
    }
  }
}
