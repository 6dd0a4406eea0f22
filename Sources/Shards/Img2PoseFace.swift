internal import Codecs
internal import Geometry
internal import Schema

/// A face as img2pose stores it (FORMATS §8): whole-number box, poses in units of 0.1 m, landmarks.
struct Img2PoseFace {
  var box: IntegerBox
  /// nil is written as six integers -9, and training blacks the face out.
  var pose: CropPose?
  /// nil is written as all -1.
  var landmarks: Landmarks?

  /// Metres in img2pose's unit of length.
  static let unit = 0.1

  var globalVector: PoseVector? { pose.map { PoseVector(img2pose: $0.global) } }
  /// What img2pose trains on.
  var localVector: PoseVector? { pose.map { PoseVector(img2pose: $0.local) } }

  /// What is stored of a face with this box, in this camera of the image: translations in metres.
  typealias Target = (Face, IntegerBox, Intrinsics) -> (pose: CropPose?, landmarks: Landmarks?)

  /// The faces that the layout can hold: those whose box, its corners truncated, has area.
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
  /// In img2pose's unit, from metres.
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

  /// As many points as there are, or five where there are none; -1, -1 for a missing one.
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
