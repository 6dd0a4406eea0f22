internal import Codecs
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Files packed as one stream")
struct PackedFileTests {
  private static let programs = [
    ("/usr/bin/gzip", "gz"), ("/usr/bin/bzip2", "bz2"), ("/usr/bin/xz", "xz"),
  ].filter { FileManager.default.isExecutableFile(atPath: $0.0) }

  @Test("hold what was packed, and their names lose the packer's ending", arguments: programs)
  func opened(program: (path: String, ending: String)) throws {
    try withTemporaryDirectory { folder in
      let bytes = noise(300_000)
      try bytes.write(to: "\(folder)/a.jsonl")
      try runTool(program.path, "a.jsonl", in: folder)
      let file = try PackedFile.open("\(folder)/a.jsonl.\(program.ending)")
      #expect(file.withBytes { [UInt8]($0) } == bytes)
      #expect(PackedFile.plainName("a.jsonl.\(program.ending)") == "a.jsonl")
    }
  }

  @Test("a plain file is itself")
  func plain() throws {
    try withTemporaryDirectory { folder in
      try write("plain\n", to: "\(folder)/a.txt")
      #expect(try PackedFile.open("\(folder)/a.txt").count == 6)
      #expect(PackedFile.plainName("a.txt") == "a.txt")
    }
  }

  @Test("a stream that is cut off, or stands for a full disk, is an error")
  func broken() throws {
    try withTemporaryDirectory { folder in
      try noise(100_000).write(to: "\(folder)/a")
      try runTool("/usr/bin/gzip", "a", in: folder)
      try Array([UInt8](file: "\(folder)/a.gz").prefix(50_000)).write(to: "\(folder)/cut.gz")
      let cut = #expect(throws: ArchiveError.self) { try PackedFile.open("\(folder)/cut.gz") }
      #expect(cut?.detail.hasPrefix("expected a whole file packed by gzip, found: ") == true)
      try [UInt8](repeating: 0, count: 100 << 20).write(to: "\(folder)/zeros")
      try runTool("/usr/bin/gzip", "zeros", in: folder)
      let bomb = #expect(throws: ArchiveError.self) { try PackedFile.open("\(folder)/zeros.gz") }
      #expect(bomb?.detail.hasPrefix("expected at most 256 times ") == true)
    }
  }

  @Test(
    "images of a compressed tar are opened, and those of several stores by the first that has them")
  func images() throws {
    try withTemporaryDirectory { folder in
      let small = gradient(width: 9, height: 7).png()
      let large = gradient(width: 19, height: 17).png()
      try small.write(to: "\(folder)/tar/a/x.png")
      try large.write(to: "\(folder)/plain/a/x.png")
      try large.write(to: "\(folder)/plain/a/y.png")
      try runTool("/usr/bin/tar", "czf", "set.tgz", "-C", "tar", "a", in: folder)
      let stores = try ["set.tgz", "plain"].map {
        try ImageStore(path: "\(folder)/\($0)", maximumBytes: 1 << 20)
      }
      let store = try #require(ImageStore(joining: stores))
      let reader = ImageHeaderReader()
      #expect(try store.open("a/x.png", with: reader).header.width == 9)
      #expect(try store.open("a/y.png", with: reader).header.width == 19)
      #expect(store.path(ofStem: "a/y", with: reader) == "a/y.png")
      #expect(throws: ImageStore.Failure.self) { try store.open("a/z.png", with: reader) }
      #expect(ImageStore(joining: []) == nil)
    }
  }
}
