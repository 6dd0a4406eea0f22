import Codecs
import Foundation
import TestSupport
import Testing

@testable import Shards

/// Samples that share pages with others, that have some of their own, and that fill several batches.
private let headSizes = (0..<60).map { [10, 9_000, 3_000, 120_000][$0 % 4] + $0 }

private func sample(_ index: Int) -> EncodedSample {
  EncodedSample(head: Array(repeating: UInt8(index), count: headSizes[index]), tail: [1, 2])
}

@Suite("Copiers of a set of shards")
struct ShardCopierTests {
  /// Writes the first samples to two files; the run is as one that was killed unless it is finished.
  private func write(
    _ folder: String, _ name: String, _ images: [StoredImage], copiers: Int, count: Int? = nil,
    resume: Bool = false
  ) throws {
    let paths = [1, 2].map { "\(folder)/\(name)\($0).lmdb" }
    let writer = try ShardSetWriter(
      paths: paths, layout: .records, resume: resume, copiers: copiers)
    for index in 0..<(count ?? headSizes.count) {
      try writer.write(sample(index), image: images[index])
    }
    guard count == nil else { return }
    _ = try writer.finish()
    try writer.writeHashes(to: "\(folder)/\(name)3.lmdb")
  }

  private func files(_ folder: String, _ name: String) throws -> [Data] {
    try [1, 2, 3].map { try Data(contentsOf: URL(filePath: "\(folder)/\(name)\($0).lmdb")) }
  }

  @Test(
    "any number of copiers gives the bytes and hashes that none gives", arguments: [1, 2, 3, 8])
  func bytes(copiers: Int) throws {
    try withImages(headSizes.count) { folder, images in
      try write(folder, "a", images, copiers: 0)
      try write(folder, "b", images, copiers: copiers)
      #expect(try files(folder, "a") == files(folder, "b"))
    }
  }

  @Test("a run that ended among its copies goes on to the same bytes", arguments: [1, 7, 30, 59])
  func resume(point: Int) throws {
    try withImages(headSizes.count) { folder, images in
      try write(folder, "a", images, copiers: 0)
      try write(folder, "b", images, copiers: 2, count: point)
      try write(folder, "b", images, copiers: 2, resume: true)
      #expect(try files(folder, "a") == files(folder, "b"))
    }
  }

  @Test(
    "of images that became shorter the earliest is told, whatever comes after",
    arguments: [0, 1, 3])
  func shorter(copiers: Int) throws {
    try withImages(headSizes.count) { folder, images in
      for index in [20, 40, 21] {
        #expect(truncate("\(folder)/images/\(index).jpg", 10) == 0)
      }
      let error = #expect(throws: FileError.self) {
        try write(folder, "a", images, copiers: copiers)
      }
      #expect("\(error, default: "none")".contains("images/20.jpg"))
    }
  }

  @Test("what is settled has been read")
  func settled() throws {
    try withImages(headSizes.count) { folder, images in
      let writer = try ShardSetWriter(
        paths: ["\(folder)/a.lmdb"], layout: .records, resume: false, copiers: 2)
      try writer.write(sample(3), image: images[3])
      try writer.settle()
      #expect(truncate("\(folder)/images/3.jpg", 10) == 0)
      #expect(truncate("\(folder)/images/7.jpg", 10) == 0)
      try writer.write(sample(7), image: images[7])
      #expect(throws: FileError.self) { try writer.settle() }
      // The first error is the only one.
      try writer.settle()
    }
  }
}
