public import Codecs
internal import Geometry
public import Rendering
public import Schema

/// A decoded image, in full or reduced size.
public struct Photograph: Sendable {
  /// The pixels as they were decoded.
  public let image: PixelImage
  /// The width and height of the stored pixels, to which annotations refer.
  public let size: SIMD2<Int>

  /// - Parameters:
  ///   - image: the decoded pixels.
  ///   - size: the size in the image's header, where `ImageDecoder` has reduced the image; nil for the size of `image`.
  public init(_ image: PixelImage, size: SIMD2<Int>? = nil) {
    (self.image, self.size) = (image, size ?? SIMD2(image.width, image.height))
  }
}

/// Pictures of annotated faces: one face cut from its image, or the whole image with all of its faces.
///
/// It reuses buffers from picture to picture, so each thread needs its own. The same input gives the same
/// pixels.
public final class FacePortrait {
  /// What is drawn over the image. The order from the bottom up is mesh, box, landmarks, axes.
  public struct Overlays: OptionSet, Sendable {
    /// One bit for each overlay.
    public let rawValue: UInt8

    /// The overlays whose bits are set; other bits draw nothing.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The annotated box.
    public static let box = Overlays(rawValue: 1)
    /// Points, and the contours that join the 68 points of iBUG; occluded points have another colour.
    public static let landmarks = Overlays(rawValue: 2)
    /// The pose's axes from its origin, 8 cm long: x red, y green, the face's normal -z blue.
    public static let axes = Overlays(rawValue: 4)
    /// The mean face in the annotated pose, translucent. It is not drawn for poses in a user's frame, whose place on
    /// the face is not known; these have axes only.
    public static let mesh = Overlays(rawValue: 8)

    /// The overlays by the names that the command line uses.
    public static let named: [(name: String, overlay: Overlays)] = [
      ("box", .box), ("landmarks", .landmarks), ("axes", .axes), ("mesh", .mesh),
    ]
  }

  /// The colour beyond the edges of an image.
  static let background: Colour = [48, 51, 56]
  private static let meshTint: SIMD3<Float> = [0.62, 0.86, 1]
  /// How strongly the mesh is drawn, out of 256.
  private static let meshShare = 140
  private static let axisLength = 0.08

  private let head: HeadMesh
  private let renderer = MeshRenderer(isAntialiased: true)

  /// - Parameter head: a mesh around the mean face's 68 landmarks, in img2pose's frame.
  public init(head: HeadMesh) { self.head = head }

  /// A square picture of one face and its surroundings.
  ///
  /// It shows the face's box and landmarks, one of them where the other is far away, or the whole image where the
  /// face has neither. Only overlays of this face are drawn.
  ///
  /// - Parameters:
  ///   - index: the face's index in the record.
  ///   - record: annotated in pixels of the stored image.
  ///   - photograph: the record's image.
  ///   - side: the width and height of the picture in pixels.
  ///   - overlays: what is drawn over the image.
  ///   - margin: the space on each side, in fractions of the box's longer side.
  public func picture(
    ofFace index: Int, of record: ImageRecord, in photograph: Photograph, side: Int,
    overlays: Overlays, margin: Double = 0.35
  ) -> PixelImage {
    let face = record.faces[index]
    let window = Self.window(on: face, in: photograph, side: side, margin: margin)
    return draw([face], of: record, in: photograph, through: window, overlays)
  }

  /// The whole image with the overlays of all its faces.
  ///
  /// - Parameters:
  ///   - record: annotated in pixels of the stored image.
  ///   - photograph: the record's image.
  ///   - longSide: the picture's longer side in pixels; nil for the image's own.
  ///   - overlays: what is drawn over the image.
  public func picture(
    of record: ImageRecord, in photograph: Photograph, longSide: Int? = nil, overlays: Overlays
  ) -> PixelImage {
    let window = Self.window(onAllOf: photograph, longSide: longSide ?? photograph.size.max())
    return draw(record.faces, of: record, in: photograph, through: window, overlays)
  }

