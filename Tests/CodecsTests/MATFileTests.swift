internal import Codecs
internal import TestSupport
internal import Testing

/// A file of every shape that the writer knows.
private func withFile(_ body: (_ path: String) throws -> Void) throws {
  try withTemporaryDirectory { folder in
    let path = "\(folder)/a.mat"
    do {
      let writer = try MATWriter(path: path)
      try writer.write("names", .cells([.text("0--Parade"), .text(""), .text("x")]))
      try writer.write("boxes", .int32([1, 2, 3, -4, 5, 6], rows: 3, columns: 2))
      try writer.write(
        "nested",
        .cells([.cells([.uint8([7, 255], rows: 2, columns: 1)]), .cells([]), .cells([.text("q")])]))
      try writer.write("none", .int32([], rows: 0, columns: 4))
      try writer.write("wide", .uint16([65535, 0, 1], rows: 1, columns: 3))
      try writer.write("nothing", .cells([]))
      try writer.write(
        "heads",
        .structure(
          fields: ["name", "label"],
          [
            [.text("a.jpg"), .int32([1, 2], rows: 1, columns: 2)], [.text("Ü 目.jpg"), .cells([])],
          ]))
      try writer.finish()
    }
    try body(path)
  }
}

@Suite("MATLAB files")
struct MATFileTests {
  @Test("numbers come column by column with their shape")
  func numbers() throws {
    try withFile { path in
      let file = try MATFile(path: path)
      try file.withVariable("boxes") { value in
        #expect(value.shape == [3, 2])
        #expect(value.count == 6)
        #expect(value.numbers == [1, 2, 3, -4, 5, 6])
        #expect(value.text == nil)
        #expect(value.cells == nil)
      }
      try file.withVariable("wide") { value in
        #expect(value.shape == [1, 3])
        #expect(value.numbers == [65535, 0, 1])
      }
    }
  }

  @Test("cells nest, and hold text and arrays")
  func cells() throws {
    try withFile { path in
      let file = try MATFile(path: path)
      try file.withVariable("nested") { value in
        let cells = try #require(value.cells)
        #expect(cells.count == 3)
        let inner = try #require(cells[0]?.cells)
        #expect(inner.count == 1)
        #expect(inner[0]?.numbers == [7, 255])
        #expect(inner[0]?.shape == [2, 1])
        #expect(cells[1]?.cells?.isEmpty ?? true)
        #expect(cells[2]?.cells?.first??.text == "q")
        #expect(value.numbers == nil)
      }
    }
  }

  @Test("a structure gives each element's value of a field")
  func structure() throws {
    try withFile { path in
      try MATFile(path: path).withVariable("heads") { value in
        #expect(value.shape == [1, 2])
        #expect(try #require(value.field("name")).map { $0?.text } == ["a.jpg", "Ü 目.jpg"])
        let labels = try #require(value.field("label"))
        #expect(labels[0]?.numbers == [1, 2])
        #expect(labels[1]?.cells?.isEmpty == true)
        #expect(value.field("other") == nil)
        #expect(value.cells == nil)
        #expect(value.numbers == nil)
        #expect(labels[0]?.field("name") == nil)
      }
    }
  }

  @Test("text is read, empty text as empty or as no element")
  func text() throws {
    try withFile { path in
      try MATFile(path: path).withVariable("names") { value in
        let cells = try #require(value.cells)
        #expect(value.shape == [3, 1])
        #expect(cells[0]?.text == "0--Parade")
        #expect(cells[1]?.text ?? "" == "")
        #expect(cells[2]?.text == "x")
        #expect(cells[0]?.numbers == nil)
      }
    }
  }

  @Test("arrays and cells without elements keep their shape")
  func empty() throws {
    try withFile { path in
      let file = try MATFile(path: path)
      try file.withVariable("none") { value in
        #expect(value.shape == [0, 4])
        #expect(value.numbers?.isEmpty == true)
      }
      try file.withVariable("nothing") { value in
        #expect(value.count == 0)
        #expect(value.cells?.isEmpty == true)
      }
    }
  }

