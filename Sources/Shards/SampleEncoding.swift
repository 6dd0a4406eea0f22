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
  case imagesWithoutAFace = "images-without-a-face"
  case imagesWithoutAPose = "images-without-a-pose"
  case facesWithAnEmptyBox = "faces-with-an-empty-box"
  case imagesOutsideTheProtocol = "images-outside-the-protocol"
  /// Their faces stay in the sample without a pose, and are blacked out in training; so of the next.
  case posesWithMissingPoints = "poses-with-missing-points"
  case posesOutsideTheImage = "poses-outside-the-image"
}

/// The bytes of a sample around its image: the image file is written unchanged between head and tail.
public struct EncodedSample: Sendable {
  /// Everything before the image file's bytes.
  public var head: [UInt8]
  /// Everything after the image file's bytes.
  public var tail: [UInt8]
  /// img2pose's local poses, in its unit, of those faces in the sample that have one.
  public var localPoses: [PoseVector] = []
  /// How many faces the sample holds.
  public var faceCount = 0
}

/// Encodes records as samples. It holds a buffer, so use one per thread.
public struct SampleEncoder {
  private let layout: ShardLayout
  private let writer = MessagePackWriter()
  private var json = JSONWriter()

  /// An encoder for one layout.
  public init(layout: ShardLayout) { self.layout = layout }

  /// Encodes one record.
  ///
  /// - Parameters:
  ///   - imageBytes: the size of the image file in bytes.
  ///   - target: gives what img2pose stores of a face, for its box and the image's camera: its poses in both
  ///     cameras, with translations in metres, and its landmarks.
  ///   - leftOut: called with the reason for each face that is left out, and for the image if it is.
  /// - Returns: nil where the layout leaves the whole image out.
  /// - Throws: `JSONError` where a number of the record is not finite.
  public mutating func sample(
    of record: ImageRecord, imageBytes: Int,
    target: (Face, IntegerBox, Intrinsics) -> (pose: CropPose?, landmarks: Landmarks?),
    leftOut: (LeftOut) -> Void
  ) throws -> EncodedSample? {
    switch layout {
    case .img2pose:
      return img2poseSample(
        of: record, imageBytes: imageBytes, target: target, leftOut: leftOut)
    case .records: return try recordSample(of: record, imageBytes: imageBytes, target: target)
    }
  }

  /// img2pose's local poses of a record's faces, in img2pose's unit; empty for a record without a camera.
  public static func localPoses(
    of record: ImageRecord,
    target: (Face, IntegerBox, Intrinsics) -> (pose: CropPose?, landmarks: Landmarks?),
    leftOut: (LeftOut) -> Void
  ) -> [PoseVector] {
    guard let camera = record.camera?.intrinsics else { return [] }
    return Img2PoseFace.faces(of: record, camera: camera, target: target, leftOut: leftOut)
      .compactMap(\.localVector)
  }

  private mutating func recordSample(
    of record: ImageRecord, imageBytes: Int, target: Img2PoseFace.Target
  ) throws -> EncodedSample {
    json.removeAll()
    record.write(to: &json)
    let value = try json.bytes.withUnsafeBytes { try JSONParser.value(of: $0) }
    writer.removeAll()
    writer.writeMap(count: 2)
    writer.write("record")
    writer.write(value)
    writer.write("image")
    writer.writeBinaryHeader(count: imageBytes)
    return EncodedSample(
      head: writer.bytes, tail: [],
      localPoses: Self.localPoses(of: record, target: target) { _ in },
      faceCount: record.faces.count)
  }

  private func img2poseSample(
    of record: ImageRecord, imageBytes: Int, target: Img2PoseFace.Target,
    leftOut: (LeftOut) -> Void
  ) -> EncodedSample? {
    guard let camera = record.camera?.intrinsics, !record.faces.isEmpty else {
      leftOut(.imagesWithoutAFace)
      return nil
    }
    let faces = Img2PoseFace.faces(
      of: record, camera: camera, target: target, leftOut: leftOut)
    let localPoses = faces.compactMap(\.localVector)
    guard !localPoses.isEmpty else {
      leftOut(.imagesWithoutAPose)
      return nil
    }
    writer.removeAll()
    writer.writeArray(count: 5)
    writer.writeBinaryHeader(count: imageBytes)
    let head = writer.bytes
    writer.removeAll()
    writer.writeArray(count: faces.count)
    for face in faces { writer.write(face.globalVector) }
    writer.writeArray(count: faces.count)
    for face in faces { writer.write(face.box) }
    writer.writeArray(count: faces.count)
    for face in faces { writer.write(face.localVector) }
    writer.writeArray(count: faces.count)
    for face in faces { writer.write(face.landmarks) }
    return EncodedSample(
      head: head, tail: writer.bytes, localPoses: localPoses, faceCount: faces.count)
  }
}
