import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Little-endian numbers, 4 bytes each and 2 bytes each.
private func file(_ longs: [Int32], _ shorts: [Int16] = [], _ rest: [Int32] = []) -> [UInt8] {
  func bytes<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
    numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
  }
  return bytes(longs) + bytes(shorts) + bytes(rest)
}

private func decode(_ bytes: [UInt8]) throws -> BiwiDepth {
  try bytes.withUnsafeBytes { try BiwiDepth($0) }
}

@Suite("BIWI's depth images")
struct BiwiDepthTests {
  @Test("runs of zeros and depths fill the image row by row")
  func runs() throws {
    let depth = try decode(file([3, 2, 1, 2], [700, 900], [3, 0]))
    #expect((depth.width, depth.height) == (3, 2))
    #expect(depth.millimetres == [0, 700, 900, 0, 0, 0])
    #expect(depth.measured == 2 && depth.range == 700...900)
  }

  @Test("what is decoded is written back byte for byte")
  func roundTrip() throws {
    let bytes = file([3, 2, 1, 2], [700, 900], [3, 0])
    #expect(try decode(bytes).bytes == bytes)
    try BiwiFixture.withSynthetic(count: 4) { set in
      for path in try set.files(["_depth.bin"]) {
        let bytes = Array(try set.bytes(path))
        let depth = try decode(bytes)
        #expect(depth.bytes == bytes && depth.measured > 100)
      }
    }
  }

  @Test(
    "what overruns is refused",
    arguments: [
      ([], "width: expected 4 bytes, found 0"),
      (file([3]), "height: expected 4 bytes, found 0"),
      (file([-3, 2]), "size: expected sides from 1 to 4096, found -3 x 2"),
      (file([1 << 30, 2]), "size: expected sides from 1 to 4096, found 1073741824 x 2"),
      (file([3, 2]), "count of empty pixels: expected 4 bytes, found 0"),
      (file([3, 2, 1]), "count of depths: expected 4 bytes, found 0"),
      (file([3, 2, 7, 0]), "run: expected at most 6 pixels, found 7 empty ones and 0 depths"),
      (file([3, 2, -1, 7]), "run: expected at most 6 pixels, found -1 empty ones and 7 depths"),
      (file([3, 2, 0, 6], [1, 2, 3]), "depths: expected 12 bytes, found 6"),
      (
        file([3, 2, .max, .max]),
        "run: expected at most 6 pixels, found 2147483647 empty ones and 2147483647 depths"
      ),
      (file([3, 2, 6, 0, 1]), "end: expected the file to end, found 4 bytes more"),
    ] as [([UInt8], String)])
  func faults(bytes: [UInt8], problem: String) {
    #expect(throws: BiwiDepth.Problem(description: problem)) { try decode(bytes) }
  }
}
