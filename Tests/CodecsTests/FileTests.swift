internal import Codecs
internal import TestSupport
internal import Testing

@Suite("Files")
struct FileTests {
  @Test("a mapped file shows the file's bytes and size")
  func mapped() throws {
    try withTemporaryDirectory { folder in
      let bytes = noise(100_000)
      try bytes.write(to: "\(folder)/a")
      let file = try MappedFile(path: "\(folder)/a")
      #expect(file.count == 100_000)
      #expect(file.path == "\(folder)/a")
      #expect(file.withBytes { Array($0) } == bytes)
    }
  }

  @Test("an empty file maps to no bytes")
  func empty() throws {
    try withTemporaryDirectory { folder in
      try write("", to: "\(folder)/a")
      let file = try MappedFile(path: "\(folder)/a")
      #expect(file.count == 0)
      #expect(file.withBytes { $0.isEmpty })
    }
  }

  @Test("a missing file and a folder are named with the system's reason")
  func notMappable() throws {
    try withTemporaryDirectory { folder in
      let missing = #expect(throws: FileError.self) { try MappedFile(path: "\(folder)/none") }
      #expect(missing?.description == "\(folder)/none: open: No such file or directory")
      let error = #expect(throws: FileError.self) { try MappedFile(path: folder) }
      #expect(error?.description == "\(folder): read: Is a directory")
    }
  }

  @Test("an output replaces what was there and holds all that was written, beyond its buffer")
  func output() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/out"
      try noise(2_000_000, seed: 9).write(to: path)
      let bytes = noise(700_001)
      let output = try OutputFile(path: path)
      var rest = bytes[...]
      while !rest.isEmpty {
        try output.write(rest.prefix(997))
        rest = rest.dropFirst(997)
      }
      try output.finish()
      #expect(try [UInt8](file: path) == bytes)
    }
  }

  @Test("flush makes what was written visible before the end")
  func flush() throws {
    try withTemporaryDirectory { folder in
      let output = try OutputFile(path: "\(folder)/out")
      try output.write([1, 2, 3])
      #expect(try [UInt8](file: "\(folder)/out").isEmpty)
      try output.flush()
      #expect(try [UInt8](file: "\(folder)/out") == [1, 2, 3])
      try output.finish()
      #expect(try [UInt8](file: "\(folder)/out") == [1, 2, 3])
    }
  }

  @Test("an output in a missing folder or on a full device is an error that names it")
  func outputFails() throws {
    try withTemporaryDirectory { folder in
      let error = #expect(throws: FileError.self) { try OutputFile(path: "\(folder)/no/out") }
      #expect(error?.description == "\(folder)/no/out: create: No such file or directory")
    }
    let full = try OutputFile(path: "/dev/full")
    try full.write([1])
    let error = #expect(throws: FileError.self) { try full.finish() }
    #expect(
      error?.description
        == "/dev/full: write: expected free space in '/dev', found none; make room there, or write elsewhere"
    )
  }
}

@Suite("SHA-256")
struct DigestTests {
  @Test(
    "NIST's vectors",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func vectors(text: String, digest: String) throws {
    #expect(Array(text.utf8).withUnsafeBytes { sha256(of: $0) } == digest)
    try withTemporaryDirectory { folder in
      try write(text, to: "\(folder)/a")
      #expect(try sha256(ofFile: "\(folder)/a") == digest)
    }
  }

  @Test("a missing file is an error")
  func missing() {
    #expect(throws: FileError.self) { try sha256(ofFile: "/nonexistent/a") }
  }
}

@Suite("Spools")
struct SpoolTests {
  @Test(
    "values are copied to a file one right after the other, in pieces or not",
    arguments: [3, 5000])
  func copy(count: Int) throws {
    try withTemporaryDirectory { folder in
      let spool = try Spool(in: folder)
      var expected: [UInt8] = []
      for index in 0..<count {
        let value = Array(repeating: UInt8(index % 251), count: index % 300)
        try spool.append(value)
        expected += value
      }
      let file = try OutputFile(path: "\(folder)/copy")
      try spool.copy(to: file)
      try file.finish()
      #expect(try [UInt8](file: "\(folder)/copy") == expected)
      #expect(try spool[2] == [2, 2])
    }
  }
}
