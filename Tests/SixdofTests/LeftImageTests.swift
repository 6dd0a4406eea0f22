import Codecs
import Foundation
import Schema
import TestSupport
import Testing

@testable import Runs
@testable import sixdof

@Suite("images that are left out are told")
struct LeftImageTests {
  private let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + Array("JFIF".utf8) + [0, 1]

  /// A tar of entries by name, type and target of a link; only files ("0") have data.
  private func tar(_ entries: [(name: [UInt8], type: String, target: String)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      var header = [UInt8](repeating: 0, count: 512)
      func put(_ text: [UInt8], at place: Int) {
        header.replaceSubrange(place..<place + text.count, with: text)
      }
      let data = entry.type == "0" ? jpeg : []
      put(entry.name, at: 0)
      put(Array("0000644\0".utf8), at: 100)
      put(
        Array((String(repeating: "0", count: 10) + String(data.count, radix: 8)).utf8.suffix(11)),
        at: 124)
      put(Array("00000000000".utf8), at: 136)
      put(Array(repeating: 0x20, count: 8), at: 148)
      put(Array(entry.type.utf8), at: 156)
      put(Array(entry.target.utf8), at: 157)
      put(Array("ustar\u{0}00".utf8), at: 257)
      let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
      put(Array((String(repeating: "0", count: 6 - sum.count) + sum + "\0 ").utf8), at: 148)
      bytes += header + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
    }
    return bytes + [UInt8](repeating: 0, count: 1024)
  }

  private func tar(_ names: [String]) -> [UInt8] { tar(names.map { (Array($0.utf8), "0", "") }) }

  /// A zip of stored files whose names are marked as UTF-8.
  private func zip(_ names: [String]) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in jpeg {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    let sums = little(Int(~crc), 4) + little(jpeg.count, 4) + little(jpeg.count, 4)
    var (bytes, directory): ([UInt8], [UInt8]) = ([], [])
    for name in names {
      let common = little(20, 2) + little(0x800, 2) + little(0, 6) + sums
      let count = little(name.utf8.count, 2)
      directory += little(0x0201_4B50, 4) + little(20, 2) + common + count + little(0, 12)
      directory += little(bytes.count, 4) + Array(name.utf8)
      bytes += little(0x0403_4B50, 4) + common + count + little(0, 2) + Array(name.utf8) + jpeg
    }
    return bytes + directory + little(0x0605_4B50, 4) + little(0, 4) + little(names.count, 2)
      + little(names.count, 2) + little(directory.count, 4) + little(bytes.count, 4) + little(0, 2)
  }

  private func save(_ bytes: [UInt8], at path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  private func read(_ path: String) throws -> (paths: [String], issues: [String]) {
    var source = try PhotoSource(FileTree(path: path, skipsFaults: true), dataset: "d")
    return try all { try source.next() }
  }

  private func stream(_ path: String) throws -> (paths: [String], issues: [String]) {
    let input = open(path, O_RDONLY)
    defer { close(input) }
    var source = PhotoStream(
      try TarStream(descriptor: input, path: "pipe"), dataset: "d", maximumBytes: 1 << 20)
    return try all { try source.next() }
  }

  private func all(_ next: () throws -> Outcome?) rethrows -> (paths: [String], issues: [String]) {
    var (paths, issues): ([String], [String]) = ([], [])
    while let outcome = try next() {
      issues += outcome.issues.map { "\($0.severity) \($0.code.rawValue) \($0)" }
      if let record = outcome.record { paths.append(record.image.path) }
    }
    return (paths, issues)
  }

  @Test("members that lead out of an archive are each an issue, by name")
  func unsafePaths() throws {
    try withTemporaryDirectory { folder in
      let names = ["../e.jpg", "/abs.jpg", "a/../b.jpg", "../notes.txt", "./c.jpg", "ünï.jpg"]
      try save(tar(names), at: folder + "/x.tar")
      try save(zip(names), at: folder + "/x.zip")
      let (ofTar, ofZip) = (try read(folder + "/x.tar"), try read(folder + "/x.zip"))
      #expect(ofTar.paths == ["c.jpg", "ünï.jpg"] && ofZip.paths == ofTar.paths)
      let remedy = "; pack it anew from inside its folder"
      let expected = [
        "error unsafe-path x.tar: member '../e.jpg': expected a path inside the archive, found one with '..'"
          + remedy,
        "error unsafe-path x.tar: member '/abs.jpg': expected a path inside the archive, found an absolute one"
          + remedy,
        "error unsafe-path x.tar: member 'a/../b.jpg': expected a path inside the archive, found one with '..'"
          + remedy,
      ]
      #expect(ofTar.issues == expected)
      #expect(ofZip.issues == expected.map { $0.replacingOccurrences(of: "x.tar", with: "x.zip") })
      let streamed = try stream(folder + "/x.tar")
      #expect(streamed.paths == ofTar.paths)
      #expect(
        streamed.issues == expected.map { $0.replacingOccurrences(of: "x.tar", with: "pipe") })
      // In a folder of archives the archive is the place.
      try FileManager.default.removeItem(atPath: folder + "/x.zip")
      #expect(try read(folder).issues == expected)
      try save(tar(["../e.jpg"]), at: folder + "/none.tar")
      let error = #expect(throws: RunFailure.self) { _ = try read(folder + "/none.tar") }
      #expect(error?.description.contains("found none; member '../e.jpg': expected") == true)
    }
  }

