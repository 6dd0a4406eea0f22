internal import Codecs
internal import Geometry
internal import Schema

/// From the upright and perhaps smaller image that was searched to the file's stored pixels.
struct StoredPlace {
  private let orientation: ImageOrientation
  /// Of the stored pixels as they were decoded.
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

  /// Pixel centres are whole numbers, so the image's edge is at -0.5. Of a mirrored image, what is on the
  /// left among the stored pixels is called left.
  func landmarks(_ points: [5 of SIMD2<Double>]) -> [5 of SIMD2<Double>] {
    let order = orientation.isMirrored ? [1, 0, 2, 4, 3] : [0, 1, 2, 3, 4]
    return InlineArray { landmark(points[order[$0]]) }
  }
}

extension StoredPlace {
  /// 68 points; of a mirrored image, what is on the left among the stored pixels is called left.
  func landmarks(_ points: [SIMD2<Double>]) -> Landmarks {
    var order = Array(points.indices)
    if orientation.isMirrored {
      for (one, other) in Landmarks.mirrorPairs { order.swapAt(one, other) }
    }
    return Landmarks(layout: .ibug68, points: order.map { Landmarks.Point(landmark(points[$0])) })
  }

  private func landmark(_ point: SIMD2<Double>) -> SIMD2<Double> {
    let place = stored(point)
    return SIMD2(rounded(place.x, 100), rounded(place.y, 100))
  }

  private func stored(_ point: SIMD2<Double>) -> SIMD2<Double> {
    (orientation.storedPoint(point, extent: size - 1) + 0.5) * scale - 0.5
  }

  private func turned(_ rotation: Rotation) -> Rotation {
    let zero = orientation.storedPoint(.zero, extent: .zero)
    let right = orientation.storedPoint(SIMD2(1, 0), extent: .zero) - zero
    let down = orientation.storedPoint(SIMD2(0, 1), extent: .zero) - zero
    let (a, b, c) = rotation.rows
    // The object's own mirror image comes with the picture's.
    let side = SIMD3<Double>(orientation.isMirrored ? -1 : 1, 1, 1)
    return Rotation(
      rows: (right.x * a + down.x * b) * side, (right.y * a + down.y * b) * side, c * side)
  }

  /// Turning an image turns the head about the camera's axis; mirroring mirrors it, as the face itself is.
  func pose(_ pose: WeakPerspectivePose, uprightHeight: Int) -> WeakPerspectivePose {
    let origin = stored(pose.projection(of: .zero, imageHeight: uprightHeight))
    let height = size.y * scale.y
    return WeakPerspectivePose(
      rotation: turned(pose.rotation),
      offset: SIMD3(origin.x + 1, height - origin.y, pose.offset.z),
      scale: pose.scale * (scale.x * scale.y).squareRoot())
  }
}

extension StoredPlace {
  /// A pose in the stored image's camera with f = width + height, of one in the upright image's.
  ///
  /// Their principal points are floored halves, which turning takes to each other but for a pixel; the pose
  /// is moved by as much at its depth.
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

  init(_ detection: FaceDetection, _ found: FaceLandmarks?, _ place: StoredPlace) {
    self.init(box: place.box(detection.box))
    attributes.score = rounded(Double(detection.score), 10_000)
    guard let found else { return }
    landmarks = Landmarks(
      fivePositions: place.landmarks(found.points), visibilities: .init(repeating: .visible))
    attributes.others = [
      FaceAttributes.Other(
        name: Self.landmarkScore, value: .double(rounded(Double(found.score), 10_000)))
    ]
  }
}

/// Digits beyond what a network can mean are left out.
private func rounded(_ number: Double, _ parts: Double) -> Double {
  (number * parts).rounded() / parts
}
