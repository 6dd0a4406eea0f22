internal import Codecs
internal import Geometry
public import Schema

extension FaceDraft {
  /// Sets the whole image as box, for crops of one face.
  ///
  /// - Parameter size: in pixels; nil where the image is not at hand, so that there is no box.
  mutating func setWholeImage(_ size: SIMD2<Int>?) {
    guard let size = size.map({ SIMD2<Double>($0) }) else { return }
    box = BoundingBox(left: 0, top: 0, right: size.x, bottom: size.y)
    boxOrigin = .wholeImage
  }
}

extension ReadingOptions {
  /// An image's header; nil where the image is not at hand or cannot be read.
  func imageHeader(of path: String) -> ImageHeader? {
    try? images?.open(recordPath(of: path), with: ImageHeaderReader()).header
  }

  /// A record's path of an image that annotations name in any way: relative to the folder of the images where it lies there.
  func recordPath(of path: String) -> String {
    let address = ImageAddress(path)
    guard address?.isFile ?? path.isAbsoluteImagePath,
      let relative = images?.relative(toRootOf: address?.path ?? path)
    else { return path.plainImagePath }
    return relative.plainImagePath
  }

  /// An image's size in pixels, by its header; nil where it is not at hand.
  func imageSize(of path: String) -> SIMD2<Int>? {
    imageHeader(of: path).map { SIMD2($0.width, $0.height) }
  }
}

extension Outcome {
  /// Notes that the source names the image from a system's root, where that is not the images' own, or by a URL.
  mutating func noteSpelling(of path: String, _ options: ReadingOptions) {
    let address = ImageAddress(path)
    if address?.isFile == false {
      self.address = path
    } else if address != nil || path.isAbsoluteImagePath,
      options.images?.relative(toRootOf: address?.path ?? path) == nil
    {
      absolutePath = path
    }
  }
}

extension Face {
  /// Whether its box is only that of its image, as of a pose without a box.
  public var hasWholeImageAsBox: Bool {
    attributes.others.contains {
      $0.name == "bbox_from" && $0.value == .text(FaceDraft.BoxOrigin.wholeImage.rawValue)
    }
  }
}
