internal import Codecs
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Forms of files")
struct FileSignatureTests {
  private static let heads: [([UInt8], FileSignature)] = {
    let zeros = { [UInt8](repeating: 0, count: $0) }
    var heads: [([UInt8], FileSignature)] = []
    heads.append(([], .empty))
    heads.append((Array("1 2 3\n".utf8), .text(.ascii)))
    heads.append(([0xE9, 0x74, 0xE9, 0x20, 0x31, 0x0A], .text(.ascii)))
    heads.append(([0xFF, 0xFE, 0x61, 0], .text(.utf16)))
    heads.append((Array("a\0b\0c\0\n\0".utf8), .text(.utf16)))
    heads.append(([0x93] + Array("NUMPY".utf8), .npy))
    heads.append(([0xFF, 0xD8, 0xFF, 0xE0], .image))
    heads.append(([0x50, 0x4B, 3, 4] + zeros(40), .zip))
    heads.append(([0x80, 4, 0x95, 3, 0], .other("a Python pickle")))
    heads.append((Array("Rar!\u{1A}\u{7}".utf8), .other("a RAR archive")))
    heads.append((zeros(16) + [0xDE, 0xC0, 0xEF, 0xBE, 1, 0, 0, 0], .lmdb(version: 1)))
    heads.append((zeros(24) + [0xDE, 0xC0, 0xEF, 0xBE, 2, 0, 0, 0], .lmdb(version: 2)))
    heads.append((Array("MATLAB 7.3 MAT-file".utf8), .matlab(version: "7.3")))
    heads.append((zeros(1024), .tar))
    return heads
  }()

  @Test("the first bytes tell what a file is", arguments: heads)
  func head(bytes: [UInt8], signature: FileSignature) {
    #expect(FileSignature(head: bytes) == signature)
  }

  @Test("a compressed tar is told by what is in it, whatever its name")
  func compressedTar() throws {
    try withTemporaryDirectory { folder in
      try write("1 2 3\n", to: "\(folder)/a.txt")
      try runTool("/usr/bin/tar", "czf", "plain.tar", "a.txt", in: folder)
      try runTool("/usr/bin/gzip", "-k", "a.txt", in: folder)
      #expect(
        try FileSignature(path: "\(folder)/plain.tar") == .compressed(by: "gzip", isTar: true))
      #expect(
        try FileSignature(path: "\(folder)/a.txt.gz") == .compressed(by: "gzip", isTar: false))
      #expect(try FileTree(path: "\(folder)/plain.tar").contains("a.txt"))
      let error = #expect(throws: ArchiveError.self) { try FileTree(path: "\(folder)/a.txt.gz") }
      #expect(error?.detail.contains("found text that is packed by gzip") == true)
    }
  }

  @Test("a zip is one whatever its name")
  func otherName() throws {
    try withTemporaryDirectory { folder in
      try write("x", to: "\(folder)/a.txt")
      try runTool("/usr/bin/zip", "-q", "set.zip", "a.txt", in: folder)
      try FileManager.default.moveItem(atPath: "\(folder)/set.zip", toPath: "\(folder)/set.bin")
      #expect(try FileTree(path: "\(folder)/set.bin").contains("a.txt"))
    }
  }
}

@Suite("LMDBs of others")
struct ForeignLMDBTests {
  @Test(
    "their values are named",
    arguments: [
      ([0x80, 4, 0x95, 1, 0, 0x2E], "Python pickles"), (Array(#"{"a": 1}"#.utf8), "JSON"),
      ([0xFF, 0xD8, 0xFF, 0xE0, 0, 1], "images alone, without annotations"),
      ([0x08, 3, 0x10, 32, 0x18], "Protocol Buffers, as Caffe's Datum"),
      ([0x91, 0x01], nil),
    ] as [([UInt8], String?)])
  func values(value: [UInt8], name: String?) throws {
    try withTemporaryDirectory { folder in
      try writeLMDB([Entry(key: [0x30], value: value)], to: "\(folder)/a", append: true)
      #expect(try LMDBReader(path: "\(folder)/a").foreignValues() == name)
    }
  }

  @Test("one in a folder of its own is read, and nothing is written there")
  func folder() throws {
    try withTemporaryDirectory { folder in
      try FileManager.default.createDirectory(
        atPath: "\(folder)/set", withIntermediateDirectories: false)
      try writeLMDB([Entry(key: [1], value: [2])], to: "\(folder)/set/data.mdb", append: true)
      #expect(try LMDBReader(path: "\(folder)/set").count() == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/set") == ["data.mdb"])
    }
  }

  @Test("a file of no bytes is said to be one")
  func empty() throws {
    try withTemporaryDirectory { folder in
      try write("", to: "\(folder)/a.lmdb")
      let error = #expect(throws: UnreadableLMDB.self) {
        try LMDBReader(path: "\(folder)/a.lmdb")
      }
      #expect(error?.found == "0 bytes")
    }
  }
}

@Suite("Images near a missing one")
struct NearImageTests {
  private static let picture = gradient(width: 9, height: 7).jpeg(quality: 80)

