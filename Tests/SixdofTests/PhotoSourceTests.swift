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
