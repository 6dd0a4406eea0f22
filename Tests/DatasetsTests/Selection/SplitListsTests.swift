import Codecs
import Datasets
import Foundation
import Schema
import TestSupport
import Testing

@Suite("Published lists of splits")
struct SplitListsTests {
  /// Reads lists of these texts, the i-th for part i, and gives what was wrong with them.
  private func lists(_ texts: [String]) throws -> (SplitLists, [String]) {
    try withTemporaryDirectory { folder in
      var lists = SplitLists()
      var issues: [RecordIssue] = []
      for (i, text) in texts.enumerated() {
        try write(text, to: "\(folder)/\(i).txt")
        issues += lists.add(try MappedFile(path: "\(folder)/\(i).txt"), part: i)
      }
      return (lists, issues.map { "\($0)" })
    }
  }

  @Test(
    "a name is a path with more or fewer folders, an id, a folder or a person",
    arguments: [
      "hpdb/03/frame_00003_rgb.png", "./hpdb/03/frame_00003_rgb", "03/frame_00003_rgb.png",
      "../../datasets/BIWI/03/frame_00003_rgb.png 1.5 -2 3e1", "frame_00003_rgb",
      "/hpdb/03/frame_00003_rgb.png\r", "\u{FEFF}hpdb/03/frame_00003_rgb.png",
      "biwi/hpdb/03/frame_00003_rgb", "hpdb/03", "03", "hpdb", "F03",
    ])
  func names(name: String) throws {
    var (lists, issues) = try lists(["other.png\n", "\n\(name)\n\n"])
    #expect(issues.isEmpty)
    let found = lists.part(of: record("hpdb/03/frame_00003_rgb.png", [["subject_id": "F03"]]))
    #expect(found?.part == 1 && found?.issues.isEmpty == true)
    #expect(found.map { "\(lists.location($0.entry))" } == "1.txt:2")
    #expect(lists.part(of: record("faces/04/a.png", [["subject_id": "F04"]])) == nil)
    #expect(lists.unused().map { "\($0)" }.count == 1)
  }

  @Test("names may hold blanks, and endings within")
  func blanks() throws {
    var (lists, _) = try lists(["a b/c d.jpg\nx.jpg.d/e.png 1 2\n"])
    #expect(lists.part(of: record("a b/c d.jpg")) != nil)
    #expect(lists.part(of: record("x.jpg.d/e.png")) != nil)
    #expect(Array(lists.unused()).isEmpty)
  }

  @Test("ARKitFace's lists name samples, whatever their columns")
  func columns() throws {
    var (lists, issues) = try lists([
      "n,img_id,subject_id,facial_action\n0,16,\"007\",\"01,Neutral\"\n1,17\n"
    ])
    #expect(
      issues == [
        "0.txt:3: sample: expected 4 fields with a subject, an action and an image, found '1,17'"
      ])
    let path = "ARKitFace_image_train/image/007/01,Neutral/16_ar.jpg"
    #expect(lists.part(of: record(path, dataset: "arkitface"))?.part == 0)
    #expect(lists.part(of: record(path.replacingOccurrences(of: "16", with: "17"))) == nil)
  }

  @Test("a name in two lists is an issue at the second, and the first holds")
  func twice() throws {
    var (lists, issues) = try lists(["a.png\nb.png\n", "c.png\nb.jpg\n"])
    #expect(
      issues == [
        "1.txt:2: name 'b.jpg': expected it once in all lists, found it in 0.txt:2 too; that holds"
      ])
    #expect(lists.part(of: record("b.png"))?.part == 0)
  }

  @Test("an image in one list and its person in another is an issue")
  func person() throws {
    var (lists, _) = try lists(["a.png\n", "F01\n"])
    let found = lists.part(of: record("a.png", [["subject_id": "F01"]]))
    #expect(found?.part == 0)
    #expect(
      found?.issues.map { "\($0)" } == [
        "1.txt:1: name 'F01': expected the image 'a.png' in one part, found it in that of 0.txt:1 too; that holds"
      ])
  }

  @Test("a bare name that two images have is an issue; names of none are told")
  func ambiguous() throws {
    var (lists, _) = try lists(["a.png\nz.png\n"])
    #expect(lists.part(of: record("01/a.png"))?.issues.isEmpty == true)
    let second = lists.part(of: record("02/a.png"))
    #expect(
      second?.issues.map(\.detail) == [
        "image '02/a.png': expected to be the only one that 0.txt:1 names, 'a.png', found biwi/01/a before"
      ])
    #expect(
      lists.unused().map { "\($0)" } == [
        "0.txt:2: name 'z.png': expected a record of this name, found none"
      ])
  }

  @Test("bytes that are no UTF-8 are an issue of their line")
  func otherBytes() throws {
    try withTemporaryDirectory { folder in
      try Data([0x61, 0x0A, 0xFF, 0x0A]).write(to: URL(fileURLWithPath: folder + "/l.txt"))
      var lists = SplitLists()
      let issues = lists.add(try MappedFile(path: folder + "/l.txt"), part: 0)
      #expect(issues.map { "\($0)" } == ["l.txt:2: name: expected UTF-8, found other bytes"])
    }
  }

  @Test(
    "each form that is written names the same images when read", arguments: SplitListForm.allCases)
  func forms(form: SplitListForm) throws {
    let records = (0..<4).map {
      record("image/00\($0)/0_A/1\($0)_ar.jpg", dataset: "arkitface")
    }
    let texts = [records[..<2], records[2...]].map { part in
      ((form.header.map { [$0] } ?? []) + part.map(form.line)).joined(separator: "\n")
    }
    var (lists, issues) = try lists(texts)
    #expect(issues.isEmpty)
    #expect(records.map { lists.part(of: $0)?.part } == [0, 0, 1, 1])
    #expect(Array(lists.unused()).isEmpty)
  }
}