  /// How many pixels the longer side of an image needs, so that decoding it in reduced size loses nothing in the
  /// portrait; for `ImageDecoder`. Nil if all pixels are needed.
  ///
  /// - Parameters:
  ///   - face: the face that is shown.
  ///   - side: the width and height of the portrait in pixels.
  ///   - margin: as in `picture(ofFace:of:in:side:overlays:margin:)`.
  ///   - size: the width and height of the stored pixels.
  public static func longSide(
    forFace face: Face, side: Int, margin: Double = 0.35, size: SIMD2<Int>
  ) -> Int? {
    guard let extent = extent(of: face) else { return side }
    let scale = Double(side) / (max(extent.size, smallestExtent) * (1 + 2 * margin))
    return scale < 1 ? Int((Double(size.max()) * scale).rounded(.up)) : nil
  }

  /// In pixels. A smaller face is shown as if it had this size.
  private static let smallestExtent = 8.0
  /// Landmarks that are further outside a box are near its picture's rim, or beyond it; in fractions of its longer side.
  private static let usualMargin = 0.25
  private static let mostOverBox = 6.0

  /// The middle and the longer side of the area that a face takes up, in pixels; nil where it is not known.
  private static func extent(of face: Face) -> (centre: SIMD2<Double>, size: Double)? {
    func square(_ box: BoundingBox) -> (centre: SIMD2<Double>, size: Double)? {
      let size = max(box.width, box.height)
      // The comparisons are also false for NaN.
      return size > 0 && size < 1e6 && box.centre.max().magnitude < 1e6
        && box.centre.min().magnitude < 1e6 ? (box.centre, size) : nil
    }
    let points = face.landmarks.map { points in (0..<points.count).compactMap(points.position) }
    let bounds = points.flatMap { BoundingBox(around: $0) }
    let (marked, boxed) = (bounds.flatMap(square), square(face.box))
    guard let shown = face.box.isDegenerate ? marked ?? boxed : boxed ?? marked else { return nil }
    // Landmarks that are not where the box is are in the picture too, as is a box without area, unless they are so far
    // that both would be specks.
    let corners = [face.box, bounds ?? face.box].flatMap {
      [SIMD2($0.left, $0.top), SIMD2($0.right, $0.bottom)]
    }
    let reach = corners.map { max(($0 - shown.centre).max(), (shown.centre - $0).max()) }.max() ?? 0
    guard let whole = BoundingBox(around: corners).flatMap(square),
      reach > (0.5 + usualMargin) * shown.size, whole.size <= mostOverBox * shown.size
    else { return shown }
    return whole
  }

  private static func window(
    on face: Face, in photograph: Photograph, side: Int, margin: Double
  ) -> PictureWindow {
    let size = SIMD2<Double>(photograph.size)
    // A box may be far larger than its image, but the picture shows no more than about the image.
    guard let extent = extent(of: face) else {
      return square(about: size / 2, size.max(), side: side)
    }
    let shown = min(max(extent.size, smallestExtent) * (1 + 2 * margin), 2 * size.max())
    return square(about: extent.centre + 0.5, shown, side: side)
  }

  private static func square(
    about centre: SIMD2<Double>, _ extent: Double, side: Int
  ) -> PictureWindow {
    PictureWindow(
      corner: centre - extent / 2, scale: Double(side) / extent, width: side, height: side)
  }

  private static func window(onAllOf photograph: Photograph, longSide: Int) -> PictureWindow {
    let size = SIMD2<Double>(photograph.size)
    let scale = Double(longSide) / size.max()
    let shown = (size * scale).rounded(.toNearestOrAwayFromZero)
    return PictureWindow(
      corner: .zero, scale: scale, width: max(1, Int(shown.x)), height: max(1, Int(shown.y)))
  }

