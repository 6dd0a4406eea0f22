internal import Codecs
internal import Geometry

/// CenterFace at one size or two.
///
/// The image is searched once at a moderate size. If that shows small faces, it is searched again at twice the
/// size. Each search gives the faces of the sizes it is good at; of faces found by both, the better score stays.
final class CenterFaceSearch: FaceDetector {
  private let search: FaceSearch
  private let detector: CenterFaceDetector

  /// - Parameter search: its threshold is not used.
  init(_ search: FaceSearch, _ detector: CenterFaceDetector) {
    self.search = search
    self.detector = detector
  }

  var networkTime: Duration { detector.session.networkTime }
  var sufficientSize: Int? { search.decodedSize }

  func faces(in image: PixelImage, threshold: Float) throws -> [FaceDetection] {
    let coarse = Self.size(of: image, longSide: search.size)
    let fine = Self.size(of: image, longSide: search.fineSize)
    let small = FaceSearch.smallSize * Double(image.width) / Double(coarse.width)
    let isHinting = search.smallFaces == .auto && fine != coarse
    let hints = try detector.faces(
      in: image, width: coarse.width, height: coarse.height,
      threshold: isHinting ? min(threshold, FaceSearch.hintThreshold) : threshold)
    let found = hints.filter { $0.score > threshold }
    let looksAgain =
      switch search.smallFaces {
      case .never: false
      case .always: fine != coarse
      case .auto: isHinting && hints.contains { $0.size < small }
      }
    guard looksAgain else { return found }
    // Faces with sizes near the limit are taken from both searches, so that none is lost in between.
    let more = try detector.faces(
      in: image, width: fine.width, height: fine.height, threshold: threshold)
    return (found.filter { $0.size >= small } + more.filter { $0.size < 1.25 * small })
      .withoutOverlaps(above: CenterFaceDetector.greatestOverlap)
  }

  /// The size of an image whose longer side is reduced to at most `longSide`.
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
