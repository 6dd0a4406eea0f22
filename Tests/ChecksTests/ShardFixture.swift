import Checks
import Codecs
import Foundation
import Geometry
import Schema
import TestSupport

/// An LMDB in img2pose's layout, made by hand so that anything can be wrong with it.
struct ShardFixture {
  struct Face {
    var box: [Int]
    var global: [Double]?
    var local: [Double]?
    var landmarks: [[Double]]
  }

  struct Sample {
    var image: [UInt8]
    var faces: [Face]
    /// Replaces all of the value.
    var bytes: [UInt8]?
    /// Written before the faces' parts in place of as many boxes.
    var boxes: [[Double]]?
  }

  var samples: [Sample]
  var length: Int?
  var keys: [String]?
  var extraKeys: [String] = []

  /// Samples of two faces, one without a pose, all as they should be.
  init(count: Int = 4) {
    samples = (0..<count).map { index in
      let box = IntegerBox(left: 20 + index, top: 10, right: 60, bottom: 70 - index)
      let local = [0.1 * Double(index), -0.4, 0.2, 0.3, -0.2, 8.0 + Double(index)]
      let crop = CropCamera(box: box, image: .widthPlusHeight(96, 80))
      let global = crop.global(
        from: Extrinsics(
          rotation: Rotation(rotationVector: SIMD3(local[0], local[1], local[2])),
          translation: SIMD3(local[3], local[4], local[5])))
      let (r, t) = (global.rotation.rotationVector, global.translation)
      return Sample(
        image: picture(UInt64(index)).jpeg(quality: 80),
        faces: [
          Face(
            box: [box.left, box.top, box.right, box.bottom],
            global: [r.x, r.y, r.z, t.x, t.y, t.z], local: local,
            landmarks: (0..<5).map { [30 + Double($0), 40.5] }),
          Face(
            box: [1, 2, 11, 12], global: nil, local: nil,
            landmarks: Array(repeating: [-1, -1], count: 5)),
        ])
    }
  }

  var localPoses: [[Double]] { samples.flatMap { $0.faces.compactMap(\.local) } }

  func write(to path: String) throws {
    let file = try LMDBWriter(path: path, append: false, resume: false)
    func put(_ key: String, _ bytes: [UInt8]) throws {
      _ = try file.put(
        key: Array(key.utf8), count: bytes.count, fill: { try $0.write(bytes, at: 0) },
        isSame: { _ in true })
    }
    let keys = self.keys ?? samples.indices.map(String.init)
    for (key, sample) in zip(keys, samples) { try put(key, Self.bytes(of: sample)) }
    for key in extraKeys { try put(key, [0xC0]) }
    let writer = MessagePackWriter()
    writer.writeArray(count: keys.count)
    var list = writer.bytes
    for key in keys { list += [0xC4, UInt8(key.utf8.count)] + Array(key.utf8) }
    try put("__keys__", list)
    writer.removeAll()
    writer.write(length ?? samples.count)
    try put("__len__", writer.bytes)
    try file.finish()
  }

  private static func bytes(of sample: Sample) -> [UInt8] {
    if let bytes = sample.bytes { return bytes }
    let writer = MessagePackWriter()
    writer.writeArray(count: 5)
    writer.writeBinaryHeader(count: sample.image.count)
    let head = writer.bytes + sample.image
    writer.removeAll()
    func pose(_ numbers: [Double]?) {
      writer.writeArray(count: 6)
      for i in 0..<6 {
        if let numbers { writer.write(numbers[i]) } else { writer.write(-9) }
      }
    }
    writer.writeArray(count: sample.faces.count)
    for face in sample.faces { pose(face.global) }
    if let boxes = sample.boxes {
      writer.writeArray(count: boxes.count)
      for box in boxes {
        writer.writeArray(count: box.count)
        for number in box { writer.write(number) }
      }
    } else {
      writer.writeArray(count: sample.faces.count)
      for face in sample.faces {
        writer.writeArray(count: face.box.count)
        for number in face.box { writer.write(number) }
      }
    }
    writer.writeArray(count: sample.faces.count)
    for face in sample.faces { pose(face.local) }
    writer.writeArray(count: sample.faces.count)
    for face in sample.faces {
      writer.writeArray(count: face.landmarks.count)
      for point in face.landmarks {
        writer.writeArray(count: point.count)
        for number in point { writer.write(number) }
      }
    }
    return head + writer.bytes
  }

  /// Writes it, and says what is found in it and in what lies beside it.
  func findings(beside write: (String) throws -> Void = { _ in }) throws -> [Finding] {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/train.lmdb"
      try self.write(to: path)
      try write("\(folder)/train")
      let shard = try ShardExamination(path: path)
      while try shard.next() != nil {}
      return shard.findings() + (try ShardSetCheck.findings(of: [shard]))
    }
  }
}
