internal import Codecs
internal import Geometry
internal import Schema

/// A face as img2pose stores it (FORMATS §8): the box in whole numbers, poses in units of 0.1 m, landmarks.
struct Img2PoseFace {
  var box: IntegerBox
  /// Nil is written as six integers -9; training then blacks the face out.
  var pose: CropPose?
  /// Nil is written as five points of -1.
  var landmarks: Landmarks?

  /// The length of img2pose's unit, in metres.
  static let unit = 0.1

  var globalVector: PoseVector? { pose.map { PoseVector(img2pose: $0.global) } }
  /// The pose that img2pose trains on.
  var localVector: PoseVector? { pose.map { PoseVector(img2pose: $0.local) } }

  /// Gives what is stored of a face, for its box and the image's camera; translations in metres.
  typealias Target = (Face, IntegerBox, Intrinsics) -> (pose: CropPose?, landmarks: Landmarks?)

  /// The faces that the layout can hold: those whose box has an area after its corners are truncated.
  static func faces(
    of record: ImageRecord, camera: Intrinsics, target: Target, leftOut: (LeftOut) -> Void
  ) -> [Img2PoseFace] {
    record.faces.compactMap { face in
      guard let box = IntegerBox(truncating: face.box), !box.isEmpty else {
        leftOut(.facesWithAnEmptyBox)
        return nil
      }
      let (pose, landmarks) = target(face, box, camera)
      return Img2PoseFace(box: box, pose: pose, landmarks: landmarks)
    }
  }
}

extension PoseVector {
  /// Converts the translation from metres to img2pose's unit.
  init(img2pose pose: HeadPose) {
    self.init(
      rotationVector: pose.rotationVector, translation: pose.translation / Img2PoseFace.unit)
  }
}

extension MessagePackWriter {
  func write(_ box: IntegerBox) {
    writeArray(count: 4)
    write(box.left)
    write(box.top)
    write(box.right)
    write(box.bottom)
  }

  func write(_ pose: PoseVector?) {
    writeArray(count: 6)
    for i in 0..<6 {
      if let pose { write(pose[i]) } else { write(-9) }
    }
  }

  /// Writes all points, or five where there are no landmarks; a missing point is -1, -1.
  func write(_ landmarks: Landmarks?) {
    let count = landmarks?.count ?? 5
    writeArray(count: count)
    for i in 0..<count {
      writeArray(count: 2)
      let position = landmarks?.position(i)
      for axis in 0..<2 {
        guard let value = position?[axis] else {
          write(-1.0)
          continue
        }
        write(value)
      }
    }
  }
}
