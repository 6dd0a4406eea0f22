import Codecs
import Foundation
import TestSupport
import Testing

@Suite("NumPy archives")
struct NPZFileTests {
  /// Two arrays, as a sample of ARKitFace has them.
  static func file(isCompressed: Bool, rows: Int = 40) -> [UInt8] {
    var writer = NPZWriter(isCompressed: isCompressed)
    writer.add("verts", npy: npyFile((0..<3 * rows).map { Float($0) / 8 }, shape: "(\(rows), 3)"))
    writer.add(
      "R_t",
      npy: NPY.file(type: "<f8", shape: [2, 2], data: Array(NPY.file([1, 2, 3, -0.5]).suffix(32))))
    return writer.finished()
  }

  static func read(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [String: [Double]] {
    try bytes.withUnsafeBytes { bytes in
      try NPZFile(bytes).withArrays(limit: limit) { entries in
        try Dictionary(uniqueKeysWithValues: entries.map { ($0.name, try $0.array.get().doubles) })
      }
    }
  }

  static func message(_ bytes: [UInt8], limit: Int = 1 << 20) -> String {
    do {
      _ = try read(bytes, limit: limit)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test("arrays come back as they were put in", arguments: [false, true])
  func roundTrip(isCompressed: Bool) throws {
    let file = Self.file(isCompressed: isCompressed)
    let arrays = try Self.read(file)
    #expect(arrays["R_t"] == [1, 2, 3, -0.5])
    #expect(arrays["verts"] == (0..<120).map { Double($0) / 8 })
    try file.withUnsafeBytes { bytes in
      let npz = try NPZFile(bytes)
      #expect(npz.names == ["verts", "R_t"])
      try npz.withArray("verts", limit: 1000) { array in
        #expect(array.shape == [40, 3])
        #expect(array.element.littleEndianType == "<f4")
        #expect(array.littleEndianBytes.count == 480)
      }
    }
  }

  @Test("big-endian and Fortran arrays give little-endian bytes row by row")
  func nativeBytes() throws {
    let bytes = npyFile(
      header: "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2), }",
      data: [0, 1, 0, 3, 0, 2, 0, 4])
    let native = try bytes.withUnsafeBytes { try NPYArray($0, name: "a").littleEndianBytes }
    #expect(native == [1, 0, 2, 0, 3, 0, 4, 0])
  }

  @Test("what is no whole archive is refused", arguments: [false, true])
  func truncated(isCompressed: Bool) {
    let file = Self.file(isCompressed: isCompressed)
    for count in 0..<file.count { #expect(Self.message(Array(file.prefix(count))) != "no error") }
    #expect(Self.message([]) == "zip: expected an archive, found nothing")
    #expect(
      Self.message(Array("not a zip".utf8)) == "zip: expected an archive, found something else")
    #expect(
      Self.message(Array(file.dropLast(30)))
        == "zip: expected a directory at the end, found none; the file may be truncated")
  }

  @Test("a changed byte of an array is found by its checksum")
  func checksum() {
    var file = Self.file(isCompressed: false)
    file[300] ^= 1
    #expect(Self.message(file).hasPrefix("verts: checksum: expected "))
  }

  @Test("broken compressed data is named")
  func brokenStream() {
    var file = Self.file(isCompressed: true)
    for i in 100..<140 { file[i] = 0xFF }
    #expect(Self.message(file).hasSuffix("bytes, found broken compressed data"))
  }

  @Test("claims of 2^40 elements are refused before memory is taken")
  func hugeClaims() {
    var writer = NPZWriter()
    writer.add(
      "a",
      npy: npyFile(
        header: "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }"))
    #expect(
      Self.message(writer.finished())
        == "a: elements: expected 4398046511104 bytes for (1099511627776,) of float32, found 0")
    // The directory's own claim, within the limit but beyond what its bytes can unpack to.
    for claim: UInt32 in [0x0FFF_FFFF, 0xFFFF_FFFE] {
      var file = Self.file(isCompressed: true)
      let entry = file.firstRange(of: [0x50, 0x4B, 1, 2])?.lowerBound ?? 0
      for i in 0..<4 { file[entry + 24 + i] = UInt8(truncatingIfNeeded: claim >> (8 * i)) }
      #expect(
        Self.message(file, limit: 1 << 29)
          == (claim == 0x0FFF_FFFF
            ? "verts: expected 268435455 bytes, found broken compressed data"
            : "verts: expected at most 536870912 bytes, found 4294967294"))
    }
    #expect(
      Self.message(Self.file(isCompressed: false), limit: 100)
        == "verts: expected at most 100 bytes, found \(npyFile([Float](repeating: 0, count: 120), shape: "(40, 3)").count)"
    )
  }

  @Test("10,000 mutated files give arrays or errors")
  func mutations() {
    var random = SeededRandom(seed: 20)
    let bases = [Self.file(isCompressed: false), Self.file(isCompressed: true)]
    let words: [[UInt8]] = [
      [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], [0xFF, 0xFF], [0, 0, 0, 0x80],
      [0x50, 0x4B, 5, 6], [0x50, 0x4B, 6, 6], [0x50, 0x4B, 6, 7], [1, 0, 24, 0],
    ]
    var errors = 0
    for i in 0..<10_000 {
      var file = bases[i % 2]
      for _ in 0...random.below(3) {
        // Half of the changes are in the directory, which is most of what is parsed.
        let from = random.below(2) == 0 ? max(file.count - 160, 0) : 0
        switch random.below(5) {
        case 0 where file.count > 1: file.removeLast(random.below(file.count))
        case 1 where file.count > 8:
          let at = from + random.below(max(file.count - from - 4, 1))
          let word = words[random.below(words.count)]
          file.replaceSubrange(at..<min(at + word.count, file.count), with: word)
        case 2: file.insert(UInt8(random.below(256)), at: random.below(file.count + 1))
        default:
          guard from < file.count else { continue }
          file[from + random.below(file.count - from)] ^= 1 << UInt8(random.below(8))
        }
      }
      if Self.message(file) != "no error" { errors += 1 }
    }
    #expect(errors > 5_000)
  }
}
