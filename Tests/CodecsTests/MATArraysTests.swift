internal import Codecs
internal import TestSupport
internal import Testing

extension MATArrays {
  fileprivate init(_ bytes: [UInt8], limit: Int = 1 << 20) throws {
    self = try bytes.withUnsafeBytes { try MATArrays($0, path: "a.mat", limit: limit) }
  }
}

/// What `MATArrays` says of bytes that it refuses.
private func refusal(_ bytes: [UInt8], limit: Int = 1 << 20) -> String {
  do {
    return "read \(try MATArrays(bytes, limit: limit).arrays.count)"
  } catch {
    return "\(error)"
  }
}

/// The file that the writer makes of these arrays.
private func writtenFile(_ arrays: [MATArray]) throws -> [UInt8] {
  try withTemporaryDirectory { folder in
    try MATWriter.write(arrays, to: "\(folder)/a.mat")
    return try [UInt8](file: "\(folder)/a.mat")
  }
}

/// A whole file by hand: header and elements.
private func file(_ elements: [UInt8], version: UInt8 = 1) -> [UInt8] {
  Array(repeating: 0x20, count: 124) + [0, version] + Array("IM".utf8) + elements
}

private func word(_ value: UInt32) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
}

private func element(_ type: UInt32, _ data: [UInt8]) -> [UInt8] {
  let filling = [UInt8](repeating: 0, count: (8 - data.count % 8) % 8)
  return word(type) + word(UInt32(data.count)) + data + filling
}

/// A matrix whose parts need not agree.
private func matrix(
  kind: UInt32 = 6, shape: [UInt32] = [1, 2], name: String = "x", type: UInt32 = 2,
  data: [UInt8] = [7, 9]
) -> [UInt8] {
  element(
    14,
    element(6, word(kind) + word(0)) + element(5, shape.flatMap(word))
      + element(1, Array(name.utf8)) + element(type, data))
}

@Suite("Arrays of MATLAB files")
struct MATArraysTests {
  @Test(
    "each type of number comes back from the writer's file bit for bit",
    arguments: [(1, 7), (3, 5)])
  func types(rows: Int, columns: Int) throws {
    var random = SeededRandom(seed: 3)
    let arrays = MATArray.Element.allCases.map { element in
      // Random bits, among them what is no number.
      let bytes = (0..<rows * columns * element.width).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      return MATArray(
        name: "a\(element)", element: element, rows: rows, columns: columns, bytes: bytes)
    }
    let read = try MATArrays(try writtenFile(arrays))
    #expect(read.arrays == arrays)
    #expect(read.others.isEmpty)
  }

  @Test("numbers are row by row, whatever the file's order")
  func order() throws {
    let array = MATArray(name: "p", doubles: [1, 2, 3, 4, 5, 6], rows: 2, columns: 3)
    let bytes = try writtenFile([array])
    #expect(try MATArrays(bytes)["p"]?.doubles == [1, 2, 3, 4, 5, 6])
    try withTemporaryDirectory { folder in
      try bytes.write(to: "\(folder)/a.mat")
      let columns = try MATFile(path: "\(folder)/a.mat").withVariable("p") { $0.numbers }
      #expect(columns == [1, 4, 2, 5, 3, 6])
    }
  }

  @Test("whole numbers stored in fewer bytes are those of the array's class")
  func storage() throws {
    let read = try MATArrays(file(matrix(data: [7, 255])))
    #expect(read.arrays == [MATArray(name: "x", doubles: [7, 255], rows: 1, columns: 2)])
  }

  @Test("an empty array keeps its shape, however great the other extent")
  func empty() throws {
    let read = try MATArrays(file(matrix(shape: [0x7FFF_FFFF, 0], data: [])))
    #expect(read.arrays.first?.rows == 0x7FFF_FFFF)
    #expect(read.arrays.first?.doubles.isEmpty == true)
  }

