import Codecs
import Schema
import Shards
import TestSupport
import Testing

@Suite("Shard reader")
struct ShardReaderTests {
  @Test("reads what was written, in each layout", arguments: ShardLayout.all)
  func roundTrip(layout: ShardLayout) throws {
    try withImages(3) { folder, images in
      let path = "\(folder)/x.lmdb"
      let writer = try ShardSetWriter(paths: [path], layout: layout, resume: false)
      let encoder = SampleEncoder(layout: layout)
      for image in images {
        let sample = try #require(encoder.encode(record([posedFace()]), imageBytes: image.count).0)
        try writer.write(sample, image: sample.ownImageBytes == nil ? image : nil)
      }
      _ = try writer.finish()
      let reader = try ShardReader(path: path)
      #expect(reader.layout == layout)
      #expect(reader.count == 3)
      for (index, image) in images.enumerated() {
        try reader.withSample(index) { sample, bytes in
          let stored = layout.needsMeshes ? meshFace.image : try image.bytes()
          #expect(Array(bytes[sample.image]) == stored)
          let faces = try sample.usableRecord().faces
          #expect(faces.count == 1)
          #expect(sample.faults.isEmpty)
        }
      }
      #expect(try reader.withSample(3) { _, _ in true } == nil)
    }
  }

  @Test("refuses an LMDB file of other keys")
  func foreignFile() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/foreign.lmdb"
      let writer = try LMDBWriter(path: path, append: false, resume: false)
      _ = try writer.put(
        key: Array("image-1".utf8), count: 2, fill: { try $0.write([1, 2], at: 0) },
        isSame: { _ in true })
      try writer.finish()
      let error = #expect(throws: ShardError.self) { try ShardReader(path: path) }
      #expect(
        error?.description
          == "\(path): expected a shard of layout img2pose, records or perspnet, found other keys")
    }
  }

  @Test("refuses a file that is no LMDB, and one that is not there")
  func otherFile() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/text.lmdb"
      try write(String(repeating: "no database ", count: 2000), to: path)
      let error = #expect(throws: LMDBError.self) { try ShardReader(path: path) }
      #expect(error?.path == path)
      #expect(throws: LMDBError.self) { try ShardReader(path: "\(folder)/none.lmdb") }
    }
  }

  @Test("a value that is no MessagePack is an error that names the entry")
  func brokenValue() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/broken.lmdb"
      let writer = try LMDBWriter(path: path, append: true, resume: false)
      // An array of five, of which nothing follows.
      _ = try writer.put(
        key: Array("0000000000".utf8), count: 1, fill: { try $0.write([0x95], at: 0) },
        isSame: { _ in true })
      try writer.finish()
      let reader = try ShardReader(path: path)
      let error = #expect(throws: ShardError.self) { try reader.withSample(0) { _, _ in true } }
      #expect(error?.description == "\(path): entry 0: expected MessagePack, found other bytes")
    }
  }
}