  private func draw(
    _ faces: [Face], of record: ImageRecord, in photograph: Photograph,
    through window: PictureWindow, _ overlays: Overlays
  ) -> PixelImage {
    var picture = window.picture(
      of: photograph.image, size: photograph.size, background: Self.background)
    let camera = window.camera(
      record.camera?.intrinsics ?? .widthPlusHeight(photograph.size.x, photograph.size.y))
    if overlays.contains(.mesh) { drawMeshes(faces, camera, on: &picture) }
    var canvas = Canvas(picture)
    for face in faces { draw(face, camera, window, overlays, on: &canvas) }
    return canvas.image
  }

  /// Draws the meshes. They hide each other, and the image shows through all of them equally.
  private func drawMeshes(
    _ faces: [Face], _ camera: Intrinsics, on picture: inout PixelImage
  ) {
    let poses = faces.compactMap { $0.pose?.meanFacePose }.filter { $0.translation.z > 0 }
    guard !poses.isEmpty else { return }
    var covered = picture
    renderer.begin(width: covered.width, height: covered.height)
    // Smooth outlines are mixed with what is there already, so the farthest mesh comes first.
    for pose in poses.sorted(by: { $0.translation.z > $1.translation.z }) {
      renderer.draw(
        head.mask, view: MeshView(pose: pose, camera: camera),
        light: Light(ambient: 0.25, diffuse: 0.75), tint: Self.meshTint, on: &covered)
    }
    for i in picture.pixels.indices {
      let (below, above) = (Int(picture.pixels[i]), Int(covered.pixels[i]))
      picture.pixels[i] = UInt8(below + (above - below) * Self.meshShare / 256)
    }
  }

  private func draw(
    _ face: Face, _ camera: Intrinsics, _ window: PictureWindow, _ overlays: Overlays,
    on canvas: inout Canvas
  ) {
    // For a small face in a large picture the lines are thinner.
    let extent = (Self.extent(of: face)?.size ?? 100) * window.scale
    let overlay = FaceOverlay(weight: min(max(extent / 90, 1), 3))
    if overlays.contains(.box) {
      let low = window.place(SIMD2(face.box.left, face.box.top))
      let high = window.place(SIMD2(face.box.right, face.box.bottom))
      overlay.draw(
        box: BoundingBox(left: low.x, top: low.y, right: high.x, bottom: high.y), on: &canvas)
    }
    if overlays.contains(.landmarks), let landmarks = face.landmarks {
      draw(landmarks, window, overlay, radius: max(1, extent / 75), on: &canvas)
    }
    if overlays.contains(.axes), let pose = face.pose?.extrinsics {
      overlay.draw(pose: pose, camera: camera, length: Self.axisLength, on: &canvas)
    }
  }

  private func draw(
    _ landmarks: Landmarks, _ window: PictureWindow, _ overlay: FaceOverlay, radius: Double,
    on canvas: inout Canvas
  ) {
    for contour in landmarks.layout.contours {
      let last = contour.points.upperBound
      for i in contour.points where i < last || contour.isClosed {
        guard let start = landmarks.position(i),
          let end = landmarks.position(i < last ? i + 1 : contour.points.lowerBound)
        else { continue }
        overlay.draw(contourFrom: window.place(start), to: window.place(end), on: &canvas)
      }
    }
    // For 68 points the lines show most, so the points are small.
    let size = landmarks.layout == .ibug68 ? 0.75 * radius : 1.4 * radius
    for i in 0..<landmarks.count {
      guard let position = landmarks.position(i) else { continue }
      overlay.draw(
        landmark: window.place(position), radius: size,
        isOccluded: landmarks[i].visibility == .occluded, on: &canvas)
    }
  }
}

extension HeadPose {
  /// The pose at which img2pose's mean face lies where this pose's face does; nil for a user's frame.
  var meanFacePose: Extrinsics? { converted(to: .bfm)?.extrinsics }
}
