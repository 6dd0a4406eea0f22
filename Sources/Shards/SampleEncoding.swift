internal import Codecs
public import Geometry
public import Schema

/// Six numbers of a pose: rotation vector in radians, then translation.
public struct PoseVector: Sendable, Equatable {
  public var rotationVector: SIMD3<Double>
  public var translation: SIMD3<Double>

  public init(rotationVector: SIMD3<Double>, translation: SIMD3<Double>) {
    self.rotationVector = rotationVector
    self.translation = translation
  }

  /// rx, ry, rz, tx, ty, tz.
  public subscript(index: Int) -> Double {
    index < 3 ? rotationVector[index] : translation[index - 3]
  }

  public static let componentNames = ["rx", "ry", "rz", "tx", "ty", "tz"]
}

/// What a training layout leaves out, and why; the manifest counts each.
public enum LeftOut: String, Sendable, CaseIterable {
  case imagesWithoutAFace = "images-without-a-face"
  case imagesWithoutAPose = "images-without-a-pose"
  case facesWithAnEmptyBox = "faces-with-an-empty-box"
  case imagesOutsideTheProtocol = "images-outside-the-protocol"
}

/// A sample's bytes around its image: the image file goes, unchanged, between head and tail.
public struct EncodedSample: Sendable {
  public var head: [UInt8]
  public var tail: [UInt8]
  /// img2pose's local poses of the faces in it that have one.
  public var localPoses: [PoseVector] = []
  public var faceCount = 0
}

/// Encodes records as samples; holds a buffer, so use one a thread.
public struct SampleEncoder {
  private let layout: ShardLayout
  private let writer = MessagePackWriter()
  private var json = JSONWriter()

  public init(layout: ShardLayout) { self.layout = layout }

  /// - Parameters:
  ///   - imageBytes: the image file's size.
  ///   - target: what img2pose is given of a face with this box, in this camera of the image: its pose
  ///     in both cameras, translations in metres, and its landmarks.
  /// - Returns: nil where the layout leaves the whole image out; the reasons are in `leftOut` then,
  ///   as those of single faces are.
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

  /// img2pose's local poses of a record's faces.
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
