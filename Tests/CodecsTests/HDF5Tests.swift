internal import Codecs
internal import TestSupport
internal import Testing

@Suite("HDF5 files")
struct HDF5Tests {
  private static let file = {
    var file = HDF5Fixture()
    file.add("a", shape: [2, 3], .doubles([1, 2.5, -3, 4, 5, 6e300]))
    file.add("pixels", shape: [4], .bytes([0, 7, 200, 255]))
    file.add("refs", shape: [1, 2], .references(["pixels", "a"]))
    return file.bytes
  }()

  @Test("arrays give shape and numbers, and references lead to others")
  func arrays() throws {
    try Self.file.withUnsafeBytes { bytes in
      let file = try HDF5File(bytes)
      #expect(file.names == ["a", "pixels", "refs"])
      let a = try file.dataset("a")
      #expect(a.shape == [2, 3] && a.element == .float(width: 8))
      #expect(try a.numbers(limit: 1000) == [1, 2.5, -3, 4, 5, 6e300])
      let pixels = try file.dataset("pixels")
      #expect(pixels.element == .integer(width: 1, isSigned: false))
      #expect(try pixels.numbers(limit: 1000) == [0, 7, 200, 255])
      let references = try file.dataset("refs").references(limit: 1000)
      #expect(try references.map { try file.dataset(at: $0).shape } == [[4], [2, 3]])
    }
  }

  @Test("what is not there, or too large, or of another kind, is an error")
  func errors() throws {
    try Self.file.withUnsafeBytes { bytes in
      let file = try HDF5File(bytes)
      #expect(throws: HDF5Error.self) { try file.dataset("b") }
      #expect(throws: HDF5Error.self) { try file.dataset("a").numbers(limit: 40) }
      #expect(throws: HDF5Error.self) { try file.dataset("a").references(limit: 1000) }
      #expect(throws: HDF5Error.self) { try file.dataset("refs").numbers(limit: 1000) }
      #expect(throws: HDF5Error.self) { try file.dataset(at: .max) }
    }
    #expect(throws: HDF5Error.self) {
      try [UInt8](repeating: 0, count: 2000).withUnsafeBytes { try HDF5File($0) }
    }
  }

  @Test("10,000 damaged files are read or refused, and none harms")
  func damaged() {
    var random = SeededRandom(seed: 73)
    var refused = 0
    for round in 0..<10_000 {
      var bytes = Self.file
      for _ in 0...(round % 4) {
        bytes[512 + random.below(bytes.count - 512)] = UInt8(truncatingIfNeeded: random.next())
      }
      if round % 7 == 0 { bytes.removeLast(random.below(bytes.count)) }
      do {
        try bytes.withUnsafeBytes { bytes in
          let file = try HDF5File(bytes)
          for name in file.names.sorted() {
            let array = try file.dataset(name)
            if array.element == .reference {
              for place in try array.references(limit: 1 << 20) {
                _ = try file.dataset(at: place).shape
              }
            } else {
              _ = try array.numbers(limit: 1 << 20)
            }
          }
        }
      } catch {
        refused += 1
      }
    }
    #expect((1000..<10_000).contains(refused), "\(refused)")
  }
}
