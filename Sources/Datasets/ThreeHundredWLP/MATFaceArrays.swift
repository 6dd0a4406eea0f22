internal import Codecs
internal import Geometry
internal import Schema

/// The arrays of one synthetic image, and the landmarks and box that a reader makes of them.
struct MATFaceArrays {
  private let form: MATFaceForm
  private let pose: PoseParameters
  private let imageWidth: Int
  /// `pt3d_68`, or `pts_3d` of the image that is not mirrored.
  private let points: MATArray
  /// In the image itself, in 0-based pixels.
  let landmarks: Landmarks

  /// - Parameters:
  ///   - points: 0-based pixels and depths in the image that is not mirrored.
  ///   - pose: the pose in the image itself, mirrored if it is.
  init(
    _ form: MATFaceForm, points: [SIMD3<Double>], pose: PoseParameters, isFlip: Bool,
    imageWidth: Int
  ) {
    (self.form, self.pose, self.imageWidth) = (form, pose, imageWidth)
    switch form {
    case .aflw2000:
      self.points = MATArray(
        name: "pt3d_68",
        floats: points.map { $0.x + 1 } + points.map { $0.y + 1 } + points.map(\.z), rows: 3,
        columns: 68)
      let stored = self.points.doubles
      landmarks = Landmarks(
        layout: .ibug68,
        points: (0..<68).map { Landmarks.Point(SIMD2(stored[$0], stored[68 + $0]) - 1) })
    case .threeHundredWLP:
      let stored = points.map { SIMD2($0.x, $0.y) + 1 }
      self.points = MATArray(
        name: "pts_3d", doubles: stored.flatMap { [$0.x, $0.y] }, rows: 68, columns: 2)
      let original = Landmarks(layout: .ibug68, points: stored.map { Landmarks.Point($0 - 1) })
      landmarks = isFlip ? original.mirrored(imageWidth: imageWidth) : original
    }
  }

  /// The smallest box that holds the landmarks.
  var box: BoundingBox {
    guard let box = BoundingBox(around: landmarks.allPositions) else {
      preconditionFailure("there are 68 landmarks")
    }
    return box
  }

  /// All arrays in the order of the real files. Texture and light are random, for they have no effect here.
  func all(
    imageHeight: Int, _ coefficients: FaceCoefficients, _ random: inout SeededRandom
  ) -> [MATArray] {
    func numbers(_ count: Int, _ range: ClosedRange<Double>) -> [Double] {
      (0..<count).map { _ in random.uniform(range) }
    }
    let size = [1, 1, Int16(clamping: imageWidth), Int16(clamping: imageHeight)]
    return [
      form == .aflw2000 ? visiblePoints : contourPoints,
      MATArray(name: "Illum_Para", doubles: numbers(10, -1...1), rows: 1, columns: 10),
      MATArray(name: "Color_Para", floats: numbers(7, 0...1), rows: 1, columns: 7),
      MATArray(name: "Tex_Para", doubles: numbers(199, -8000...8000), rows: 199, columns: 1),
      MATArray(name: "Shape_Para", doubles: coefficients.shape, rows: 199, columns: 1),
      MATArray(name: "Exp_Para", doubles: coefficients.expression, rows: 29, columns: 1),
      MATArray(name: "Pose_Para", floats: pose.numbers, rows: 1, columns: 7),
      MATArray(name: "roi", int16s: size, rows: 1, columns: 4), points,
    ]
  }

  /// 300W-LP's `pt2d`: on the side that is turned away, the jaw lies on the visible contour, further outside.
  private var contourPoints: MATArray {
    let points = (0..<68).map { i -> SIMD2<Double> in
      let isFar = i < 17 && i != 8 && (pose.angles.yaw > 0) == (i < 8)
      return landmarks[i].position + 1 + SIMD2(isFar ? -12 * pose.angles.yaw : 0, 0)
    }
    return MATArray(
      name: "pt2d", doubles: points.map(\.x) + points.map(\.y), rows: 2, columns: 68)
  }

  /// The 21 points of AFLW, each the mean of some of the 68, and the side that hides it: brows, eyes, one ear, the
  /// nose, the other ear, mouth, chin.
  private static let aflwSources: [(indices: [Int], side: Double)] = [
    ([17], -1), ([19], -1), ([21], -1), ([22], 1), ([24], 1), ([26], 1), ([36], -1),
    ([36, 39], -1), ([39], -1), ([42], 1), ([42, 45], 1), ([45], 1), ([1], -1), ([31], 0),
    ([30], 0), ([35], 0), ([15], 1), ([48], 0), ([48, 54], 0), ([54], 0), ([8], 0),
  ]

  /// AFLW2000-3D's `pt2d`: points on the side that is turned away are -1, -1.
  private var visiblePoints: MATArray {
    let points = Self.aflwSources.map { indices, side -> SIMD2<Double> in
      if abs(pose.angles.yaw) > 0.64, side * pose.angles.yaw < 0 { return [-1, -1] }
      let sum = indices.map { landmarks[$0].position + 1 }.reduce(.zero, +)
      return sum / Double(indices.count)
    }
    return MATArray(
      name: "pt2d", doubles: points.map(\.x) + points.map(\.y), rows: 2, columns: 21)
  }
}
