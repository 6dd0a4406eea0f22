internal import Codecs
internal import Geometry

/// CenterFace at one size or two.
///
/// The image is looked at once at a moderate size and, where that shows small faces, again at twice that
/// size: each look answers for the sizes it is good at, and of faces that both see the better score stays.
final class CenterFaceSearch: FaceDetector {
  private let search: FaceSearch
  private let detector: CenterFaceDetector

  /// - Parameter search: its threshold is not looked at.
  init(_ search: FaceSearch, _ detector: CenterFaceDetector) {
    self.search = search
    self.detector = detector
  }

  var networkTime: Duration { detector.session.networkTime }

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
    // Sizes on either side of the limit are taken from both, lest a face falls between.
    let more = try detector.faces(
      in: image, width: fine.width, height: fine.height, threshold: threshold)
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
