public import Geometry
public import Schema

/// What img2pose's LMDB stores of each face: the pose in the crop's camera, which is trained on, the pose in
/// the image's camera, and the landmarks, from which its loader derives poses of flipped and cropped images.
public struct Img2PoseTargets {
  /// Where the stored poses and landmarks come from.
  public enum Source: Sendable, Equatable {
    /// The record's poses and landmarks.
    case record
    /// The record's poses, and the face model's points projected by them. The fits of img2pose's loader then
    /// agree with the poses.
    case reprojected
    /// Everything as img2pose's converter makes it, with its faults.
    case img2pose
  }

  /// How targets are made.
  public struct Options: Sendable {
    /// Where poses and landmarks come from.
    public var source: Source
    /// How a local pose is converted to the image's camera.
    public var rule: RotationRule
    /// The face models whose points are reprojected.
    public var models: FaceModelSet

    /// Options; by default those of layout `img2pose`.
    public init(
      source: Source = .record, rule: RotationRule = .procrustes, models: FaceModelSet = .bfm
    ) {
      self.source = source
      self.rule = rule
      self.models = models
    }

    /// Whether a stored local pose may not convert exactly to the global pose that it was made from.
    public var isApproximate: Bool { rule == .markley && source != .img2pose }
  }

  private let options: Options
  private var labeller: Img2PoseLabeller

  /// Prepares the solvers; use one per thread.
  public init(_ options: Options = Options()) {
    self.options = options
    labeller = Img2PoseLabeller(rule: options.rule)
  }

  /// The poses and landmarks that are stored of a face, with translations in metres.
  ///
  /// - Parameter box: the face's box in whole numbers; must not be empty.
  /// - Returns: a nil pose where the face has none to train on, and nil landmarks where none are to be stored.
  ///   Missing landmarks stay missing. No other landmark has a coordinate of -1, except for source `img2pose`.
  public mutating func target(
    of face: Face, box: IntegerBox, camera: Intrinsics
  ) -> (pose: CropPose?, landmarks: Landmarks?) {
    if options.source == .img2pose {
      return (labeller.pose(of: face, box: box, camera: camera), face.landmarks)
    }
    // Without landmarks img2pose's loader could not augment the face, so it counts as a face without a pose.
    guard let global = face.pose, let landmarks = stored(face, camera) else {
      return (nil, nil)
    }
    let crop = CropCamera(box: box, image: camera, rule: options.rule)
    let local = crop.local(from: global.extrinsics)
    // A box far beside a camera with a tiny focal length has no pose that could be trained on.
    guard local.isPlausible else { return (nil, nil) }
    return (CropPose(local: HeadPose(local, frame: global.frame), global: global), landmarks)
  }

  private func stored(_ face: Face, _ camera: Intrinsics) -> Landmarks? {
    guard let annotated = face.landmarks else { return nil }
    var landmarks: Landmarks
    switch options.source {
    case .reprojected:
      guard let pose = face.pose, let model = options.models.model(for: annotated.layout),
        model.frame == pose.frame
      else { return nil }
      let extrinsics = pose.extrinsics
      landmarks = Landmarks(layout: model.layout)
      for (i, point) in model.points.enumerated() {
        let position = camera.projection(of: extrinsics.applied(to: point))
        guard PlausibleRange.coordinate.contains(position) else { return nil }
        landmarks[i] = Landmarks.Point(position)
      }
    case .record, .img2pose:
      // img2pose's loader fits 5 or 68 points.
      guard let usual = annotated.layout == .ibug68 ? annotated : annotated.fivePoints else {
        return nil
      }
      landmarks = usual
    }
    // img2pose takes any -1 among a face's numbers as a sign that it has no landmarks.
    for i in 0..<landmarks.count {
      guard var position = landmarks.position(i) else { continue }
      if position.x == -1 { position.x = (-1.0).nextUp }
      if position.y == -1 { position.y = (-1.0).nextUp }
      landmarks[i] = Landmarks.Point(position, landmarks[i].visibility)
    }
    return landmarks
  }
}
