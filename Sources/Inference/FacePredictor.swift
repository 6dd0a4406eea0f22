public import Codecs
public import Geometry
public import Schema

/// Finds an image's faces with box, score and landmarks; use one per thread.
///
/// The networks are CenterFace and Face Mesh or O-Net, unless a user's network replaces one or both.
public final class FacePredictor {
  private enum Finder {
    case faces(any FaceDetector, any FaceLandmarker, (any FaceNetwork)?)
    case heads(any HeadDetector)
  }

  private let search: FaceSearch
  private let finder: Finder
  private let decoder: ImageDecoder

  /// Compiles the networks.
  ///
  /// - Parameters:
  ///   - inference: the runtime and the reference networks.
  ///   - search: how faces are looked for.
  ///   - detector: a user's network that finds the faces.
  ///   - model: a user's network that says more about the faces found, or finds them itself.
  ///   - limit: images with more pixels are refused.
  /// - Throws: `InferenceError` where a model cannot be run, or cannot do what it is given for.
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
    finder = .faces(
      faces, try inference.landmarks.landmarker(inference.landmarker, on: runtime), network)
  }

  /// Whether the faces come with poses, in a camera with f = width + height of the image.
  public var findsPoses: Bool {
    switch finder {
    case .faces: false
    case .heads: true
    }
  }

  /// How long the networks themselves have run; decoding, scaling and the like are not counted.
  public var networkTime: Duration {
    switch finder {
    case .faces(let detector, let landmarker, _):
      detector.networkTime + landmarker.networkTime
    case .heads(let detector): detector.networkTime
    }
  }

  /// The faces of an image file, the best score first.
  ///
  /// A photograph with an EXIF orientation is turned upright before it is searched. Coordinates are nevertheless
  /// those of the stored pixels.
  ///
  /// - Throws: `ImageError` where the file is broken, `InferenceError` where a network fails.
  public func faces(inFile bytes: UnsafeRawBufferPointer) throws -> [Face] {
    try predictions(inFile: bytes).map(\.face)
  }

  /// The faces of an image file with what the user's own network says of them.
  ///
  /// - Parameters:
  ///   - bytes: the whole image file.
  ///   - annotated: faces in the file's stored pixels that replace the search. Of each its box is used and, if it has
  ///     the 68 of iBUG, its landmarks.
  ///   - camera: that of the stored pixels, for networks that need one; nil for a focal length of width plus height.
  /// - Throws: `ImageError` where the file is broken, `InferenceError` where a network fails.
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
    // The network's own scaling skips pixels, so a smaller image would give other results.
    let photo = try photo(bytes, longSideAtLeast: nil)
    return try detector.heads(in: photo.image, threshold: search.threshold).map { head in
      PredictedFace(face: Face(head, photo.place, upright: photo.image))
    }
  }

  private func faces(
    inFile bytes: UnsafeRawBufferPointer, of annotated: [Face]?, _ camera: Intrinsics?,
    _ detector: any FaceDetector, _ landmarker: any FaceLandmarker, _ network: (any FaceNetwork)?
  ) throws -> [PredictedFace] {
    let photo = try photo(bytes, longSideAtLeast: detector.sufficientSize)
    var shown: [ShownFace]
    var faces: [Face]
    if let annotated {
      shown = annotated.map(photo.place.shown)
      faces = annotated.map { Face(box: $0.box) }
    } else {
      let found = try detector.faces(in: photo.image, threshold: search.threshold)
      shown = found.map { ShownFace(box: $0.box) }
      faces = found.map { Face($0, photo.place) }
    }
    let landmarks = try landmarker.landmarks(of: shown.map(\.box), in: photo.image)
    for i in faces.indices { faces[i].setLandmarks(landmarks[i], photo.place) }
    guard let network, !faces.isEmpty else { return faces.map { PredictedFace(face: $0) } }
    // Its poses move by degrees where its crop comes of a photograph that was decoded at half the size.
    let whole = photo.isShrunk ? try self.photo(bytes, longSideAtLeast: nil) : photo
    if photo.isShrunk {
      shown =
        annotated?.map(whole.place.shown)
        ?? shown.map { $0.scaled(from: photo.image, to: whole.image) }
    }
    let said = try network.predictions(
      for: shown, in: whole.image,
      camera: whole.place.shown(
        camera ?? .widthPlusHeight(whole.header.width, whole.header.height)))
    return zip(faces, said).map { face, said in
      var predicted = PredictedFace(face: face)
      guard let said else { return predicted }
      predicted.pose = whole.place.pose(said.pose, uprightHeight: whole.image.height)
      predicted.face.native = said.native
      if let landmarks = whole.place.landmarks(.ibug68, said.landmarks) {
        predicted.face.landmarks = landmarks
        // The score is the landmarker's and belongs to its own landmarks only.
        predicted.face.attributes.others.removeAll { $0.name == Face.landmarkScore }
      }
      return predicted
    }
  }

  /// A photograph as it is searched.
  private struct Photo {
    /// Upright.
    let image: PixelImage
    /// Leads back to the file's stored pixels.
    let place: StoredPlace
    let header: ImageHeader
    /// Whether the file has more pixels.
    let isShrunk: Bool
  }

  private func photo(_ bytes: UnsafeRawBufferPointer, longSideAtLeast side: Int?) throws -> Photo {
    let (stored, header) = try decoder.image(bytes, longSideAtLeast: side)
    let orientation = ImageOrientation(exif: header.orientation)
    return Photo(
      image: orientation.upright(stored), place: StoredPlace(orientation, of: stored, header),
      header: header, isShrunk: stored.width < header.width)
  }
}

extension ShownFace {
  /// Its box in a larger picture of the same.
  fileprivate func scaled(from image: PixelImage, to other: PixelImage) -> ShownFace {
    let x = Double(other.width) / Double(image.width)
    let y = Double(other.height) / Double(image.height)
    return ShownFace(
      box: BoundingBox(
        left: box.left * x, top: box.top * y, right: box.right * x, bottom: box.bottom * y))
  }
}
