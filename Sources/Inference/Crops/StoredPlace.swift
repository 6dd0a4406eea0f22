internal import Codecs
internal import Geometry
internal import Schema

/// Converts from the upright image that was searched, which may be smaller, to the file's stored pixels.
struct StoredPlace {
  private let orientation: ImageOrientation
  /// The size of the stored pixels as they were decoded.
  private let size: SIMD2<Double>
  private let scale: SIMD2<Double>

  init(_ orientation: ImageOrientation, of decoded: PixelImage, _ header: ImageHeader) {
    self.orientation = orientation
    size = SIMD2(Double(decoded.width), Double(decoded.height))
    scale = SIMD2(Double(header.width), Double(header.height)) / size
  }

  func box(_ box: BoundingBox) -> BoundingBox {
    let a = orientation.storedPoint(SIMD2(box.left, box.top), extent: size) * scale
    let b = orientation.storedPoint(SIMD2(box.right, box.bottom), extent: size) * scale
    let (first, last) = (pointwiseMin(a, b), pointwiseMax(a, b))
    return BoundingBox(
      left: rounded(first.x, 100), top: rounded(first.y, 100), right: rounded(last.x, 100),
      bottom: rounded(last.y, 100))
  }
}

extension StoredPlace {
  /// Landmarks by their points; nil where there are not as many as the layout has.
  ///
  /// Pixel centres are whole numbers, so the image's edge is at -0.5. In a mirrored image, points are named by their side
  /// among the stored pixels.
  func landmarks(_ layout: Landmarks.Layout, _ points: [SIMD2<Double>]) -> Landmarks? {
    guard points.count == layout.count else { return nil }
    let landmarks = Landmarks(layout: layout, points: points.map { Landmarks.Point(landmark($0)) })
    return orientation.isMirrored ? landmarks.withSidesExchanged : landmarks
  }

  private func landmark(_ point: SIMD2<Double>) -> SIMD2<Double> {
    let place = stored(point)
    return SIMD2(rounded(place.x, 100), rounded(place.y, 100))
  }

  /// A face in the file's stored pixels, as it appears in the upright image.
  func shown(_ face: Face) -> ShownFace {
    func corner(_ x: Double, _ y: Double) -> SIMD2<Double> {
      orientation.uprightPoint(SIMD2(x, y) / scale, extent: size)
    }
    let (a, b) = (
      corner(face.box.left, face.box.top), corner(face.box.right, face.box.bottom)
    )
    let (first, last) = (pointwiseMin(a, b), pointwiseMax(a, b))
    // In a mirrored image the points would have other numbers, but only their places are used.
    let all = face.landmarks.flatMap { points in
      points.layout == .ibug68 ? (0..<68).compactMap { points.position($0).map(upright) } : nil
    }
    return ShownFace(
      box: BoundingBox(left: first.x, top: first.y, right: last.x, bottom: last.y),
      landmarks: all?.count == 68 ? all ?? [] : [])
  }

  private func upright(_ point: SIMD2<Double>) -> SIMD2<Double> {
    orientation.uprightPoint((point + 0.5) / scale - 0.5, extent: size - 1)
  }

  /// The camera of the file's stored pixels, as it applies to the upright image. If that is mirrored, the camera
  /// sees the head's mirror image.
  func shown(_ camera: Intrinsics) -> Intrinsics {
    let focal = camera.focalLength / scale
    let turned = orientation.uprightPoint(focal, extent: .zero)
    return Intrinsics(
      focalLength: SIMD2(turned.x.magnitude, turned.y.magnitude),
      principalPoint: upright(camera.principalPoint))
  }

  /// Where a point of the upright image lies among the file's stored pixels.
  private func stored(_ point: SIMD2<Double>) -> SIMD2<Double> {
    (orientation.storedPoint(point, extent: size - 1) + 0.5) * scale - 0.5
  }

