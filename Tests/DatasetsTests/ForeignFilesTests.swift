import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

/// Files of the datasets as other systems and programs leave them.
@Suite("Files with other endings, encodings and companions")
struct ForeignFilesTests {
  private func rename(_ folder: String, _ change: (String) -> String) throws {
    var walk = try FileTree(path: folder).walk()
    var paths: [String] = []
    while let path = try walk.next() { paths.append(path) }
    for path in paths where change(path) != path {
      try FileManager.default.moveItem(
        atPath: "\(folder)/\(path)", toPath: "\(folder)/\(change(path))")
    }
  }

  @Test("300W-LP and AFLW2000 are read with capital endings", arguments: MATFaceSet.Form.allCases)
  func capitalMAT(form: MATFaceSet.Form) throws {
    try MATFaceSet.with(form, count: 4) { set in
      let before = try set.read(native: .none)
      try rename(set.root) {
        $0.replacingOccurrences(of: ".mat", with: ".MAT").replacingOccurrences(
          of: ".jpg", with: ".JPG")
      }
      let after = try set.read(native: .none)
      #expect(after.issues.isEmpty, "\(after.texts)")
      #expect(after.records.map(\.id) == before.records.map(\.id))
      #expect(
        after.records.map { $0.faces[0].landmarks } == before.records.map { $0.faces[0].landmarks })
      #expect(after.records.allSatisfy { $0.image.path.hasSuffix(".JPG") })
    }
  }

  @Test(
    "what macOS and Windows leave beside the files is no file", arguments: MATFaceSet.Form.allCases)
  func litter(form: MATFaceSet.Form) throws {
    try MATFaceSet.with(form, count: 2) { set in
      let before = try set.read()
      let names = try FileManager.default.subpathsOfDirectory(atPath: set.root).filter {
        $0.contains(".")
      }
      for name in names {
        let parts = name.split(separator: "/")
        let folder = parts.dropLast().map { $0 + "/" }.joined()
        try write("x", to: "\(set.root)/\(folder)._\(parts.last ?? "")")
        try write("x", to: "\(set.root)/__MACOSX/\(name)")
      }
      for name in ["Thumbs.db", ".DS_Store", "desktop.ini"] {
        try write("x", to: "\(set.root)/\(name)")
      }
      let after = try set.read()
      #expect(after.issues == before.issues)
      #expect(after.records == before.records)
    }
  }

  @Test("BIWI is read with capital endings, and from one sequence's folder")
  func biwi() throws {
    let png =
      ["hpdb/12/frame_00003_rgb.png": nil, "hpdb/12/frame_00003_rgb.PNG": "an image"]
      as [String: String?]
    try BiwiFixture.with(png) { fixture in
      #expect(try fixture.read().records.map(\.image.path) == ["hpdb/12/frame_00003_rgb.PNG"])
      for folder in ["hpdb/12", "hpdb/12/", "hpdb/../hpdb/12"] {
        let (records, issues) = try BiwiFixture(folder: "\(fixture.folder)/\(folder)").read()
        #expect(issues.isEmpty)
        let others = records[0].faces[0].attributes.others
        #expect(others.first { $0.name == "sequence" }?.value == .text("12"))
        #expect(others.first { $0.name == "subject_id" }?.value == .text("M06"))
      }
    }
  }

  @Test("a text of BIWI in another encoding is one issue that says so")
  func biwiEncodings() throws {
    let old = BiwiFixture.realPose.replacingOccurrences(of: "\n", with: "\r")
    try BiwiFixture.with(["hpdb/12/frame_00003_pose.txt": old]) { fixture in
      let (records, issues) = try fixture.read()
      #expect(records.isEmpty)
      #expect(issues.count == 1 && issues[0].contains("CR alone"), "\(issues)")
    }
  }

  @Test("ARKitFace is read from float16 to its precision, and with capital endings")
  func arkitFace() throws {
    func half(_ values: [Double], _ shape: [Int]) -> [UInt8] {
      let data = values.flatMap { value -> [UInt8] in
        let bits = Float16(value).bitPattern
        return [UInt8(bits & 255), UInt8(bits >> 8)]
      }
      return NPY.file(type: "<f2", shape: shape, data: data)
    }
    try ARKitFaceFixture.with { fixture in
      try fixture.write("info/1/a/2_info.NPZ", ARKitFaceFixture.info())
      try fixture.write("image/1/a/2_ar.JPG")
      try fixture.write(
        "info/1/a/3_info.npz",
        ARKitFaceFixture.npz([
          ("verts", half(ARKitFaceFixture.vertices, [1220, 3])),
          ("R_t", half(ARKitFaceFixture.transform, [4, 4])),
        ]))
      try fixture.write("image/1/a/3_ar.jpg")
      let (records, issues) = try fixture.read()
      #expect(issues.isEmpty, "\(issues)")
      #expect(records.map(\.image.path) == ["image/1/a/2_ar.JPG", "image/1/a/3_ar.jpg"])
      let boxes = records.map { $0.faces[0].box }
      #expect(abs(boxes[0].left - boxes[1].left) < 1)
      #expect(abs(boxes[0].bottom - boxes[1].bottom) < 1)
    }
  }

  @Test("a list of ARKitFace in UTF-16 is refused and not passed over")
  func arkitFaceList() throws {
    try ARKitFaceFixture.with { fixture in
      try fixture.write("info/1/a/2_info.npz", ARKitFaceFixture.info())
      let list = "subject_id,facial_action,img_id\n1,a,2\n"
      let wide = list.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
      try fixture.write("list/train.csv", [0xFF, 0xFE] + wide)
      let (records, issues) = try fixture.read()
      #expect(records.isEmpty)
      #expect(issues.count == 1)
      #expect(issues[0].hasPrefix("error: list/train.csv: text: expected UTF-8"), "\(issues)")
      try fixture.write("list/train.csv", text: "a,b\r1,2\r")
      #expect(try fixture.read().records.count == 1)
    }
  }

  @Test("a split list in another encoding is one issue")
  func splitList() throws {
    try withTemporaryDirectory { folder in
      try write("a.jpg\rb.jpg\rc.jpg\r", to: "\(folder)/list.txt")
      var lists = SplitLists()
      let issues = lists.add(try MappedFile(path: "\(folder)/list.txt"), part: 0)
      #expect(issues.count == 1 && issues[0].detail.contains("CR alone"))
    }
  }

  @Test("MATLAB 7.3 and 4 are named wherever a .mat is read", arguments: MATFaceSet.Form.allCases)
  func versions(form: MATFaceSet.Form) throws {
    let magic: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    let text = Array("MATLAB 7.3 MAT-file, Platform: GLNXA64".utf8)
    let hdf5 =
      text + [UInt8](repeating: 0x20, count: 512 - text.count) + magic
      + [UInt8](repeating: 0, count: 99)
    try MATFaceSet.with(form, count: 2) { set in
      let name = try #require(set.truth.first?.source.file)
      try set.damage(name) { $0 = hdf5 }
      let texts = try set.read().texts
      #expect(texts.count == 1)
      #expect(
        texts.first?.contains("found MATLAB 7.3 (HDF5); in MATLAB save it with '-v7'") == true,
        "\(texts)")
      let path = "\(set.root)/\(name)"
      let error = #expect(throws: MATError.self) { try Reading(at: [path]) }
      #expect(error?.detail.contains("MATLAB 7.3") == true)
    }
  }
}
