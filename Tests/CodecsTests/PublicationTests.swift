import Foundation
import TestSupport
import Testing

@testable import Codecs

/// Three files and a folder of a run that is whole, with or without an older output in place.
private struct Scene {
  let folder: String
  var base: String { folder + "/train" }
  var unfinished: String { base + ".partial" }

  static let suffixes = [".lmdb", "_mean.npy", ".jsonl"]

  init(_ folder: String, hasOlder: Bool) throws {
    self.folder = folder
    try fill(unfinished, "new", suffixes: Self.suffixes)
    try write("{\"sixdof\": 1}\n", to: unfinished + "/run.json")
    guard hasOlder else { return }
    // The older one has a file that the new one has not, and lacks one.
    try fill(folder, "old", suffixes: [".lmdb", "_mean.npy", ".npz"])
  }

  private func fill(_ folder: String, _ text: String, suffixes: [String]) throws {
    for suffix in suffixes { try write(text, to: "\(folder)/train\(suffix)") }
    try write(text, to: "\(folder)/train_lists/0/\(text).json")
  }

  var publication: Publication {
    var items = Self.suffixes.map {
      Publication.Item(name: "train\($0)", target: base + $0, kind: .file)
    }
    items.append(.init(name: "train_lists", target: base + "_lists", kind: .folder))
    items.append(.init(name: "train.npz", target: base + ".npz", kind: .obsolete))
    return Publication(in: unfinished, of: items)
  }

  /// The publication after all names have become links.
  func staged() throws -> Publication {
    let publication = publication
    try publication.writeJournal()
    for item in publication.items { try publication.stage(item) }
    return publication
  }

