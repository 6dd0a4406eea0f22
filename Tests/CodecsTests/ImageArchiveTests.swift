internal import Codecs
internal import TestSupport
internal import Testing

private let first = gradient(width: 37, height: 23).jpeg(quality: 90)
private let second = gradient(width: 64, height: 48).png()
private let text = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)

/// How a test makes its archive with the system's own tools.
enum Packer: String, CaseIterable, CustomTestStringConvertible {
  case stored, deflated, streamed, tar

  var file: String { self == .tar ? "set.tar" : "set.zip" }
  var testDescription: String { rawValue }

  func pack(_ names: [String], in folder: String) throws {
    let options: [String] =
      switch self {
      case .stored: ["/usr/bin/zip", "-q", "-r", "-0"]
      case .deflated: ["/usr/bin/zip", "-q", "-r", "-9"]
      // Data descriptors: sizes stand behind the data and not in the header.
      case .streamed: ["/usr/bin/zip", "-q", "-r", "-9", "-fd"]
      case .tar: ["/usr/bin/tar", "-P", "-cf"]
      }
    try runTool(options + [file] + names, in: folder)
  }
}

private func withArchive(
  _ packer: Packer, _ body: (_ folder: String, _ path: String) throws -> Void
) throws {
  try withTemporaryDirectory { folder in
    try first.write(to: "\(folder)/top/images/a/1.jpg")
    try second.write(to: "\(folder)/top/images/b/2.png")
    try text.write(to: "\(folder)/top/images/b/long.txt")
    try packer.pack(["top"], in: folder)
    try body(folder, "\(folder)/\(packer.file)")
  }
}

@Suite("Archives of images")
struct ImageArchiveTests {
  @Test("members are read whole, in any order and again", arguments: Packer.allCases)
  func contents(packer: Packer) throws {
    try withArchive(packer) { _, path in
      let archive = try ImageArchive(path: path)
      for _ in 0..<2 {
        let root = "top/images"
        #expect(try archive.contents(ofMember: "\(root)/b/long.txt", limit: 1 << 20) == text)
        #expect(try archive.contents(ofMember: "\(root)/b/2.png", limit: 1 << 20) == second)
        #expect(try archive.contents(ofMember: "\(root)/a/1.jpg", limit: 1 << 20) == first)
      }
    }
  }

  @Test("a member of the limit is read, of a byte more refused", arguments: Packer.allCases)
  func limit(packer: Packer) throws {
    try withArchive(packer) { _, path in
      let archive = try ImageArchive(path: path)
      let name = "top/images/b/long.txt"
      #expect(try archive.contents(ofMember: name, limit: text.count) == text)
      let error = #expect(throws: ArchiveError.self) {
        try archive.contents(ofMember: name, limit: text.count - 1)
      }
      #expect(
        error?.detail == "member '\(name)': expected at most \(text.count - 1) bytes, found more")
    }
  }

  @Test("the folders above a path are found, the shortest first")
  func prefixes() throws {
    try withTemporaryDirectory { folder in
      for place in ["deep/er", "z", "."] { try first.write(to: "\(folder)/\(place)/a/1.jpg") }
      try first.write(to: "\(folder)/xa/1.jpg")
      try Packer.tar.pack(["deep", "z", "./a", "xa"], in: folder)
      let archive = try ImageArchive(path: "\(folder)/set.tar")
      // "xa/1.jpg" ends in the same letters but is another path.
      #expect(archive.prefixes(of: "a/1.jpg") == ["", "z", "deep/er"])
      #expect(archive.prefixes(of: "a/2.jpg").isEmpty)
      #expect(archive.name(ofMember: "a/1.jpg", below: "") == "a/1.jpg")
      #expect(archive.name(ofMember: "a/1.jpg", below: "deep/er") == "deep/er/a/1.jpg")
      #expect(archive.name(ofMember: "a/1.jpg", below: "deep") == nil)
    }
  }

  @Test(
    "members that climb out or are absolute, folders and links are left out",
    arguments: [Packer.stored, .tar])
  func unsafeMembers(packer: Packer) throws {
    try withTemporaryDirectory { folder in
      try first.write(to: "\(folder)/work/in.jpg")
      try first.write(to: "\(folder)/out.jpg")
      try runTool("/usr/bin/ln", "-s", "in.jpg", "link.jpg", in: "\(folder)/work")
      var names = ["../out.jpg", "in.jpg", "."]
      if packer == .tar { names += ["\(folder)/out.jpg", "link.jpg"] }
      try packer.pack(names, in: "\(folder)/work")
      let archive = try ImageArchive(path: "\(folder)/work/\(packer.file)")
      #expect(archive.prefixes(of: "in.jpg") == [""])
      #expect(archive.prefixes(of: "out.jpg").isEmpty)
      #expect(archive.name(ofMember: "../out.jpg", below: "") == nil)
      #expect(archive.name(ofMember: "\(folder)/out.jpg", below: "") == nil)
      if packer == .tar { #expect(archive.prefixes(of: "link.jpg").isEmpty) }
      #expect(throws: ArchiveError.self) {
        try archive.contents(ofMember: "../out.jpg", limit: 1 << 20)
      }
    }
  }

  @Test("a hard link in a tar is the file that it names")
  func hardLink() throws {
    try withTemporaryDirectory { folder in
      try first.write(to: "\(folder)/a.jpg")
      try runTool("/usr/bin/ln", "a.jpg", "b.jpg", in: folder)
      try runTool("/usr/bin/ln", "a.jpg", "c.jpg", in: folder)
      try runTool("/usr/bin/tar", "-cf", "set.tar", "a.jpg", "./b.jpg", "c.jpg", in: folder)
      let archive = try ImageArchive(path: "\(folder)/set.tar")
      for name in ["a.jpg", "b.jpg", "c.jpg"] {
        #expect(try archive.contents(ofMember: name, limit: 1 << 20) == first)
      }
    }
  }

  @Test(
    "a zip whose directory says something else than its members is refused",
    arguments: [
      "name in the directory", "name before the data", "method", "size", "one member less",
    ])
  func disagreement(what: String) throws {
    try withArchive(.stored) { folder, path in
      var bytes = try MappedFile(path: path).withBytes { Array($0) }
      func places(_ signature: [UInt8]) -> [Int] {
        bytes.indices.dropLast(4).filter { bytes[$0..<$0 + 4].elementsEqual(signature) }
      }
      let listed = try #require(places([0x50, 0x4B, 1, 2]).last)
      let local = try #require(places([0x50, 0x4B, 3, 4]).last)
      switch what {
      case "name in the directory": bytes[listed + 46 + 4] ^= 1
      case "name before the data": bytes[local + 30 + 4] ^= 1
      case "method": bytes[listed + 10] = 8
      case "size": bytes[listed + 24] ^= 1
      default:
        let end = try #require(places([0x50, 0x4B, 5, 6]).last)
        bytes.removeSubrange(listed..<end)
        bytes[listed + 10] -= 1
        bytes[listed + 8] -= 1
      }
      try bytes.write(to: folder + "/changed.zip")
      let error = #expect(throws: ArchiveError.self) {
        try ImageArchive(path: folder + "/changed.zip")
      }
      #expect(error?.description.contains("pack it anew") == true, "\(error?.description ?? "")")
    }
  }

  @Test(
    "endings tell archives, compressed tars too",
    arguments: ["tar.gz", "tgz", "tar.xz", "tar.bz2", "tar.zst", "TAR.GZ"])
  func compressedTar(ending: String) throws {
    let path = "/nonexistent/set.\(ending)"
    #expect(ImageArchive.isArchive(path))
    #expect(throws: FileError.self) { try ImageArchive(path: path) }
  }

  @Test("endings of archives are known in any case, and folders are none")
  func endings() {
    #expect(ImageArchive.isArchive("a/B.ZIP"))
    #expect(ImageArchive.isArchive("a.tar"))
    #expect(!ImageArchive.isArchive("a.zip/images"))
    #expect(!ImageArchive.isArchive("tar"))
  }
}