  @Test("links, pipes and names of other bytes in an archive are told, and so are second members")
  func otherMembers() throws {
    try withTemporaryDirectory { folder in
      func name(_ text: String, _ byte: UInt8) -> [UInt8] {
        Array(text.utf8) + [byte] + Array(".jpg".utf8)
      }
      try save(
        tar([
          (Array("1.jpg".utf8), "0", ""), (Array("s.jpg".utf8), "2", "1.jpg"),
          (Array("f.jpg".utf8), "6", ""), (Array("d.jpg".utf8), "3", ""),
          (name("lat", 0xE9), "0", ""), (name("lat", 0xE8), "0", ""),
          (Array("latest".utf8), "2", "v1"), (Array("1.jpg".utf8), "0", ""),
        ]), at: folder + "/x.tar")
      let (file, piped) = (try read(folder + "/x.tar"), try stream(folder + "/x.tar"))
      #expect(file.paths == ["1.jpg"])
      #expect(
        file.issues.map { $0.split(separator: ":").prefix(2).joined(separator: ":") } == [
          "error broken-link x.tar: member 's.jpg'", "error unreadable-image x.tar: member 'f.jpg'",
          "error unreadable-image x.tar: member 'd.jpg'",
          "error path-not-utf-8 x.tar: member 'lat\\xE9.jpg'",
          "error path-not-utf-8 x.tar: member 'lat\\xE8.jpg'",
          "error duplicate-record x.tar: member '1.jpg'",
        ])
      #expect(file.issues.last?.contains("the last is read") == true)
      #expect(piped.paths == ["1.jpg"] && piped.issues.count == 6)
      #expect(piped.issues.contains { $0.contains("the first is read") })
      try save(zip(["a.jpg", "a.jpg", "A.jpg"]), at: folder + "/x.zip")
      let ofZip = try read(folder + "/x.zip")
      #expect(ofZip.paths == ["A.jpg", "a.jpg"] && ofZip.issues.count == 1)
    }
  }

  @Test("archives beside images and in archives are told with the way to have them read")
  func innerArchives() throws {
    try withTemporaryDirectory { folder in
      try save(jpeg, at: folder + "/mix/plain.jpg")
      try save(tar(["1.jpg"]), at: folder + "/mix/n.tar")
      try save(zip(["2.jpg"]), at: folder + "/mix/z.zip")
      let mixed = try read(folder + "/mix")
      #expect(mixed.paths == ["plain.jpg"])
      #expect(
        mixed.issues == [
          "warning unread-format mix: 2 archives not read: expected images, found an archive beside images (first 'n.tar'); to have them read, name all of them in a list, a path a line, and give @LIST"
        ])
      // The remedy is true.
      try write(
        "\(folder)/mix/plain.jpg\n\(folder)/mix/n.tar\n\(folder)/mix/z.zip\n\(folder)/none.zip",
        to: folder + "/l.txt")
      let listed = try read("@\(folder)/l.txt")
      #expect(listed.paths == ["plain.jpg", "n.tar/1.jpg", "z.zip/2.jpg"])
      #expect(listed.issues.count == 1)
      #expect(
        listed.issues.first?.hasPrefix("error missing-image l.txt:4: expected the path") == true)
      try save(zip(["in/n.zip", "in/t.tar", "top.jpg"]), at: folder + "/nest.zip")
      let nested = try read(folder + "/nest.zip")
      #expect(nested.paths == ["top.jpg"] && nested.issues.count == 1)
      #expect(nested.issues.first?.hasSuffix("to have them read, unpack the outer one") == true)
    }
  }

  @Test("images without an ending are told, other files without one are not")
  func noEnding() throws {
    try withTemporaryDirectory { folder in
      for name in ["a.jpg", "IMG_1", "b/IMG_2"] { try save(jpeg, at: "\(folder)/in/\(name)") }
      try write("how to use", to: folder + "/in/README")
      let expected =
        "2 images without an ending: expected .jpg, .jpeg, .png, .webp or .bmp at the end of the name, found none (first 'IMG_1'); rename them to be read"
      let found = try read(folder + "/in")
      #expect(found.paths == ["a.jpg"])
      #expect(found.issues == ["warning unread-format in: " + expected])
      try save(tar(["IMG_1", "a.jpg", "b/IMG_2"]), at: folder + "/x.tar")
      #expect(try read(folder + "/x.tar").issues == ["warning unread-format x.tar: " + expected])
      #expect(try stream(folder + "/x.tar").issues == ["warning unread-format pipe: " + expected])
    }
  }

  @Test(
    "a locked or damaged archive says so in one message", .enabled(if: hasProgram("/usr/bin/zip")))
  func lockedArchive() throws {
    try withTemporaryDirectory { folder in
      try save(jpeg, at: folder + "/a.jpg")
      try Program.system("/usr/bin/zip", ["-q", "-P", "secret", "e.zip", "a.jpg"], in: folder)
      let store = try FileTree(path: folder + "/e.zip").images(maximumBytes: 1 << 20)
      let error = #expect(throws: ImageStore.Failure.self) {
        try store.open("a.jpg", with: ImageHeaderReader(limit: .standard))
      }
      #expect(
        error
          == .unreadable("data behind a passphrase; unpack the archive with it and name the folder")
      )
      try save(Array(zip(["a.jpg", "b.jpg"]).prefix(80)), at: folder + "/cut.zip")
      let cut = #expect(throws: ArchiveError.self) { _ = try read(folder + "/cut.zip") }
      #expect(
        cut?.detail.hasPrefix("expected a whole zip or tar archive, found damaged data (") == true)
      #expect(cut?.detail.hasSuffix("); fetch the archive again, or pack it anew") == true)
    }
  }
}
