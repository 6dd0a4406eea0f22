internal import Codecs
public import Geometry
public import Schema

/// Finds an image's faces with box, score and five landmarks; one a thread.
///
/// The image is looked at once at a moderate size and, where that shows small faces, again at twice that
/// size: each look answers for the sizes it is good at, and of faces that both see the better score stays.
public final class FacePredictor {
  private let search: FaceSearch
  private let detector: CenterFaceDetector
  private let landmarker: ONetLandmarker
  private let network: (any FaceNetwork)?
  private let decoder = ImageDecoder()

  /// - Parameter model: a network of the user's own that is to say more of the faces found.
  /// - Throws: `InferenceError` where a model cannot be run.
  public init(
    _ inference: ReferenceInference, search: FaceSearch = FaceSearch(), model: UserModel? = nil
  ) throws {
    network = try model?.network(on: inference.runtime)
    self.search = search
    detector = try CenterFaceDetector(inference.detector, on: inference.runtime)
    landmarker = try ONetLandmarker(inference.landmarker, on: inference.runtime)
  }

  /// How long the networks themselves have run; decoding, scaling and the rest are what else it took.
  public var networkTime: Duration { detector.session.networkTime + landmarker.session.networkTime }

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
      let found = try detections(in: image)
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
        // Those of O-Net go, and their score with them.
        predicted.face.landmarks = landmarks
        predicted.face.attributes.others = []
      }
      return predicted
    }
  }

  private func detections(in image: PixelImage) throws -> [FaceDetection] {
    let coarse = Self.size(of: image, longSide: search.size)
    let fine = Self.size(of: image, longSide: search.fineSize)
    let small = FaceSearch.smallSize * Double(image.width) / Double(coarse.width)
    let isHinting = search.smallFaces == .auto && fine != coarse
    let hints = try detector.faces(
      in: image, width: coarse.width, height: coarse.height,
      threshold: isHinting ? min(search.threshold, FaceSearch.hintThreshold) : search.threshold)
    let found = hints.filter { $0.score > search.threshold }
    let looksAgain =
      switch search.smallFaces {
      case .never: false
      case .always: fine != coarse
      case .auto: isHinting && hints.contains { $0.size < small }
      }
    guard looksAgain else { return found }
    // Sizes on either side of the limit are taken from both, lest a face falls between.
    let more = try detector.faces(
      in: image, width: fine.width, height: fine.height, threshold: search.threshold)
    return (found.filter { $0.size >= small } + more.filter { $0.size < 1.25 * small })
      .withoutOverlaps(above: CenterFaceDetector.greatestOverlap)
  }

  /// An image's size when its longer side is at most `longSide`.
  static func size(of image: PixelImage, longSide: Int) -> (width: Int, height: Int) {
    let longest = max(image.width, image.height)
    guard longest > longSide else { return (image.width, image.height) }
    func scaled(_ side: Int) -> Int { max(1, (2 * side * longSide + longest) / (2 * longest)) }
    return (scaled(image.width), scaled(image.height))
  }
}

extension FaceDetection {
  fileprivate var size: Double { (box.width * box.height).squareRoot() }
}