  /// What a reader finds under the final names.
  var found: [String: String] {
    var found: [String: String] = [:]
    for name in ["train.lmdb", "train_mean.npy", "train.jsonl", "train.npz"]
      + ["train_lists/0/new.json", "train_lists/0/old.json"]
    {
      found[name] = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
    return found
  }

  static let old = [
    "train.lmdb": "old", "train_mean.npy": "old", "train.npz": "old",
    "train_lists/0/old.json": "old",
  ]
  static let new = [
    "train.lmdb": "new", "train_mean.npy": "new", "train.jsonl": "new",
    "train_lists/0/new.json": "new",
  ]

  /// Whether a name is a link still.
  var hasLinks: Bool {
    ["train.lmdb", "train_mean.npy", "train.jsonl", "train.npz", "train_lists"].contains { name in
      var status = stat()
      return lstat("\(folder)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
  }
}

@Suite("Publishing in one step")
struct PublicationTests {
  @Test("whole, it leaves plain files and folders and nothing else", arguments: [false, true])
  func whole(hasOlder: Bool) throws {
    try withTemporaryDirectory { folder in
      let scene = try Scene(folder, hasOlder: hasOlder)
      try scene.publication.perform()
      #expect(scene.found == Scene.new)
      #expect(!scene.hasLinks)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: scene.unfinished) == ["run.json"])
    }
  }

  @Test(
    "ended at any point, readers find the old or the new, and the next run settles it",
    arguments: [false, true], [0, 1, 2, 3, 4, 5])
  func staged(hasOlder: Bool, count: Int) throws {
    let old = hasOlder ? Scene.old : [:]
    try withTemporaryDirectory { folder in
      let scene = try Scene(folder, hasOlder: hasOlder)
      let publication = scene.publication
      try publication.writeJournal()
      for item in publication.items.prefix(count) {
        try publication.stage(item)
        #expect(scene.found == old)
      }
      let outputs = try OutputSet(
        base: scene.base, files: [".lmdb"], inputs: [], existing: .overwritten, resume: true)
      try outputs.begin(run: "{\"sixdof\": 1}\n")
      #expect(outputs.isResumed)
      #expect(scene.found == old)
      #expect(!scene.hasLinks)
      #expect(
        try String(contentsOfFile: scene.unfinished + "/train.jsonl", encoding: .utf8) == "new")
      try scene.publication.perform()
      #expect(scene.found == Scene.new)
    }
  }

  @Test(
    "after the switch all is new, whatever is settled", arguments: [false, true], [0, 1, 3, 5])
  func switched(hasOlder: Bool, settled: Int) throws {
    try withTemporaryDirectory { folder in
      let scene = try Scene(folder, hasOlder: hasOlder)
      let publication = try scene.staged()
      try publication.point(to: ".")
      #expect(scene.found == Scene.new)
      for item in publication.items.prefix(settled) {
        try publication.settleForward(item)
        #expect(scene.found == Scene.new)
      }
      // It may have been moved meanwhile.
      let moved = folder + "/elsewhere"
      try FileManager.default.createDirectory(atPath: moved, withIntermediateDirectories: false)
      for name in try FileManager.default.contentsOfDirectory(atPath: folder)
      where name != "elsewhere" {
        try FileManager.default.moveItem(atPath: "\(folder)/\(name)", toPath: "\(moved)/\(name)")
      }
      let outputs = try OutputSet(
        base: moved + "/train", files: [".lmdb"], inputs: [], existing: .overwritten, resume: true)
      #expect(throws: FinishedRun.self) { try outputs.begin(run: "other") }
      let scenes = Scene(moved)
      #expect(scenes.found == Scene.new)
      #expect(!scenes.hasLinks)
      #expect(!FileManager.default.fileExists(atPath: scenes.unfinished))
    }
  }

  @Test(
    "without a run that writes, all is settled too, and the folder is gone",
    arguments: [false, true], [0, 2, 5])
  func settledAlone(isSwitched: Bool, settled: Int) throws {
    try withTemporaryDirectory { folder in
      let scene = try Scene(folder, hasOlder: true)
      let publication = try scene.staged()
      if isSwitched {
        try publication.point(to: ".")
        for item in publication.items.prefix(settled) { try publication.settleForward(item) }
      }
      #expect(scene.hasLinks || settled == publication.items.count)
      try OutputSet.settle(scene.base)
      #expect(scene.found == (isSwitched ? Scene.new : Scene.old))
      #expect(!scene.hasLinks)
      #expect(!FileManager.default.fileExists(atPath: scene.unfinished))
      // Where there is nothing to settle, nothing is done.
      try OutputSet.settle(scene.base)
      #expect(scene.found == (isSwitched ? Scene.new : Scene.old))
    }
  }

  @Test("what another run is just giving its names is left to it")
  func settledInUse() throws {
    try withTemporaryDirectory { folder in
      let scene = try Scene(folder, hasOlder: true)
      let other = UnfinishedFolder(base: scene.base)
      try other.take()
      #expect(throws: OutputInUse.self) { try OutputSet.settle(scene.base) }
      #expect(other.remove())
    }
  }

  @Test("a scratch folder that is not there is said and not made")
  func missingScratch() throws {
    try withTemporaryDirectory { folder in
      let outputs = try OutputSet(base: folder + "/train", files: [".lmdb"], inputs: [])
      #expect {
        try outputs.useScratch(folder + "/none")
      } throws: { "\($0)".hasSuffix("/none: expected a scratch folder, found none") }
      #expect(!FileManager.default.fileExists(atPath: folder + "/none"))
    }
  }

  @Test("a name that cannot be changed leaves everything as it was")
  func failed() throws {
    try withTemporaryDirectory { folder in
      let scene = try Scene(folder, hasOlder: true)
      var items = scene.publication.items
      items.append(.init(name: "train.more", target: folder + "/none/train.more", kind: .file))
      #expect(throws: FileError.self) {
        try Publication(in: scene.unfinished, of: items).perform()
      }
      #expect(scene.found == Scene.old)
      #expect(!scene.hasLinks)
      try scene.publication.perform()
      #expect(scene.found == Scene.new)
    }
  }

  @Test("a link of the user's stays, and what it names is replaced")
  func userLink() throws {
    try withTemporaryDirectory { folder in
      try write("old", to: folder + "/other/place.jsonl")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/a.jsonl", withDestinationPath: "other/place.jsonl")
      let outputs = try OutputSet(
        file: folder + "/a.jsonl", ending: ".jsonl", companions: [".issues.jsonl"], inputs: [])
      try outputs.begin()
      try outputs.write("new".utf8)
      try outputs.write("none".utf8, to: ".issues.jsonl")
      try outputs.publish()
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/a.jsonl")
          == "other/place.jsonl")
      #expect(try String(contentsOfFile: folder + "/other/place.jsonl", encoding: .utf8) == "new")
      #expect(
        try Set(FileManager.default.subpathsOfDirectory(atPath: folder)) == [
          "a.jsonl", "a.issues.jsonl", "other", "other/place.jsonl",
        ])
    }
  }
}

extension Scene {
  fileprivate init(_ folder: String) { self.folder = folder }
}