  /// Converts a pose. Turning an image turns the head about the camera's axis; mirroring an image mirrors the head.
  func pose(_ pose: NetworkPose, uprightHeight: Int) -> NetworkPose {
    switch pose {
    case .weakPerspective(let pose):
      let origin = stored(pose.projection(of: .zero, imageHeight: uprightHeight))
      let height = size.y * scale.y
      return .weakPerspective(
        WeakPerspectivePose(
          rotation: turned(pose.rotation),
          offset: SIMD3(origin.x + 1, height - origin.y, pose.offset.z),
          scale: pose.scale * (scale.x * scale.y).squareRoot()))
    case .perspective(let pose, let frame):
      let (right, down) = axes
      let t = pose.translation
      return .perspective(
        Extrinsics(
          rotation: turned(pose.rotation),
          translation: SIMD3(
            right.x * t.x + down.x * t.y, right.y * t.x + down.y * t.y, t.z)), frame: frame)
    }
  }

  /// The directions of the upright image's axes among the stored pixels.
  private var axes: (right: SIMD2<Double>, down: SIMD2<Double>) {
    let zero = orientation.storedPoint(.zero, extent: .zero)
    return (
      orientation.storedPoint(SIMD2(1, 0), extent: .zero) - zero,
      orientation.storedPoint(SIMD2(0, 1), extent: .zero) - zero
    )
  }

  private func turned(_ rotation: Rotation) -> Rotation {
    let (right, down) = axes
    let (a, b, c) = rotation.rows
    // Mirroring the picture also mirrors the object in its own axes.
    let side = SIMD3<Double>(orientation.isMirrored ? -1 : 1, 1, 1)
    return Rotation(
      rows: (right.x * a + down.x * b) * side, (right.y * a + down.y * b) * side, c * side)
  }
}

extension StoredPlace {
  /// Converts a pose from the upright image's camera to the stored image's, both with f = width + height.
  ///
  /// Both principal points are half the sizes rounded down. Turning maps one to the other up to a pixel; the pose
  /// is moved by that difference at its depth.
  func pose(_ pose: Extrinsics, upright: PixelImage) -> Extrinsics {
    if orientation.isUpright { return pose }
    let camera = Intrinsics.widthPlusHeight(Int(size.x), Int(size.y))
    let uprightCamera = Intrinsics.widthPlusHeight(upright.width, upright.height)
    let origin = orientation.storedPoint(
      uprightCamera.projection(of: pose.translation), extent: size - 1)
    let place = (origin - camera.principalPoint) / camera.focalLength * pose.translation.z
    return Extrinsics(
      rotation: turned(pose.rotation),
      translation: SIMD3(place.x, place.y, pose.translation.z))
  }
}

extension Face {
  static let landmarkScore = "landmark_score"

  init(_ head: HeadDetection, _ place: StoredPlace, upright: PixelImage) {
    self.init(box: place.box(head.box))
    attributes.score = rounded(Double(head.score), 10_000)
    let stored = place.pose(head.pose, upright: upright)
    pose = HeadPose(
      rotationVector: stored.rotation.rotationVector, translation: stored.translation,
      frame: .bfm, scale: .assumed, provenance: .prediction)
    native = .object(head.native)
  }

  init(_ detection: FaceDetection, _ place: StoredPlace) {
    self.init(box: place.box(detection.box))
    attributes.score = rounded(Double(detection.score), 10_000)
  }

  /// Sets the landmarks and their score.
  mutating func setLandmarks(_ found: FaceLandmarks?, _ place: StoredPlace) {
    guard let found else { return }
    landmarks = place.landmarks(found.layout, found.points)
    attributes.others = [
      FaceAttributes.Other(
        name: Self.landmarkScore, value: .double(rounded(Double(found.score), 10_000)))
    ]
  }
}

/// Drops digits that are finer than a network's accuracy.
private func rounded(_ number: Double, _ parts: Double) -> Double {
  (number * parts).rounded() / parts
}
