import Codecs
import Foundation
import Geometry
import Labelling
import Schema
import Shards
import TestSupport

/// A record of a 200 x 100 image with these faces.
func record(_ faces: [Face], path: String = "a/b.jpg") -> ImageRecord {
  var image = ImageReference(path: path)
  (image.width, image.height, image.format) = (200, 100, "jpeg")
  return ImageRecord(
    source: RecordSource(dataset: "wider-face", split: "val", file: "label.txt", line: 3),
    image: image,
    camera: Camera(
      intrinsics: .widthPlusHeight(200, 100), provenance: .assumedWidthPlusHeight),
    faces: faces)
}

/// A face with five landmarks and a pose.
func posedFace(left: Double = 10) -> Face {
  var face = Face(box: BoundingBox(left: left, top: 20.75, right: 50.9, bottom: 60))
  face.landmarks = Landmarks(
    layout: .face5, points: (0..<5).map { Landmarks.Point([Double($0) + 20.5, 30]) })
  face.pose = HeadPose(rotationVector: [0.1, -0.2, 0.3], translation: [0.05, -0.05, 1.5])
  return face
}

/// A face with a box only.
let plainFace = Face(box: BoundingBox(left: 1, top: 2, right: 11, bottom: 22))

/// What img2pose's converter would be given, whatever the image's size.
private final class Targets: SampleTargets {
  private var solver: Img2PoseTargets
  private(set) var leftOut: [LeftOut] = []

  init(_ options: Img2PoseTargets.Options) { solver = Img2PoseTargets(options) }

  func target(
    of face: Face, box: IntegerBox, camera: Intrinsics
  ) -> (pose: CropPose?, landmarks: Landmarks?) {
    let target = solver.target(of: face, box: box, camera: camera)
    return (target.pose, target.landmarks)
  }

  func leaveOut(_ reason: LeftOut) { leftOut.append(reason) }

  func perspNetFace(of record: ImageRecord) -> PerspNetFace { meshFace }
}

/// A face of layout `perspnet`, whose piece of the image begins at (8, 16).
let meshFace = {
  var face = PerspNetFace(
    vertices: (0..<ARKitFaceTables.vertexCount).map { SIMD3(Float($0), 0.5, -0.25) },
    matrix: (0..<16).map(Float.init),
    camera: Intrinsics(focalLength: [600, 601], principalPoint: [100, 50]), imageSize: [200, 100],
    region: IntegerBox(left: 10, top: 20, right: 70, bottom: 80), centre: [40.25, 50.5], extent: 40,
    landmarks: (0..<68).map { SIMD2(Double($0), 30) },
    maskBox: IntegerBox(left: 12, top: 22, right: 15, bottom: 24),
    triangles: [0, 1, 2303, PerspNetFace.noTriangle, 4, 5])
  face.image = PixelImage(width: 64, height: 48).jpeg(quality: 80)
  face.imageOrigin = [8, 16]
  return face
}()

extension SampleEncoder {
  /// What it leaves out while it encodes `record`, and the sample.
  func encode(
    _ record: ImageRecord, imageBytes: Int = 4, _ options: Img2PoseTargets.Options = .init()
  ) -> (EncodedSample?, [LeftOut]) {
    let targets = Targets(options)
    let sample = try? sample(of: record, imageBytes: imageBytes, targets: targets)
    return (sample ?? nil, targets.leftOut)
  }
}

extension EncodedSample {
  /// The decoded sample with an image of these bytes.
  func value(image: [UInt8] = [1, 2, 3, 4]) -> MessagePackValue? {
    (head + image + tail).withUnsafeBytes { MessagePackValue(decoding: $0) }
  }
}

/// A folder of images of the given sizes in bytes; padding after the JPEG's own bytes makes them.
func withImages<Result>(_ count: Int, _ body: (String, [StoredImage]) throws -> Result) throws
  -> Result
{
  try withTemporaryDirectory { folder in
    let store = try imageStore(in: folder, count: count)
    let reader = ImageHeaderReader()
    return try body(folder, (0..<count).map { try store.open("\($0).jpg", with: reader) })
  }
}

private func imageStore(in folder: String, count: Int) throws -> ImageStore {
  try FileManager.default.createDirectory(
    atPath: "\(folder)/images", withIntermediateDirectories: true)
  for index in 0..<count {
    let file = try OutputFile(path: "\(folder)/images/\(index).jpg")
    try file.write(PixelImage(width: 16 + 16 * (index % 3), height: 16).jpeg(quality: 80))
    try file.finish()
  }
  return try ImageStore(path: "\(folder)/images", maximumBytes: 1 << 20)
}
