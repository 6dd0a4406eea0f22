internal import Codecs
public import Geometry
public import Schema

/// A face as img2pose stores it (FORMATS §8): whole-number box, poses in units of 0.1 m, landmarks.
public struct Img2PoseFace: Sendable {
  public var box: IntegerBox
  /// In the image's camera; nil is written as six integers -9, and training blacks the face out.
  public var globalPose: PoseVector?
  /// In the box's own camera: what img2pose trains on.
  public var localPose: PoseVector?
  /// nil, written as all -1, where there is no pose: img2pose's loader fits one to any others.
  var landmarks: Landmarks?

  /// Metres in img2pose's unit of length.
  static let unit = 0.1

  /// The faces that the layout can hold: those whose box, its corners truncated, has area.
  public static func faces(
    of record: ImageRecord, camera: Intrinsics, leftOut: (LeftOut) -> Void
  ) -> [Img2PoseFace] {
    record.faces.compactMap { face in
      guard let box = IntegerBox(truncating: face.box), !box.isEmpty else {
        leftOut(.facesWithAnEmptyBox)
        return nil
      }
      return Img2PoseFace(face, box: box, camera: camera)
    }
  }

  private init(_ face: Face, box: IntegerBox, camera: Intrinsics) {
    self.box = box
    // Without landmarks its loader could not augment the face, so it counts as one without a pose.
    guard let pose = face.pose, let five = face.landmarks?.fivePoints else { return }
    landmarks = five
    globalPose = PoseVector(
      rotationVector: pose.rotationVector, translation: pose.translation / Self.unit)
    let local = CropCamera(box: box, image: camera).local(from: pose.extrinsics)
    localPose = PoseVector(
      rotationVector: local.rotation.rotationVector, translation: local.translation / Self.unit)
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

  /// Five points; -1, -1 for a missing one.
  ///
  /// img2pose takes any -1 among a face's numbers to mean that it has no landmarks, so a genuine
  /// coordinate of -1 is written as the next number above it.
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
        write(value == -1 ? (-1.0).nextUp : value)
      }
    }
  }
}
