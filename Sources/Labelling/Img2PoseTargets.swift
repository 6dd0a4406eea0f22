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

  /// Of the 68 points: the jaw's ends and the chin.
  private static let outline = [0, 8, 16]

  private let options: Options
  private var labeller: Img2PoseLabeller

  /// Prepares the solvers; use one per thread.
  public init(_ options: Options = Options()) {
    self.options = options
    labeller = Img2PoseLabeller(rule: options.rule)
  }

  /// What is stored of a face.
  ///
  /// img2pose's loader (data_loader_lmdb.py) blacks out each face with a -1 among its landmarks, and takes all
  /// others for faces to train on. So a face that has a pose is stored with all its points, or without its pose.
  ///
  /// - Parameters:
  ///   - face: in pixels of the image.
  ///   - box: the face's box in whole numbers; must not be empty.
  ///   - camera: the record's.
  ///   - imageSize: width and height in pixels, for the box that the loader draws; nil where they are not known.
  public mutating func target(
    of face: Face, box: IntegerBox, camera: Intrinsics, imageSize: SIMD2<Int>? = nil
  ) -> Img2PoseTarget {
    if options.source == .img2pose {
      var target = Img2PoseTarget(
        pose: labeller.pose(of: face, box: box, camera: camera), landmarks: face.landmarks)
      if target.pose == nil, face.pose != nil {
        target.refusal = face.landmarks == nil ? .noLandmarks : .missingPoints
      }
      return target
    }
    // Without landmarks img2pose's loader could not augment the face, so it counts as a face without a pose.
    guard let global = face.pose else { return .none }
    guard var landmarks = stored(face, camera) else { return Img2PoseTarget(refusal: .noLandmarks) }
    guard let motion = global.extrinsics else { return Img2PoseTarget(refusal: .noTranslation) }
    guard motion.translation.z > 0 else { return Img2PoseTarget(refusal: .behindCamera) }
    let crop = CropCamera(box: box, image: camera, rule: options.rule)
    let local = crop.local(from: motion)
    // A box far beside a camera with a tiny focal length has no pose that could be trained on.
    guard local.isPlausible else { return .none }
    let missing = landmarks.count - landmarks.presentCount
    guard missing == 0 || complete(&landmarks, by: global, camera) else {
      return Img2PoseTarget(refusal: .missingPoints)
    }
    if let imageSize, isUnseen(local, box, in: imageSize) {
      return Img2PoseTarget(refusal: .outsideImage)
    }
    Self.avoidMinusOne(in: &landmarks)
    return Img2PoseTarget(
      pose: CropPose(local: HeadPose(local, frame: global.frame), global: global),
      landmarks: landmarks, completedPoints: missing)
  }

  /// Whether the box is empty that the loader trains the face on.
  private func isUnseen(
    _ local: Extrinsics, _ box: IntegerBox, in imageSize: SIMD2<Int>
  ) -> Bool {
    let loader = Img2PoseLoader(imageSize: imageSize, rule: options.rule)
    let pose = loader.pose(local, of: box)
    return !Self.isWellInside(pose, loader.camera, imageSize) && loader.box(of: pose) == nil
  }

  /// Whether both ends of the jaw and the chin alone span an area within the image, as those of nearly all faces do;
  /// then the box about all points has one, too.
  private static func isWellInside(
    _ pose: Extrinsics, _ camera: Intrinsics, _ imageSize: SIMD2<Int>
  ) -> Bool {
    let model = FaceModel.bfm68Points.points
    let size = SIMD2(Double(imageSize.x), Double(imageSize.y))
    var (least, greatest) = (size, SIMD2<Double>.zero)
    for i in Self.outline {
      let point = camera.projection(of: pose.applied(to: model[i]))
      guard point.min() >= 0, point.x <= size.x, point.y <= size.y else { return false }
      least = pointwiseMin(least, point)
      greatest = pointwiseMax(greatest, point)
    }
    // Corners are truncated to whole pixels.
    return (greatest - least).min() > 2
  }

  /// Fills in the missing points as the pose projects those of the face model.
  ///
  /// - Returns: false where no model is in the frame of the pose.
  private func complete(
    _ landmarks: inout Landmarks, by pose: HeadPose, _ camera: Intrinsics
  ) -> Bool {
    guard let model = options.models.model(for: landmarks.layout),
      let pose = pose.converted(to: model.frame)?.extrinsics
    else { return false }
    for i in 0..<landmarks.count where landmarks.position(i) == nil {
      let position = camera.projection(of: pose.applied(to: model.points[i]))
      guard PlausibleRange.coordinate.contains(position) else { return false }
      landmarks[i] = Landmarks.Point(position, .occluded)
    }
    return true
  }

  private func stored(_ face: Face, _ camera: Intrinsics) -> Landmarks? {
    guard let annotated = face.landmarks else { return nil }
    switch options.source {
    case .reprojected:
      guard let pose = face.pose, let model = options.models.model(for: annotated.layout),
        model.frame == pose.frame
      else { return nil }
      var landmarks = Landmarks(layout: model.layout)
      return complete(&landmarks, by: pose, camera) ? landmarks : nil
    case .record, .img2pose:
      // img2pose's loader fits 5 or 68 points.
      return annotated.img2posePoints
    }
  }

  /// img2pose takes any -1 among a face's numbers as a sign that it has no landmarks.
  private static func avoidMinusOne(in landmarks: inout Landmarks) {
    for i in 0..<landmarks.count {
      guard var position = landmarks.position(i) else { continue }
      if position.x == -1 { position.x = (-1.0).nextUp }
      if position.y == -1 { position.y = (-1.0).nextUp }
      landmarks[i] = Landmarks.Point(position, landmarks[i].visibility)
    }
  }
}
