import Checks
import Codecs
import Foundation
import Schema
import Shards
import TestSupport
import Testing

@Suite("An LMDB, looked at")
struct ShardTests {
  /// What is found after a change.
  private func findings(_ change: (inout ShardFixture) -> Void) throws -> [Finding] {
    var shard = ShardFixture()
    change(&shard)
    return try shard.findings()
  }

  @Test("a sound one gives nothing, and all of its images")
  func sound() throws {
    #expect(try findings { _ in }.isEmpty)
    try withTemporaryDirectory { folder in
      let fixture = ShardFixture(count: 12)
      try fixture.write(to: "\(folder)/a.lmdb")
      let shard = try ShardExamination(path: "\(folder)/a.lmdb")
      var images: [[UInt8]] = []
      while let sample = try shard.next() { images.append(sample.image) }
      #expect(images == fixture.samples.map(\.image))
      #expect(shard.layout == .img2pose)
    }
  }

  @Test("keys run from 0, and the lists of them agree")
  func keys() throws {
    let gap = try findings { $0.keys = ["0", "1", "3", "4"] }
    #expect(gap.ids == ["shard-keys"])
    #expect(gap.first?.detail == "keys: expected 5 from 0 to 4, found 4; missing: 2")
    #expect(
      try findings { $0.length = 7 }.map(\.detail) == ["__len__: expected 4, found 7"])
    let foreign = try findings { $0.extraKeys = ["image-1", "007"] }
    #expect(foreign.ids == ["shard-keys"])
    #expect(foreign.first?.detail.contains("found 2 other, first '007'") == true)
    // The samples that are there are looked at all the same.
    let both = try findings {
      $0.keys = ["0", "1", "3", "4"]
      $0.samples[2].faces[0].box = [5, 5, 5, 9]
    }
    #expect(both.ids == ["shard-keys", "shard-box"])
  }

  @Test("values of another form are named")
  func form() throws {
    let text = try findings { $0.samples[1].bytes = [0xC1] }
    #expect(text.ids == ["shard-sample"])
    #expect(
      text.first?.detail == "sample 1: expected one MessagePack value, found 1 other bytes")
    #expect(text.first?.record == "img2pose/1")
    let short = try findings { $0.samples[1].bytes = [0x93, 1, 2, 3] }
    #expect(short.first?.detail.hasSuffix("found an array of 3") == true)
    let landmarks = try findings { $0.samples[2].faces[0].landmarks.removeLast() }
    #expect(
      landmarks.map(\.detail) == [
        "sample 2: face 1: landmarks: expected 5 or 68, found an array of 4"
      ])
  }

  @Test("lists of unequal length are counted")
  func counts() throws {
    let found = try findings { $0.samples[0].boxes = [[1, 2, 3, 4]] }
    #expect(found.ids == ["shard-counts"])
    #expect(
      found.first?.detail
        == "sample 0: expected as many of each, found 2 global poses, 1 boxes, 2 local poses, 2 landmarks"
    )
  }

  @Test("boxes are whole numbers with area")
  func boxes() throws {
    #expect(try findings { $0.samples[0].faces[1].box = [9, 2, 9, 12] }.ids == ["shard-box"])
    let floats = try findings { $0.samples[0].boxes = [[20, 10, 60, 70], [1, 2.5, 11, 12]] }
    #expect(Set(floats.ids) == ["shard-box"])
  }

  @Test("sentinels are all or none")
  func sentinels() throws {
    #expect(
      try findings { $0.samples[0].faces[0].global = nil }.ids == ["shard-sentinel"])
    #expect(
      try findings { $0.samples[3].faces[1].landmarks[2] = [5, 6] }.ids == ["shard-sentinel"])
    #expect(
      try findings { $0.samples[0].faces[0].local?[1] = -9 }.ids.contains("shard-sentinel"))
    // img2pose's loader would black the face out.
    #expect(
      try findings { $0.samples[0].faces[0].landmarks[2] = [-1, 30] }.ids == ["shard-sentinel"])
  }

  @Test("the local pose is the global one's")
  func conversion() throws {
    let turned = try findings { $0.samples[2].faces[0].global?[1] += 0.2 }
    #expect(turned.ids == ["shard-pose"])
    #expect(turned.first?.detail.hasPrefix("sample 2: face 1: rotation: expected") == true)
    #expect(turned.first?.face == 0)
    let moved = try findings { $0.samples[1].faces[0].global?[5] *= 1.3 }
    #expect(moved.ids == ["shard-pose"])
    #expect(moved.first?.detail.contains("translations: expected a camera of focal") == true)
    #expect(try findings { $0.samples[1].faces[0].local?[5] = -8 }.ids == ["shard-pose"])
  }

  @Test("a camera that all faces have is noted once, and is no fault of each")
  func camera() throws {
    let found = try findings { shard in
      for i in shard.samples.indices { shard.samples[i].faces[0].global?[5] *= 2 }
      for i in shard.samples.indices { shard.samples[i].faces[0].global?[3] *= 2 }
      for i in shard.samples.indices { shard.samples[i].faces[0].global?[4] *= 2 }
    }
    #expect(found.ids.filter { $0 == "shard-camera" }.count <= 1)
    #expect(!found.isEmpty)
  }

  @Test("statistics are those of the local poses")
  func statistics() throws {
    let shard = ShardFixture()
    let poses = shard.localPoses
    let count = Double(poses.count)
    let mean: [Double] = (0..<6).map { i in poses.map { $0[i] }.reduce(0, +) / count }
    let deviation: [Double] = (0..<6).map { i in
      let squares: [Double] = poses.map { ($0[i] - mean[i]) * ($0[i] - mean[i]) }
      return (squares.reduce(0, +) / count).squareRoot()
    }
    func found(mean: [Double], deviation: [Double]) throws -> [Finding] {
      try shard.findings { prefix in
        try Data(NPY.file(mean)).write(to: URL(fileURLWithPath: prefix + "_pose_mean.npy"))
        try Data(NPY.file(deviation)).write(to: URL(fileURLWithPath: prefix + "_pose_stddev.npy"))
      }
    }
    #expect(try found(mean: mean, deviation: deviation).isEmpty)
    var other = mean
    other[5] += 0.01
    let wrong = try found(mean: other, deviation: deviation)
    #expect(wrong.ids == ["shard-statistics"])
    #expect(wrong.first?.detail.hasPrefix("tz of 4 local poses: expected 9.5, found 9.51") == true)
    #expect(wrong.first?.location.file == "train_pose_mean.npy")
    let short = try found(mean: mean, deviation: [.nan])
    #expect(short.first?.detail == "shape: expected (6,), found (1,)")
  }

  @Test("the manifest counts what is there")
  func manifest() throws {
    let found = try ShardFixture().findings { prefix in
      try write(
        #"{"shards":[{"file":"train.lmdb","samples":5}]}"#, to: prefix + ".manifest.json")
    }
    #expect(found.map(\.detail) == ["samples of 'train.lmdb': expected 5, found 4"])
    #expect(found.ids == ["shard-manifest"])
  }

  @Test("a file that was cut short is named, not read", arguments: [0.3, 0.6, 0.95])
  func truncated(share: Double) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/cut.lmdb"
      try ShardFixture(count: 30).write(to: path)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let kept = Int(Double(bytes.count) * share)
      try bytes.prefix(kept).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: TruncatedLMDB.self) { try ShardExamination(path: path) }
      #expect(
        error?.description
          == "\(path): expected at least \(bytes.count) bytes, found \(kept); the file is truncated"
      )
    }
  }
}
