import Codecs
import Schema
import TestSupport
import Testing

@testable import Shards

/// A sample of so many bytes beside its image.
private func sample(bytes: Int) -> EncodedSample {
  EncodedSample(head: Array(repeating: 7, count: bytes), tail: [1])
}

private func keys(of path: String) throws -> [String] {
  var keys: [String] = []
  try LMDBReader(path: path).forEach { key, _ in
    keys.append(String(decoding: key, as: UTF8.self))
    return true
  }
  return keys
}

@Suite("Sets of shards")
struct ShardSetTests {
  @Test("names count from 0 with five digits; a single file has none")
  func names() {
    #expect(ShardSetWriter.names(prefix: "out/train", count: 1) == ["out/train.lmdb"])
    #expect(
      ShardSetWriter.names(prefix: "train", count: 3) == [
        "train-00000-of-00003.lmdb", "train-00001-of-00003.lmdb", "train-00002-of-00003.lmdb",
      ])
    #expect(
      ShardSetWriter.names(prefix: "t", count: 10_000).last == "t-09999-of-10000.lmdb")
  }

  @Test("the list of keys is whole however long it is")
  func longIndexOfKeys() throws {
    try withImages(1) { folder, images in
      let path = "\(folder)/x.lmdb"
      let writer = try ShardSetWriter(paths: [path], layout: .img2pose, resume: false)
      let count = 13_000
      for _ in 0..<count { try writer.write(sample(bytes: 1), image: images[0]) }
      _ = try writer.finish()
      let keys = try LMDBReader(path: path).withValue(of: Array("__keys__".utf8)) { Array($0) }
      let expected = MessagePackWriter()
      expected.writeArray(count: count)
      let entries = (0..<count).flatMap { index in
        let key = Array(String(index).utf8)
        return [0xC4, UInt8(key.count)] + key
      }
      #expect(entries.count > 1 << 16)
      #expect(keys == expected.bytes + entries)
    }
  }

  @Test("img2pose's files hold unpadded keys, __keys__ as binary data, and __len__")
  func indexOfKeys() throws {
    try withImages(12) { folder, images in
      let path = "\(folder)/x.lmdb"
      let writer = try ShardSetWriter(paths: [path], layout: .img2pose, resume: false)
      for image in images { try writer.write(sample(bytes: 10), image: image) }
      let summaries = try writer.finish()
      #expect(summaries.map(\.samples) == [12])
      #expect(
        try Set(keys(of: path)) == Set((0..<12).map(String.init) + ["__keys__", "__len__"]))
      let reader = try LMDBReader(path: path)
      let length = try reader.withValue(of: Array("__len__".utf8)) {
        MessagePackValue(decoding: $0)
      }
      #expect(length == .integer(12))
      let found = try reader.withValue(of: Array("__keys__".utf8)) { bytes -> [String] in
        let values = MessagePackValue(decoding: bytes)?.elements ?? []
        return values.map { value in
          guard case .binary(let range) = value else { return "not binary" }
          return String(decoding: bytes[range], as: UTF8.self)
        }
      }
      #expect(found == (0..<12).map(String.init))
    }
  }

  @Test("a value is head, image file and tail, unchanged")
  func value() throws {
    try withImages(1) { folder, images in
      let path = "\(folder)/x.lmdb"
      let writer = try ShardSetWriter(paths: [path], layout: .img2pose, resume: false)
      try writer.write(EncodedSample(head: [9, 8, 7], tail: [6, 5]), image: images[0])
      let summaries = try writer.finish()
      let stored = try LMDBReader(path: path).withValue(of: Array("0".utf8)) { Array($0) }
      #expect(stored == [9, 8, 7] + (try images[0].bytes()) + [6, 5])
      #expect(summaries.map(\.bytes) == [images[0].count + 5])
    }
  }

  @Test("records have ten-digit keys in order and no index")
  func recordKeys() throws {
    try withImages(12) { folder, images in
      let path = "\(folder)/x.lmdb"
      let writer = try ShardSetWriter(paths: [path], layout: .records, resume: false)
      for image in images { try writer.write(sample(bytes: 10), image: image) }
      _ = try writer.finish()
      #expect(try keys(of: path) == (0..<12).map { $0 < 10 ? "000000000\($0)" : "00000000\($0)" })
    }
  }

  @Test("each sample goes to the shard with the fewest bytes, and keys restart in each")
  func balance() throws {
    try withImages(1) { folder, images in
      let paths = ["\(folder)/a.lmdb", "\(folder)/b.lmdb"]
      let writer = try ShardSetWriter(paths: paths, layout: .img2pose, resume: false)
      // The first goes to a; then b is lighter until it has outweighed it.
      for bytes in [50_000, 10, 20, 30, 60_000, 40] {
        try writer.write(sample(bytes: bytes), image: images[0])
      }
      let summaries = try writer.finish()
      #expect(summaries.map(\.samples) == [2, 4])
      #expect(try keys(of: paths[0]) == ["0", "1", "__keys__", "__len__"])
      #expect(try keys(of: paths[1]) == ["0", "1", "2", "3", "__keys__", "__len__"])
      let stored = try LMDBReader(path: paths[0]).withValue(of: Array("1".utf8)) { $0.count }
      #expect(stored == 40 + 1 + images[0].count)
    }
  }

  @Test("a shard without a sample is a whole file that says so")
  func emptyShard() throws {
    try withImages(1) { folder, images in
      let paths = ["\(folder)/a.lmdb", "\(folder)/b.lmdb"]
      let writer = try ShardSetWriter(paths: paths, layout: .img2pose, resume: false)
      try writer.write(sample(bytes: 1), image: images[0])
      #expect(try writer.finish().map(\.samples) == [1, 0])
      #expect(try ShardReader(path: paths[1]).count == 0)
    }
  }
}
