import Foundation
import TestSupport
import Testing

@testable import Codecs

@Suite("NumPy archives written piece by piece")
struct NPZFileWriterTests {
  @Test("pieces of any size give the bytes of the archive that is built in memory")
  func sameBytes() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/a.npz"
      let image = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let writer = try NPZFileWriter(path: path)
      try writer.add("image", type: "|u1", shape: [2, 300_000]) { put in
        try put(Array(image[..<1]))
        try put([])
        try put(Array(image[1..<500_001]))
        try put(Array(image[500_001...]))
      }
      try writer.add("none", type: "<f4", shape: [0, 3]) { _ in }
      try writer.add("img_size", type: "<i8", shape: []) { try $0([64, 0, 0, 0, 0, 0, 0, 0]) }
      try writer.finish()
      var expected = NPZWriter()
      expected.add("image", npy: NPY.file(type: "|u1", shape: [2, 300_000], data: image))
      expected.add("none", npy: NPY.file(type: "<f4", shape: [0, 3], data: []))
      expected.add(
        "img_size", npy: NPY.file(type: "<i8", shape: [], data: [64, 0, 0, 0, 0, 0, 0, 0]))
      let found = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
      #expect(found == expected.finished())
      #expect(try NPZFileTests.read(found)["img_size"] == [64])
    }
  }

  private func word(_ bytes: [UInt8], _ position: Int, _ count: Int = 4) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
  }

  private func words(_ bytes: [UInt8], _ positions: [Int], _ count: Int = 4) -> [Int] {
    positions.map { word(bytes, $0, count) }
  }

  /// No test writes gigabytes; Python's zipfile changes to 64 bits above 2³¹ - 1.
  @Test("sizes and positions that zip's 32 bits should not hold are in the extra field")
  func large() {
    func entry(_ size: Int) -> NPZEntry {
      NPZEntry(name: "a", isCompressed: false, checksum: 7, size: size, storedSize: size)
    }
    let limit = 0x7FFF_FFFF
    let small = entry(limit).directoryRecord(offset: limit)
    #expect(small.count == 46 + 5)
    #expect(words(small, [20, 24, 42]) == [limit, limit, limit])
    let large = entry(limit + 1).directoryRecord(offset: limit + 2)
    #expect(words(large, [20, 24, 42]) == Array(repeating: 0xFFFF_FFFF, count: 3))
    #expect(words(large, [30, 51, 53], 2) == [28, 1, 24])
    #expect(words(large, [55, 63, 71], 8) == [limit + 1, limit + 1, limit + 2])
    let far = entry(10).directoryRecord(offset: 5 << 30)
    #expect(words(far, [20, 42]) == [10, 0xFFFF_FFFF])
    #expect(word(far, 30, 2) == 12)
    #expect(word(far, 55, 8) == 5 << 30)
    #expect(NPZEntry.end(entries: 3, offset: limit, size: 100).count == 22)
    let end = NPZEntry.end(entries: 3, offset: 5 << 30, size: 100)
    #expect(end.count == 56 + 20 + 22)
    #expect(words(end, [0, 56, 76]) == [0x0606_4B50, 0x0706_4B50, 0x0605_4B50])
    #expect(words(end, [32, 40, 48, 64], 8) == [3, 100, 5 << 30, (5 << 30) + 100])
  }
}