  @Test("variables are read in any order and again")
  func order() throws {
    try withFile { path in
      let file = try MATFile(path: path)
      for name in ["wide", "boxes", "wide"] {
        #expect(try file.withVariable(name) { $0.count } == (name == "wide" ? 3 : 6))
      }
    }
  }

  @Test("bytes in memory are read as a file is")
  func bytes() throws {
    try withFile { path in
      let bytes = try [UInt8](file: path)
      let file = try MATFile(FileContents(bytes), path: "a.mat")
      #expect(try file.withVariable("boxes") { $0.numbers } == [1, 2, 3, -4, 5, 6])
      #expect(try file.withVariable("names") { $0.cells?[0]?.text } == "0--Parade")
    }
  }

  @Test("a missing variable is named")
  func missingVariable() throws {
    try withFile { path in
      let file = try MATFile(path: path)
      #expect(file.contains("boxes"))
      #expect(!file.contains("faces"))
      let error = #expect(throws: MATError.self) { try file.withVariable("faces") { $0.count } }
      #expect(
        error?.description
          == "\(path): variable 'faces': expected one, found none")
    }
  }

  @Test("equal content gives equal bytes")
  func deterministic() throws {
    try withFile { one in
      let bytes = try [UInt8](file: one)
      try withFile { other in
        let others = try [UInt8](file: other)
        #expect(others == bytes)
      }
    }
  }

  @Test("a missing, an empty and a text file are no MATLAB files")
  func noFile() throws {
    try withTemporaryDirectory { folder in
      try write("", to: "\(folder)/empty.mat")
      try write(String(repeating: "hello ", count: 100), to: "\(folder)/text.mat")
      for name in ["none", "empty", "text"] {
        #expect(throws: MATError.self, "\(name)") { try MATFile(path: "\(folder)/\(name).mat") }
      }
    }
  }

  @Test("a truncated file is an error, never wrong numbers", arguments: [20, 128, 200, 1200, 3000])
  func truncated(count: Int) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.mat"
      let numbers = (0..<1000).map { Int32($0) }
      let writer = try MATWriter(path: path)
      try writer.write("n", .int32(numbers, rows: 1000, columns: 1))
      try writer.finish()
      #expect(try MATFile(path: path).withVariable("n") { $0.numbers } == numbers.map(Double.init))
      try Array([UInt8](file: path).prefix(count)).write(to: path)
      #expect(throws: MATError.self) { try MATFile(path: path).withVariable("n") { $0.count } }
    }
  }

  @Test("10,000 damaged files are read or refused, and none harms")
  func damaged() throws {
    try withFile { path in
      let whole = try [UInt8](file: path)
      var random = SeededRandom(seed: 21)
      var refused = 0
      for _ in 0..<10_000 {
        var bytes = whole
        switch random.below(3) {
        case 0: bytes.removeLast(random.below(bytes.count))
        case 1:
          let at = 128 + random.below((bytes.count - 132) / 4) * 4
          let value = [0, 0xFF, 0x7F, 1, 14][random.below(5)]
          for i in 0..<4 { bytes[at + i] = UInt8(i == 0 || value == 0xFF ? value : 0) }
        default:
          for _ in 0..<3 {
            bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
          }
        }
        do {
          let file = try MATFile(FileContents(bytes), path: "a.mat")
          for name in ["names", "boxes", "nested", "none", "wide", "nothing", "heads"] {
            try file.withVariable(name) { value in
              _ = value.numbers?.count
              _ = value.text
              for name in value.field("name") ?? [] { _ = name?.text }
              for cell in value.cells ?? [] { _ = cell?.cells?.first??.numbers }
            }
          }
        } catch {
          refused += 1
        }
      }
      #expect((3000..<10_000).contains(refused), "\(refused)")
    }
  }
}