@Suite("Broken archives")
struct BrokenArchiveTests {
  @Test("a missing archive and one that is text are errors")
  func noArchive() throws {
    try withTemporaryDirectory { folder in
      #expect(throws: FileError.self) { try ImageArchive(path: "\(folder)/none.zip") }
      try write(String(repeating: "no archive at all\n", count: 100), to: "\(folder)/x.zip")
      let error = #expect(throws: ArchiveError.self) { try ImageArchive(path: "\(folder)/x.zip") }
      #expect(error?.detail.hasPrefix("expected a zip or tar archive, found: ") == true)
    }
  }

  @Test(
    "a cut archive is an error, when it is opened or when the cut member is read",
    arguments: Packer.allCases)
  func truncated(packer: Packer) throws {
    try withTemporaryDirectory { folder in
      try noise(200_000).write(to: "\(folder)/a.bin")
      try packer.pack(["a.bin"], in: folder)
      let path = "\(folder)/\(packer.file)"
      try Array([UInt8](file: path).prefix(100_000)).write(to: path)
      #expect(throws: ArchiveError.self) {
        try ImageArchive(path: path).contents(ofMember: "a.bin", limit: 1 << 20)
      }
    }
  }

  @Test(
    "a flipped bit in a zip's data is an error, stored data included",
    arguments: [Packer.stored, .deflated, .streamed])
  func damaged(packer: Packer) throws {
    try withTemporaryDirectory { folder in
      try (noise(20_000) + text).write(to: "\(folder)/a.bin")
      try packer.pack(["a.bin"], in: folder)
      let path = "\(folder)/\(packer.file)"
      var bytes = try [UInt8](file: path)
      bytes[10_000] ^= 1
      try bytes.write(to: path)
      let archive = try ImageArchive(path: path)
      #expect(throws: ArchiveError.self) {
        try archive.contents(ofMember: "a.bin", limit: 1 << 20).count
      }
    }
  }
}

@Suite("Image stores over archives")
struct ArchiveStoreTests {
  @Test("paths are found below the archive's own folders", arguments: Packer.allCases)
  func opens(packer: Packer) throws {
    try withArchive(packer) { _, path in
      let store = try ImageStore(path: path, maximumBytes: 1 << 20)
      let reader = ImageHeaderReader()
      #expect(throws: ImageStore.Failure.missing(nil)) {
        try store.open("a/none.jpg", with: reader)
      }
      let image = try store.open("a/1.jpg", with: reader)
      #expect([image.header.width, image.header.height] == [37, 23])
      #expect(try image.bytes() == first)
      #expect(try store.open("b/2.png", with: reader).header.format == .png)
      #expect(throws: ImageStore.Failure.self) { try store.open("b/long.txt", with: reader) }
    }
  }

  @Test("a member over the limit is oversized", arguments: Packer.allCases)
  func oversize(packer: Packer) throws {
    try withArchive(packer) { _, path in
      let store = try ImageStore(path: path, maximumBytes: 100_000)
      let failure = #expect(throws: ImageStore.Failure.self) {
        try store.open("b/long.txt", with: ImageHeaderReader())
      }
      #expect(
        failure
          == .oversized(
            "member 'top/images/b/long.txt': expected at most 100000 bytes, found more"))
    }
  }
}
