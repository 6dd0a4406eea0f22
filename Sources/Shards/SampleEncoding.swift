internal import Codecs
public import Geometry
public import Schema

/// A pose in six numbers: the rotation vector in radians, then the translation.
public struct PoseVector: Sendable, Equatable {
  /// Axis times angle, in radians.
  public var rotationVector: SIMD3<Double>
  /// In units of 0.1 m where it is img2pose's.
  public var translation: SIMD3<Double>

  /// A pose of these numbers, unchecked.
  public init(rotationVector: SIMD3<Double>, translation: SIMD3<Double>) {
    self.rotationVector = rotationVector
    self.translation = translation
  }

  /// The components in the order rx, ry, rz, tx, ty, tz; `index` is from 0 to 5.
  public subscript(index: Int) -> Double {
    index < 3 ? rotationVector[index] : translation[index - 3]
  }

  /// The names of the six components, in the subscript's order.
  public static let componentNames = ["rx", "ry", "rz", "tx", "ty", "tz"]
}

/// Why a training layout leaves something out; the manifest counts each reason.
public enum LeftOut: String, Sendable, CaseIterable {
  /// No face is annotated.
  case imagesWithoutAFace = "images-without-a-face"
  /// No face of the image has a pose that trains.
  case imagesWithoutAPose = "images-without-a-pose"
  /// The box has no area after its corners are truncated.
  case facesWithAnEmptyBox = "faces-with-an-empty-box"
  /// The protocol that was asked for leaves them out.
  case imagesOutsideTheProtocol = "images-outside-the-protocol"
  /// Their faces stay in the sample without a pose, and are blacked out in training; so of the next.
  case posesWithMissingPoints = "poses-with-missing-points"
  /// The box that img2pose's loader draws about the projected face has no area within the image.
  case posesOutsideTheImage = "poses-outside-the-image"
  /// Without landmarks that img2pose's loader could augment the face by.
  case posesWithoutLandmarks = "poses-without-landmarks"
  /// Of images whose camera is not known, as their size is not.
  case posesWithoutACamera = "poses-without-a-camera"
  /// Of angles alone, which place no face.
  case posesWithoutATranslation = "poses-without-a-translation"
  /// Of other signs or axes than the records'.
  case posesBehindTheCamera = "poses-behind-the-camera"
}

/// What a layout asks of whoever packs, while it encodes an image. It holds solvers, so use one per thread.
public protocol SampleTargets: AnyObject {
  /// What is stored of a face for training: its poses in both cameras, with translations in metres, and its landmarks.
  func target(
    of face: Face, box: IntegerBox, camera: Intrinsics
  ) -> (pose: CropPose?, landmarks: Landmarks?)
  /// Is told of each face that is left out, and of the image if it is.
  func leaveOut(_ reason: LeftOut)
  /// The mesh of a record's first face, with the piece of the image about it.
  ///
  /// - Throws: `RejectedSample` where it has none that can be used.
  func perspNetFace(of record: ImageRecord) throws -> PerspNetFace
}

/// The error for a record of which a layout cannot make a sample.
public struct RejectedSample: Error {
  /// The kind of issue.
  public let code: RecordIssue.Code
  /// "what: expected X, found Y".
  public let detail: String

  /// From its kind and "what: expected X, found Y".
  public init(_ code: RecordIssue.Code, _ detail: String) {
    (self.code, self.detail) = (code, detail)
  }
}

/// The bytes of a sample. In most layouts the image file is written unchanged between head and tail.
public struct EncodedSample: Sendable {
  /// Everything before the image file's bytes.
  public var head: [UInt8]
  /// Everything after the image file's bytes.
  public var tail: [UInt8]
  /// img2pose's local poses, in its unit, of those faces in the sample that have one.
  public var localPoses: [PoseVector] = []
  /// How many faces the sample holds.
  public var faceCount = 0
  /// The size of an image that the head itself holds in place of the image file; nil where it does not.
  public var ownImageBytes: Int?
  /// What PerspNet's own loader would do to the face; nil in other layouts too.
  public var loaderFault: PerspNetFace.LoaderFault?

  /// From its members.
  public init(
    head: [UInt8], tail: [UInt8] = [], localPoses: [PoseVector] = [], faceCount: Int = 0
  ) {
    (self.head, self.tail) = (head, tail)
    (self.localPoses, self.faceCount) = (localPoses, faceCount)
  }
}

/// Encodes records as samples. It holds a buffer, so use one per thread.
public struct SampleEncoder {
  private let layout: ShardLayout
  private let writer = MessagePackWriter()

  /// An encoder for one layout.
  public init(layout: ShardLayout) { self.layout = layout }

  /// Encodes one record.
  ///
  /// - Parameters:
  ///   - record: with the size of its image.
  ///   - imageBytes: the size of the image file in bytes.
  ///   - targets: what trainers are given of its faces.
  /// - Returns: nil where the layout leaves the whole image out.
  /// - Throws: `RejectedSample` where the record cannot be used; `JSONError` where a number of it is not finite.
  public func sample(
    of record: ImageRecord, imageBytes: Int, targets: any SampleTargets
  ) throws -> EncodedSample? {
    writer.removeAll()
    return try layout.encode(record, imageBytes, targets, writer)
  }

  /// img2pose's local poses of a record's faces, in img2pose's unit; empty for a record without a camera.
  public static func localPoses(
    of record: ImageRecord, targets: any SampleTargets
  ) -> [PoseVector] {
    guard let camera = record.camera?.intrinsics else { return [] }
    return Img2PoseFace.faces(of: record, camera: camera, targets).compactMap(\.localVector)
  }
}