  /// What is said of a path in a folder of these images, and in a zip of them.
  private func difference(_ asked: String, _ files: [String]) throws -> [NearImage?] {
    try withTemporaryDirectory { folder in
      for file in files { try Self.picture.write(to: "\(folder)/images/\(file)") }
      try runTool("/usr/bin/zip", "-q", "-r", "../images.zip", ".", in: "\(folder)/images")
      return try ["images", "images.zip"].map { place in
        let store = try ImageStore(path: "\(folder)/\(place)", maximumBytes: 1 << 20)
        do throws(ImageStore.Failure) {
          _ = try store.open(asked, with: ImageHeaderReader())
          return nil
        } catch {
          guard case .missing(let near) = error else { return nil }
          return near
        }
      }
    }
  }

  @Test(
    "is named with what differs",
    arguments: [
      ("a/B.jpg", ["a/b.jpg", "c/b2.jpg"], "a/b.jpg", "which differs in case"),
      ("a/b.JPG", ["a/b.jpg"], "a/b.jpg", "which differs in case"),
      ("a/b.jpg", ["a/b.png"], "a/b.png", "which differs in its ending"),
      ("a/b", ["a/b.jpg"], "a/b.jpg", "which differs in its ending"),
      ("x/a/b.jpg", ["a/b.jpg"], "a/b.jpg", "which has no 'x/' before it"),
    ])
  func near(asked: String, files: [String], path: String, difference: String) throws {
    for near in try self.difference(asked, files) {
      #expect(near?.path == path)
      #expect(near?.difference == difference)
    }
  }

  @Test("letters composed otherwise are named in a folder, and found in an archive")
  func unicodeForms() throws {
    let near = try difference("a/e\u{301}.jpg", ["a/\u{E9}.jpg"])
    #expect(near[0]?.path.unicodeScalars.elementsEqual("a/\u{E9}.jpg".unicodeScalars) == true)
    #expect(near[0]?.difference.hasPrefix("which differs in its Unicode form") == true)
    #expect(near[1] == nil)
  }

  @Test("what other systems write for the same path is found")
  func normal() throws {
    for asked in ["./a/b.jpg", "a//b.jpg", "a\\b.jpg", ".\\a\\b.jpg"] {
      #expect(try difference(asked, ["a/b.jpg"]) == [nil, nil])
    }
  }

  @Test("nothing is named where several would fit, or none")
  func ambiguous() throws {
    #expect(try difference("x.jpg", ["a/x.jpg", "b/x.jpg"]) == [nil, nil])
    #expect(try difference("y.jpg", ["a/x.jpg"]) == [nil, nil])
  }
}

@Suite("Walks over links")
struct LinkWalkTests {
  @Test("links are followed wherever they lead; broken ones and those that lead back are counted")
  func links() throws {
    try withTemporaryDirectory { folder in
      try write("x", to: "\(folder)/blobs/1")
      try write("y", to: "\(folder)/class/y.txt")
      try write("z", to: "\(folder)/set/z.txt")
      try link("\(folder)/set/one.txt", to: "../blobs/1")
      try link("\(folder)/set/class", to: "../class")
      try link("\(folder)/set/gone.txt", to: "../blobs/2")
      try link("\(folder)/set/self", to: "self")
      try link("\(folder)/class/up", to: "../set")
      let tree = try FileTree(path: "\(folder)/set")
      var walk = tree.walk()
      var found: [String] = []
      while let file = try walk.next() { found.append(file) }
      #expect(found == ["class/y.txt", "one.txt", "z.txt"])
      #expect(walk.brokenLinks.count == 1 && walk.brokenLinks.first == "gone.txt")
      #expect(walk.cycles.count == 2)
      #expect(tree.contains("one.txt") && tree.contains("class/y.txt"))
      #expect(!tree.contains("../blobs/1") && !tree.contains("gone.txt"))
      #expect(try tree.withBytes(of: "one.txt", limit: 9) { Array($0) } == Array("x".utf8))
      #expect(try tree.entries(of: "").folders == ["class"])
    }
  }
}
