import Checks
import Codecs
import Foundation
import Glibc
import Schema
import Shards

extension FuzzedParser {
  static let stores = [
    FuzzedParser("lmdb", .lmdbPages, seeds: { try $0.files(".lmdb") + [tree()] }) { place, _ in
      { input in
        let file = try LMDBReader(path: place.write(input, to: "x.lmdb"))
        let layout = try ShardLayout(of: file)
        var keys: [[UInt8]] = []
        try file.forEach { key, _ in
          keys.append(Array(key))
          return true
        }
        for key in keys { _ = try file.withValue(of: key) { $0.count } }
        for index in 0..<4 { _ = try file.withValue(of: (layout ?? .records).key(index)) { _ in } }
      }
    },
    FuzzedParser("lmdb-resume", .lmdbPages, seeds: { try $0.files(".lmdb") + [tree()] }) {
      place, _ in
      { input in
        let path = try place.write(input, to: "x.lmdb")
        // The library gets what the reader found whole.
        let writer = try LMDBWriter(path: path, append: false, resume: true, batchBytes: 1 << 16)
        guard !writer.isReplaying else { return }
        _ = try writer.put(
          key: [0x30], count: 3, fill: { try $0.write([1, 2, 3], at: 0) }, isSame: { _ in true })
        try writer.finish()
      }
    },
    FuzzedParser("shard", .lmdbValues, seeds: { try $0.files(".lmdb") }) { place, _ in
      { input in
        let path = try place.write(input, to: "x.lmdb")
        try examine(path)
        let reader = try ShardReader(path: path)
        for index in 0..<min(reader.count, 4) {
          _ = try? reader.withSample(index) { sample, _ in try sample.usableRecord().faces.count }
        }
      }
    },
    FuzzedParser("shard-manifest", .text, seeds: { try $0.files("img2pose.manifest.json") }) {
      place, seeds in
      let shard = try place.write(try seeds.file("shards/img2pose.lmdb"), to: "img2pose.lmdb")
      return { input in
        try place.write(input, to: "img2pose.manifest.json")
        try examine(shard)
      }
    },
    FuzzedParser("shard-statistics", .headed(128), seeds: { try $0.files("_pose_mean.npy") }) {
      place, seeds in
      let shard = try place.write(try seeds.file("shards/img2pose.lmdb"), to: "img2pose.lmdb")
      return { input in
        try place.write(input, to: "img2pose_pose_mean.npy")
        try examine(shard)
      }
    },
  ]

  /// A file of several levels, with a list of free pages, as an interrupted run leaves it.
  private static func tree() throws -> [UInt8] {
    let path = NSTemporaryDirectory() + "/sixdof-fuzz-\(getpid()).lmdb"
    defer { unlink(path) }
    do {
      let writer = try LMDBWriter(path: path, append: false, resume: false, batchBytes: 1 << 16)
      for index in 0..<160 {
        let key = Array("key-\(index * 37 % 160)".utf8) + [UInt8](repeating: 0x61, count: 200)
        let count = index % 40 == 0 ? 5000 : index
        _ = try writer.put(
          key: key, count: count,
          fill: { try $0.write([UInt8](repeating: UInt8(index), count: count), at: 0) },
          isSame: { _ in true })
      }
      try writer.finish()
    }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private static func examine(_ path: String) throws {
    let shard = try ShardExamination(path: path)
    while try shard.next() != nil {}
    _ = shard.findings()
    _ = try ShardSetCheck.findings(of: [shard])
  }
}
