import Foundation
import TestSupport
import Testing

@testable import Codecs

@Suite("Lists of paths")
struct PathListTests {
  private func archive(_ names: [String], at path: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    let tar = try TarWriter(path: path)
    for name in names {
      try Array("<\(name)>".utf8).withUnsafeBytes { try tar.add(name, $0) }
    }
    try tar.finish()
  }

  private func walked(_ tree: FileTree) throws -> [String] {
    var (walk, paths) = (tree.walk(), [String]())
    while let path = try walk.next() { paths.append(path) }
    return paths
  }

  @Test("what is listed is one tree below its common folder, in the list's order")
  func tree() throws {
    try withTemporaryDirectory { folder in
      try archive(["b.jpg", "a.jpg"], at: folder + "/s/x/2.tar")
      try archive(["a.jpg"], at: folder + "/s/y/1.tar")
      try write("p", to: folder + "/s/y/photos/c.jpg")
      try archive(["no.jpg"], at: folder + "/s/y/photos/left.tar")
      try write(
        "\(folder)/s/y/1.tar\r\n\n\(folder)/s/x/2.tar\n\(folder)/s/y/photos", to: folder + "/l.txt")
      let tree = try FileTree(path: "@\(folder)/l.txt")
      let all = ["y/1.tar/a.jpg", "x/2.tar/a.jpg", "x/2.tar/b.jpg", "y/photos/c.jpg"]
      #expect(try walked(tree).filter { !$0.hasSuffix("left.tar") } == all)
      for path in all { #expect(tree.contains(path), "\(path)") }
      #expect(!tree.contains("x/2.tar/c.jpg") && !tree.contains("x/3.tar/a.jpg"))
      let bytes = try tree.withBytes(of: "x/2.tar/b.jpg", limit: 99) { Array($0) }
      #expect(String(decoding: bytes, as: UTF8.self) == "<b.jpg>")
      #expect(PathList.all("@\(folder)/l.txt").count == 4)
      // A file that is called so is that file.
      #expect(PathList.file("plain.txt") == nil)
    }
  }

  @Test(
    "a line that names nothing to read, or the same twice, is told with its number",
    arguments: [
      ("a.tar\nnone.tar\n", "2: expected the path of an archive, folder or image, found nothing"),
      (
        "a.tar\n\n./a.tar\n",
        "3: expected the path of an archive, folder or image, found what line 1"
      ),
      (
        "notes.txt\n",
        "1: expected the path of an archive, folder or image, found 'FOLDER/notes.txt'"
      ),
      ("\n", " expected paths of archives, a line each, found none"),
    ])
  func faults(text: String, message: String) throws {
    try withTemporaryDirectory { folder in
      try archive(["a.jpg"], at: folder + "/a.tar")
      try write("x", to: folder + "/notes.txt")
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "" : "\(folder)/\($0)" }
      try write(lines.joined(separator: "\n"), to: folder + "/l.txt")
      let error = #expect(throws: ArchiveError.self) {
        _ = try FileTree(path: "@\(folder)/l.txt")
      }
      let expected = message.replacingOccurrences(of: "FOLDER", with: folder)
      #expect(error?.description.contains("l.txt:" + expected) == true, "\(error as Any)")
    }
  }

  @Test("a list is gone on with after faulty lines, and a byte order mark is no part of it")
  func skipping() throws {
    try withTemporaryDirectory { folder in
      try archive(["a.jpg"], at: folder + "/a.tar")
      try write("x", to: folder + "/b.txt")
      let lines = ["a.tar", "none.tar", "a.tar", "b.txt"].map { "\(folder)/\($0)" }
      try write("\u{FEFF}" + lines.joined(separator: "\n"), to: folder + "/l.txt")
      let tree = try FileTree(path: "@\(folder)/l.txt", skipsFaults: true)
      #expect(try walked(tree) == ["a.tar/a.jpg"])
      #expect(tree.listFaults.map(\.line) == [2, 3, 4])
      #expect(tree.listFaults.map(\.reason) == [.nothing, .repeated, .otherFile])
    }
  }
}
