internal import Codecs
internal import Geometry
internal import Labelling
internal import Schema
internal import Shards

/// What layouts store of one image's faces, and notes on it. One a thread, used for image after image.
final class ImageTargets: SampleTargets {
  private let options: Img2PoseTargets.Options
  private var solver: Img2PoseTargets
  private var meshes: PerspNetMeshes?
  private var imageSize: SIMD2<Int>?
  private var file: StoredImage?
  /// Of the image: each face that is left out, and why.
  private(set) var leftOut: [LeftOut] = []
  /// Landmarks that the image's record lacks and that are stored as the pose projects them.
  private(set) var completed = CompletedLandmarks()
  /// For each local pose, the angle in radians by which converting it misses the global one; empty where the
  /// conversion is exact or is what defines the global one.
  private(set) var conversionErrors: [Double] = []

  /// - Parameter meshes: for layouts that are made of meshes.
  init(_ options: Img2PoseTargets.Options, meshes: PerspNetMeshes? = nil) {
    (self.options, self.meshes) = (options, meshes)
    solver = Img2PoseTargets(options)
  }

  /// Forgets the image before.
  func begin(_ image: ImageReference, file: StoredImage? = nil) {
    self.file = file
    imageSize = image.width.flatMap { width in image.height.map { SIMD2(width, $0) } }
    leftOut.removeAll(keepingCapacity: true)
    completed = CompletedLandmarks()
    conversionErrors.removeAll(keepingCapacity: true)
  }

  func target(
    of face: Face, box: IntegerBox, camera: Intrinsics
  ) -> (pose: CropPose?, landmarks: Landmarks?) {
    let target = solver.target(of: face, box: box, camera: camera, imageSize: imageSize)
    if let refusal = target.refusal { leftOut.append(LeftOut(refusal)) }
    if target.completedPoints > 0 { completed.faces += 1 }
    completed.points += target.completedPoints
    if options.isApproximate, let pose = target.pose, let local = pose.local.extrinsics {
      let crop = CropCamera(box: box, image: camera, rule: options.rule)
      let reached = crop.global(from: local).rotation
      conversionErrors.append(reached.angle(to: pose.global.rotation))
    }
    return (target.pose, target.landmarks)
  }

  func perspNetFace(of record: ImageRecord) throws -> PerspNetFace {
    guard let file, let face = try meshes?.face(of: record, file) else {
      throw RejectedSample(.missingAnnotation, "mesh: expected tables and an image, found none")
    }
    return face
  }

  func leaveOut(_ reason: LeftOut) { leftOut.append(reason) }

  /// img2pose's local poses of a record's faces, in img2pose's unit.
  func localPoses(of record: ImageRecord) -> [PoseVector] {
    begin(record.image)
    if record.camera == nil {
      for face in record.faces where face.pose != nil { leaveOut(.posesWithoutACamera) }
    }
    return SampleEncoder.localPoses(of: record, targets: self)
  }
}

/// Landmarks that records lack and that are stored as the pose projects them.
struct CompletedLandmarks: Sendable {
  var faces = 0
  var points = 0

  static func += (sum: inout Self, other: Self) {
    sum.faces += other.faces
    sum.points += other.points
  }
}

extension LeftOut {
  init(_ refusal: Img2PoseTarget.Refusal) {
    self =
      switch refusal {
      case .missingPoints: .posesWithMissingPoints
      case .outsideImage: .posesOutsideTheImage
      case .noLandmarks: .posesWithoutLandmarks
      case .noTranslation: .posesWithoutATranslation
      case .behindCamera: .posesBehindTheCamera
      }
  }
}
