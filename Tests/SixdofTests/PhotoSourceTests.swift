import Codecs
import Foundation
import Schema
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("photos without annotations")
struct PhotoSourceTests {
  /// What a folder with these files gives.
  private func read(_ names: [String]) throws -> (ids: [String], issues: [String]) {
    try withTemporaryDirectory { folder in
      for name in names { try write("x", to: "\(folder)/photos/\(name)") }
      return try read(folder + "/photos")
    }
  }

  private func read(_ path: String) throws -> (ids: [String], issues: [String]) {
    var source = try PhotoSource(FileTree(path: path), dataset: "photos")
    var (ids, issues): ([String], [String]) = ([], [])
    while let outcome = try source.next() {
      issues += outcome.issues.map { "\($0.severity): \($0)" }
      if let record = outcome.record { ids.append(record.id) }
    }
    #expect(source.position == source.size && source.size == ids.count)
    return (ids, issues)
  }

  @Test("images of formats that are not read are counted by format")
  func otherFormats() throws {
    let (ids, issues) = try read([
      "a.JPG", "b.tif", "c/d.tif", "e.HEIC", "f.WebP", "g.bmp", "notes.txt", ".f.gif",
      "__MACOSX/g.bmp",
    ])
    #expect(ids == ["photos/a", "photos/f", "photos/g"])
    #expect(
      issues == [
        "warning: photos: 1 file: expected .jpg, .jpeg, .png, .webp or .bmp, found .heic (first 'e.HEIC'); convert it to be read",
        "warning: photos: 2 files: expected .jpg, .jpeg, .png, .webp or .bmp, found .tif (first 'b.tif'); convert them to be read",
      ])
  }

  @Test("a folder of nothing else says so")
  func nothingRead() {
    let error = #expect(throws: RunFailure.self) { _ = try read(["a.tif", "b.tif", "c.avif"]) }
    #expect(error?.description.contains("found none; 1 file: expected .jpg") == true)
    #expect(error?.description.contains("2 files") == true)
    #expect(error?.description.contains("(first 'a.tif')") == true)
  }

  @Test("other names of JPEG are read")
  func jpegNames() throws {
    let (ids, issues) = try read(["a.jfif", "b.JPE", "c.jpeg", "d.Png"])
    #expect(ids == ["photos/a", "photos/b", "photos/c", "photos/d"] && issues.isEmpty)
  }

  @Test("a folder of tars is read through, and beside photos archives are left alone")
  func foldersOfArchives() throws {
    try SyntheticSet.with(count: 12) { set in
      let images = try FileManager.default.subpathsOfDirectory(atPath: set.images)
        .filter { $0.hasSuffix(".jpg") }.sorted()
      let folder = set.folder + "/shards"
      try write("", to: folder + "/notes.txt")
      // More than are kept open at a time.
      for (i, image) in images.enumerated() {
        try FileManager.default.createDirectory(
          atPath: folder + "/\(i % 2)", withIntermediateDirectories: true)
        let tar = try TarWriter(path: folder + "/\(i % 2)/\(i).tar")
        try Array(set.bytes("images/" + image)).withUnsafeBytes { try tar.add("a/\(i).jpg", $0) }
        try Array("{}".utf8).withUnsafeBytes { try tar.add("\(i).json", $0) }
        try tar.finish()
      }
      let (ids, issues) = try read(folder)
      #expect(
        ids.sorted()
          == images.indices.map { "photos/\($0 % 2)/\($0).tar/a/\($0)" }.sorted())
      #expect(issues.isEmpty)
      let store = try FileTree(path: folder).images(maximumBytes: 1 << 20)
      let reader = ImageHeaderReader(limit: .standard)
      for i in images.indices.reversed() {
        let image = try store.open("\(i % 2)/\(i).tar/a/\(i).jpg", with: reader)
        let bytes = try image.bytes()
        #expect(try bytes == Array(set.bytes("images/" + images[i])))
      }
      #expect(throws: ImageStore.Failure.self) { try store.open("0/0.tar/b.jpg", with: reader) }
      try write("none", to: folder + "/2/broken.tar")
      #expect(try read(folder).issues.count == 1)
      try write("x", to: folder + "/photo.jpg")
      #expect(try read(folder).ids == ["photos/photo"])
    }
  }

  /// A tar of these files, as a file and as a stream: ids, what is kept under `native`, and issues.
  private func both(
    _ files: [(name: String, text: String)], maximumBytes: Int = 1 << 10
  ) throws -> (file: [String], stream: [String], issues: [String]) {
    try withTemporaryDirectory { folder in
      let path = folder + "/x.tar"
      let tar = try TarWriter(path: path)
      for file in files {
        try Array(file.text.utf8).withUnsafeBytes { try tar.add(file.name, $0) }
      }
      try tar.finish()
      func words(_ record: ImageRecord) -> String {
        guard case .object(let value) = record.native else { return record.id }
        return record.id + " \(value["img2dataset"]?["caption"]?.text ?? "none")"
      }
      var (ofFile, ofStream, issues): ([String], [String], [String]) = ([], [], [])
      var source = try PhotoSource(FileTree(path: path), dataset: "photos")
      while let outcome = try source.next() {
        if let record = outcome.record { ofFile.append(words(record)) }
      }
      let input = open(path, O_RDONLY)
      defer { close(input) }
      var stream = PhotoStream(
        try TarStream(descriptor: input, path: "pipe"), dataset: "photos",
        maximumBytes: maximumBytes)
      while let outcome = try stream.next() {
        issues += outcome.issues.map { "\($0.severity): \($0)" }
        guard let record = outcome.record else { continue }
        ofStream.append(words(record))
        #expect(outcome.image.map { String(decoding: $0, as: UTF8.self) } == record.image.path)
      }
      return (ofFile, ofStream, issues)
    }
  }

  @Test(
    "a tar that comes through a pipe gives the records of the file, with what a downloader says")
  func stream() throws {
    let said = #"{"key": "1", "url": "http://x/1", "caption": "a face", "exif": "{}"}"#
    let (file, stream, issues) = try both([
      ("d/1.jpg", "d/1.jpg"), ("d/1.json", said), ("d/1.txt", "a face"), ("d/2.jpg", "d/2.jpg"),
      ("d/2.json", "{\"other\": 1}"), ("d/2.png", "d/2.png"), ("d/3.gif", "x"),
      ("d/3.jpg", "d/3.jpg"), ("d/3.json", "{bad"),
    ])
    #expect(
      file == ["photos/d/1 a face", "photos/d/2.jpg", "photos/d/2.png", "photos/d/3"])
    #expect(stream == file)
    #expect(issues.count == 2)
    #expect(issues[0].hasPrefix("warning: photos/d/3: 'd/3.json': JSON, character 2:"))
    #expect(issues[1].hasPrefix("warning: pipe: 1 file: expected .jpg"))
  }

  @Test("metadata may come first, ids never repeat, and what is too large is an issue")
  func oddStreams() throws {
    let said = #"{"url": "u", "caption": "c"}"#
    let odd = try both([
      ("1.json", said), ("1.jpg", "1.jpg"), ("a.jpg", "a.jpg"), ("a.jpg.png", "a.jpg.png"),
      ("a.png", "a.png"),
    ])
    #expect(odd.stream == ["photos/1 c", "photos/a", "photos/a.jpg", "photos/a.png"])
    let large = try both([("1.jpg", "1.jpg"), ("large.jpg", "large.jpg")], maximumBytes: 6)
    #expect(large.stream == ["photos/1"])
    #expect(
      large.issues == [
        "error: photos/large: image 'large.jpg': expected at most 6 bytes, found more"
      ])
  }

  @Test("a stream that is none, ends early or has no images says so")
  func brokenStreams() throws {
    try withTemporaryDirectory { folder in
      func stream(_ text: [UInt8]) throws -> PhotoStream {
        try Data(text).write(to: URL(fileURLWithPath: folder + "/x"))
        let input = open(folder + "/x", O_RDONLY)
        return PhotoStream(
          try TarStream(descriptor: input, path: "pipe"), dataset: "d", maximumBytes: 99)
      }
      let tar = try TarWriter(path: folder + "/t.tar")
      try Array(repeating: UInt8(7), count: 2000).withUnsafeBytes { try tar.add("a.jpg", $0) }
      try Array("x".utf8).withUnsafeBytes { try tar.add("b.txt", $0) }
      try tar.finish()
      let whole = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/t.tar")))
      #expect(throws: ArchiveError.self) {
        var none = try stream(Array("this is no tar".utf8))
        _ = try none.next()
      }
      #expect(throws: ArchiveError.self) {
        var cut = try stream(Array(whole.prefix(1500)))
        while try cut.next() != nil {}
      }
      let error = #expect(throws: RunFailure.self) {
        // The second file alone.
        var empty = try stream(Array(whole.dropFirst(512 + 2048)))
        while try empty.next() != nil {}
      }
      #expect(error?.description.hasPrefix("pipe: expected a tar with images") == true)
    }
  }

  @Test("photos that differ in the extension alone keep it in their ids, and no others do")
  func sameStems() throws {
    let (ids, _) = try read([
      "IMG_1.JPG", "IMG_1.png", "IMG_2.JPG", "a.JPG", "a.b.png", "a-c.jpg", "a.d/a.jpg", "a.jpeg",
      "a.jpg", "b/IMG_1.png", "b.jpg",
    ])
    #expect(
      ids
        == [
          "photos/IMG_1.JPG", "photos/IMG_1.png", "photos/IMG_2", "photos/a-c", "photos/a.JPG",
          "photos/a.b", "photos/a.d/a", "photos/a.jpeg", "photos/a.jpg", "photos/b/IMG_1",
          "photos/b",
        ].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } || Set(ids).count == 11)
    #expect(Set(ids).isSuperset(of: ["photos/a.JPG", "photos/a.jpeg", "photos/a.jpg"]))
    #expect(Set(ids).isSuperset(of: ["photos/a-c", "photos/a.b", "photos/a.d/a", "photos/b"]))
    #expect(Set(ids).isSuperset(of: ["photos/IMG_2", "photos/b/IMG_1", "photos/IMG_1.png"]))
  }

  @Test("an id that keeps its extension is no other photo's id")
  func nestedStems() throws {
    let (ids, _) = try read(["a.jpg", "a.png", "a.jpg.png", "c.jpg", "c.jpg.png"])
    #expect(
      ids == ["photos/a.jpg", "photos/a.jpg.png", "photos/a.png", "photos/c", "photos/c.jpg"])
  }

  @Test("names that are not UTF-8 are counted and never opened under another name")
  func otherNames() throws {
    try withTemporaryDirectory { folder in
      try write("x", to: folder + "/photos/a.jpg")
      let bytes: [UInt8] = Array("\(folder)/photos/caf".utf8) + [0xE9] + Array(".jpg".utf8) + [0]
      let file = bytes.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { name in
        name.baseAddress.map { open($0, O_CREAT | O_WRONLY, 0o644) } ?? -1
      }
      #expect(file >= 0)
      close(file)
      let (ids, issues) = try read(folder + "/photos")
      #expect(ids == ["photos/a"])
      #expect(
        issues == [
          "error: photos: expected names in UTF-8, found 1 of other bytes, to be renamed, first 'caf\\xE9.jpg'"
        ])
    }
  }

  @Test("a zip is looked through as a folder is", .enabled(if: hasProgram("/usr/bin/zip")))
  func archive() throws {
    try withTemporaryDirectory { folder in
      for name in ["a.jpg", "a.png", "b.tif"] { try write("x", to: "\(folder)/in/\(name)") }
      try Program.system("/usr/bin/zip", ["-qr", "photos.zip", "in"], in: folder)
      let (ids, issues) = try read(folder + "/photos.zip")
      #expect(ids == ["photos/in/a.jpg", "photos/in/a.png"])
      #expect(issues.count == 1 && issues[0].contains("found .tif (first 'in/b.tif')"))
    }
  }
}
