import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("ARKitFace written back")
struct ARKitFaceRoundTripTests {
  private static func copy(
    _ set: ARKitFaceFixture, to folder: String, _ native: ReadingOptions.Native,
    layout: ARKitFaceWriter.Layout? = nil, change: (inout ImageRecord) -> Void = { _ in }
  ) throws {
    var writer = ARKitFaceWriter(
      folder: folder, layout: layout, sources: [try FileTree(path: set.folder)])
    for var record in try set.read(native).records {
      change(&record)
      #expect(writer.losses(of: record).isEmpty)
      try writer.write(record, image: nil)
    }
    try writer.finish()
  }

  @Test(
    "files come back byte for byte, with arrays in records or by reference",
    arguments: [ReadingOptions.Native.standard, .all])
  func bytes(native: ReadingOptions.Native) throws {
    try withTemporaryDirectory { folder in
      let set = ARKitFaceFixture(folder: folder + "/in")
      for split in ["train", "test"] {
        for id in ["02", "1"] {
          try set.write(
            "ARKitFace_info_\(split)/info/s/a/\(id)_info.npz",
            ARKitFaceFixture.info(isDouble: split == "test"))
        }
        try set.write(
          "ARKitFace_list/list/ARKitFace_\(split).csv",
          text: "subject_id,facial_action,img_id,x\r\ns,a,1,\"q\"\r\ns,a,02,\r\n")
      }
      try Self.copy(set, to: folder + "/out", native)
      let (before, after) = (
        try ARKitFaceFixture.files(folder + "/in"), try ARKitFaceFixture.files(folder + "/out")
      )
      #expect(before == after)
      #expect(before.count == 6)
    }
  }

  @Test("WCPA's landmarks come back byte for byte")
  func wcpa() throws {
    try withTemporaryDirectory { folder in
      let set = ARKitFaceFixture(folder: folder + "/in")
      let points = (0..<68).map { "\($0 + 100) \(2 * $0)\n" }.joined()
      try set.write("68landmarks/s/a/1_68landmarks.txt", text: points)
      try set.write("info/s/a/1_info.npz", ARKitFaceFixture.info())
      try Self.copy(set, to: folder + "/out", .standard)
      #expect(
        try ARKitFaceFixture.files(folder + "/in") == ARKitFaceFixture.files(folder + "/out"))
    }
  }

  @Test("a pose that was changed is written in place of the source's")
  func changedPose() throws {
    try withTemporaryDirectory { folder in
      let set = ARKitFaceFixture(folder: folder + "/in")
      try set.write("info/s/a/1_info.npz", ARKitFaceFixture.info())
      let pose = HeadPose(
        rotationVector: [0.1, -0.2, 0.3], translation: [0.02, 0.03, 0.7], frame: .arkit,
        scale: .measured, provenance: .annotation)
      try Self.copy(set, to: folder + "/out", .all, layout: .trg) { $0.faces[0].pose = pose }
      let found = try ARKitFaceFixture(folder: folder + "/out").read().records
      let back = try #require(found.first?.faces[0].pose)
      #expect(abs((back.rotationVector - pose.rotationVector).max()) < 1e-12)
      #expect(abs((back.place - pose.place).max()) < 1e-15)
      #expect(found[0].source.split == "train")
    }
  }

  @Test("what the form cannot hold is named")
  func losses() throws {
    var face = Face(box: BoundingBox(x: 1, y: 2, width: 3, height: 4))
    face.landmarks = Landmarks(layout: .face5)
    face.pose = HeadPose(rotationVector: .zero, translation: [0, 0, 1])
    face.attributes.blur = 1
    var record = ImageRecord(
      source: RecordSource(dataset: "wider-face"), image: ImageReference(path: "0--Parade/a.jpg"),
      faces: [face, face])
    let writer = ARKitFaceWriter(folder: "unused")
    #expect(
      writer.losses(of: record) == [
        "faces beyond the first",
        "boxes, which follow from vertices ('verts') that the record lacks",
        "landmarks beside whole numbers", "poses' frame 'bfm'",
        "attributes such as blur or occlusion",
      ])
    record.faces = []
    #expect(writer.losses(of: record) == ["images without a face"])
  }

  @Test("the synthetic set reads back as its truth from both layouts")
  func synthetic() throws {
    try withTemporaryDirectory { folder in
      var options = SynthesisOptions()
      (options.width, options.height) = (800, 800)
      let model = (0..<68).map { (i: Int) -> SIMD3<Double> in
        let (column, row) = (Double(i % 9), Double(i / 9))
        return SIMD3(column / 100 - 0.04, row / 100, -0.05)
      }
      var synthesis = try ARKitFaceSynthesis(folder: folder, options: options, model: model)
      for index in 0..<9 { try synthesis.add(index: index, []) }
      try synthesis.finish()
      var lines = RecordLines(file: try MappedFile(path: folder + "/truth.jsonl"))
      var truth: [[Face]] = []
      while let outcome = lines.next() { truth.append(try #require(outcome.record).faces) }
      for layout in ["perspnet", "trg"] {
        let (records, issues) = try ARKitFaceFixture(folder: "\(folder)/\(layout)").read(.none)
        #expect(issues.isEmpty)
        #expect(records.map(\.faces) == truth)
      }
      #expect(truth.count == 9)
    }
  }
}
