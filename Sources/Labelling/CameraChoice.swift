internal import Geometry
internal import Glibc
public import Schema

/// The camera to assume for an image whose own camera is not known.
public enum CameraChoice: Sendable {
  /// f = w + h, as img2pose assumes.
  case widthPlusHeight
  /// f = 100 (w + h): so far away that the projection is scaled orthography to 1 %.
  case weakPerspective
  /// A focal length in pixels.
  case focalLength(Double)
  /// The angle in degrees that the image's width spans, between 0 and 180.
  case fieldOfView(Double)
  /// A camera, or one for each image, from a user's file.
  case table(CameraTable)
  /// The focal length that EXIF states of the photograph; where it states none, f = w + h.
  case exif
  /// What faces of the same camera show; where they show nothing, f = w + h.
  case estimated(CameraEstimates)

  /// Those that need no more than their name.
  public static let named: [String: CameraChoice] = [
    "width-plus-height": .widthPlusHeight, "weak-perspective": .weakPerspective, "exif": .exif,
  ]

  /// What is assumed where the user names nothing, in place of a camera that is there already.
  ///
  /// A weak-perspective camera is only how an orthographic annotation was lifted, as 300W-LP's: its f = w + h is no
  /// one's. Poses fitted anew belong in the annotation's own projection.
  public static func usual(inPlaceOf camera: Camera?) -> CameraChoice {
    camera?.provenance == .weakPerspective ? .weakPerspective : .widthPlusHeight
  }

  /// The diagonal of 24 x 36 mm, by which EXIF's equivalent focal length is defined (CIPA DCG-001).
  private static let filmDiagonal = 43.2666

  /// The assumed camera of an image. Its principal point is half the image's width and height, rounded down,
  /// unless a table says otherwise.
  ///
  /// - Parameters:
  ///   - image: whose camera it is.
  ///   - equivalentFocalLength: as `ImageHeader` has it, in millimetres; nil where none is known.
  /// - Returns: nil where the camera depends on the image's size, which is not known, or where the table has
  ///   no camera for the image.
  public func camera(
    for image: ImageReference, equivalentFocalLength: Double? = nil
  ) -> Camera? {
    if case .table(let table) = self {
      return table.intrinsics(forImageAt: image.path).map {
        Camera(intrinsics: $0, provenance: .user)
      }
    }
    guard let width = image.width, let height = image.height else { return nil }
    var intrinsics = Intrinsics.widthPlusHeight(width, height)
    var provenance = Camera.Provenance.assumedWidthPlusHeight
    switch self {
    case .widthPlusHeight: break
    case .exif:
      guard let millimetres = equivalentFocalLength else { break }
      let diagonal = Double(width * width + height * height).squareRoot()
      intrinsics.focalLength = SIMD2(repeating: millimetres / Self.filmDiagonal * diagonal)
      provenance = .exif
    case .estimated(let estimates):
      guard let known = estimates[width, height] else { break }
      intrinsics.focalLength *= known.factor
      return Camera(intrinsics: intrinsics, provenance: .estimated, focalSigma: known.sigma)
    case .weakPerspective:
      intrinsics.focalLength *= 100
      provenance = .weakPerspective
    case .focalLength(let pixels):
      intrinsics.focalLength = SIMD2(repeating: pixels)
      provenance = .user
    case .fieldOfView(let degrees):
      let half = degrees / 2 * .pi / 180
      intrinsics.focalLength = SIMD2(repeating: Double(width) / 2 * cos(half) / sin(half))
      provenance = .user
    case .table: return nil
    }
    return Camera(intrinsics: intrinsics, provenance: provenance)
  }
}

extension Camera {
  /// Whether it is a guess that may be replaced, and not the dataset's own camera.
  public var isAssumed: Bool {
    switch provenance {
    case .assumedWidthPlusHeight, .weakPerspective, .user, .exif, .estimated: true
    case .calibrated, .datasetProjection: false
    }
  }
}

/// Estimated focal lengths by the size of the images: images of one size, upright or not, are taken to be one camera's.
public struct CameraEstimates: Sendable {
  /// An image's size in either orientation.
  public struct Size: Hashable, Sendable {
    /// In pixels.
    public let longer, shorter: Int

    /// In either order.
    public init(_ width: Int, _ height: Int) {
      (longer, shorter) = (max(width, height), min(width, height))
    }
  }

  private let known: [Size: FocalLengthEstimate]

  /// - Parameter known: in units of width plus height.
  public init(_ known: [Size: FocalLengthEstimate]) { self.known = known }

  /// That of images of a size; nil where none is known.
  public subscript(width: Int, height: Int) -> FocalLengthEstimate? { known[Size(width, height)] }
}