  @Test("what is no matrix of real numbers is named and left out")
  func others() throws {
    let bytes = try withTemporaryDirectory { folder in
      let writer = try MATWriter(path: "\(folder)/a.mat")
      try writer.write("c", .cells([.text("x")]))
      try writer.write("t", .text("hello"))
      try writer.write("n", .int32([1], rows: 1, columns: 1))
      try writer.finish()
      return try [UInt8](file: "\(folder)/a.mat")
    }
    let read = try MATArrays(bytes)
    #expect(read.others.map(\.name) == ["c", "t"])
    #expect(read.others.map(\.kind) == ["a cell array", "text"])
    #expect(read.arrays.map(\.name) == ["n"])
  }

  @Test("what a file cannot be is said")
  func refusals() {
    #expect(refusal([]) == "a.mat: expected a MATLAB v5 file, found 0 bytes")
    #expect(
      refusal(file([], version: 2))
        == "a.mat: expected a MATLAB v5 file, found MATLAB 7.3 (HDF5); in MATLAB save it with '-v7'"
    )
    #expect(
      refusal(Array(repeating: 65, count: 4000))
        == "a.mat: expected a MATLAB v5 file, found something else")
    #expect(
      refusal(file(Array(matrix().dropLast())))
        == "a.mat: variable 1: expected a whole one, found the file's end")
    #expect(
      refusal(file(matrix(shape: [1 << 20, 1 << 20])))
        == "a.mat: variable 'x': expected 1048576 x 1048576 numbers of 1 bytes each, found 2 bytes")
    #expect(
      refusal(file(matrix(shape: [0x7FFF_FFFF, 0x7FFF_FFFF], type: 9, data: []))).contains(
        "expected 2147483647 x 2147483647 numbers of 8 bytes each, found 0 bytes"))
    #expect(
      refusal(file(matrix(shape: [2])))
        == "a.mat: variable 1: expected at least two dimensions, found none or too many")
    #expect(
      refusal(file(matrix() + matrix()))
        == "a.mat: variable 'x': expected it once, found it twice")
    #expect(
      refusal(file(matrix(kind: 8, data: [7, 200])))
        == "a.mat: variable 'x': expected numbers that int8 holds, found others")
    #expect(
      refusal(file(element(15, [1, 2, 3, 4, 5, 6, 7, 8])))
        == "a.mat: variable 1: expected a whole zlib stream, found a broken one")
  }

  @Test("a file cut off anywhere is an error or, between variables, a shorter file")
  func truncated() throws {
    let arrays = (0..<3).map {
      MATArray(name: "a\($0)", doubles: [1, 2, 3], rows: 1, columns: 3)
    }
    let bytes = try writtenFile(arrays)
    let step = (bytes.count - 128) / 3
    for count in 0..<bytes.count {
      let isWhole = count >= 128 && (count - 128) % step == 0
      #expect(refusal(Array(bytes.prefix(count))).hasPrefix("read") == isWhole, "\(count)")
    }
  }

  @Test("10,000 damaged files are read or refused, and none harms")
  func damaged() throws {
    let plain = try writtenFile(
      MATArray.Element.allCases.map { element in
        MATArray(
          name: "a\(element)", element: element, rows: 2, columns: 5,
          bytes: Array(repeating: 1, count: 10 * element.width))
      })
    var sources = [plain]
    if let sharedData {
      sources.append(try [UInt8](file: "\(sharedData)/aflw2000/image00050.mat"))
    }
    var random = SeededRandom(seed: 20)
    var refused = 0
    for i in 0..<10_000 {
      var bytes = sources[i % sources.count]
      switch random.below(4) {
      case 0: bytes.removeLast(random.below(bytes.count))
      case 1:
        let at = random.below(bytes.count - 8)
        bytes.replaceSubrange(at..<at + 4, with: word(UInt32(truncatingIfNeeded: random.next())))
      case 2:
        // Extents and sizes lie at multiples of four.
        let at = random.below(bytes.count / 4 - 1) * 4
        bytes.replaceSubrange(
          at..<at + 4, with: word([0, 0xFFFF_FFFF, 1 << 30, 8][random.below(4)]))
      default:
        for _ in 0..<3 {
          bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        }
      }
      if !refusal(bytes).hasPrefix("read") { refused += 1 }
    }
    #expect((5000..<10_000).contains(refused), "\(refused)")
  }
}
