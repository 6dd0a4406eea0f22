import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

/// What the writer makes of records, in a folder of its own.
private func written<Result>(
  _ records: [ImageRecord], images: ImageStore? = nil, _ body: (BiwiFixture) throws -> Result
) throws -> Result {
  try withTemporaryDirectory { folder in
    var writer = BiwiWriter(folder: folder)
    let reader = ImageHeaderReader()
    for record in records {
      try writer.write(record, image: images?.open(record.image.path, with: reader))
    }
    writer.finish()
    return try body(BiwiFixture(folder: folder))
  }
}

/// The record after a way through JSON.
private func throughJSON(_ record: ImageRecord) throws -> ImageRecord {
  var writer = JSONWriter()
  record.write(to: &writer)
  return try ImageRecord(JSONParser.value(of: String(decoding: try writer.bytes, as: UTF8.self)))
}

@Suite("BIWI's writer")
struct BiwiWriterTests {
  @Test("a dataset comes back byte for byte from both cameras", arguments: Biwi.Frame.allCases)
  func roundTrip(frame: Biwi.Frame) throws {
    try BiwiFixture.withSynthetic { set in
      let records = try set.read(frame).records.map(throughJSON)
      let images = try FileTree(path: set.folder).images(maximumBytes: 1 << 24)
      try written(records, images: images) { copy in
        let writer = BiwiWriter(folder: copy.folder)
        #expect(records.allSatisfy { writer.losses(of: $0).isEmpty })
        let endings = ["_pose.txt", "_rgb.png", ".cal"]
        let paths = try copy.files(endings)
        #expect(paths.count == 2 * records.count + 4)
        for path in paths { #expect(try copy.bytes(path) == set.bytes(path)) }
      }
    }
  }

  @Test("text with Windows' line ends and without a last line end comes back as it was")
  func oddText() throws {
    let text = "\u{FEFF}" + BiwiFixture.realPose.replacingOccurrences(of: "\n", with: "\r\n")
    let pose = "hpdb/12/frame_00003_pose.txt"
    try BiwiFixture.with([pose: text, "hpdb/12/depth.cal": nil]) { set in
      try written(set.read().records.map(throughJSON)) { copy in
        for path in try copy.files([".txt", ".cal"]) {
          #expect(try copy.bytes(path) == set.bytes(path))
        }
        #expect(try copy.files([".cal"]) == ["hpdb/12/rgb.cal"])
      }
    }
  }

  @Test("a pose that was changed is written as it is now", arguments: Biwi.Frame.allCases)
  func changedPose(frame: Biwi.Frame) throws {
    try BiwiFixture.with { set in
      var record = try set.read(frame).records[0]
      let changed = HeadPose(
        rotationVector: [0.1, -0.4, 0.2], translation: [0.05, -0.02, 0.8], frame: .biwiHead,
        scale: .measured, provenance: .annotation)
      record.faces[0].pose = changed
      try written([record]) { copy in
        #expect(try copy.bytes("hpdb/12/rgb.cal") == set.bytes("hpdb/12/rgb.cal"))
        try write("an image", to: copy.folder + "/hpdb/12/frame_00003_rgb.png")
        let pose = try #require(copy.read(frame).records.first?.faces.first?.pose)
        #expect(length(pose.rotationVector - changed.rotationVector) < 1e-12)
        #expect(length(pose.place - changed.place) < 1e-12)
      }
    }
  }

  @Test("records of other datasets get sequences by camera, and what is lost is named")
  func foreign() throws {
    var face = Face(box: BoundingBox(x: 10, y: 10, width: 50, height: 60))
    face.pose = HeadPose(rotationVector: [0.1, 0.2, 0.3], translation: [0.1, 0.2, 0.9])
    face.landmarks = Landmarks(layout: .face5)
    face.attributes.blur = 1
    func record(_ name: String, _ camera: Intrinsics, _ faces: [Face]) -> ImageRecord {
      ImageRecord(
        source: RecordSource(dataset: "wider-face"), image: ImageReference(path: name),
        camera: Camera(intrinsics: camera, provenance: .user), faces: faces)
    }
    let (first, second) = (
      Intrinsics.widthPlusHeight(64, 48), Intrinsics.widthPlusHeight(80, 60)
    )
    let records = [
      record("a.jpg", first, [face]), record("b.jpg", second, [face, face]),
      record("c.jpg", first, [face]), record("d.jpg", first, []),
    ]
    try written(records) { copy in
      #expect(
        try copy.files([".txt", ".cal"]) == [
          "hpdb/01/depth.cal", "hpdb/01/frame_00001_pose.txt", "hpdb/01/frame_00002_pose.txt",
          "hpdb/01/rgb.cal", "hpdb/02/depth.cal", "hpdb/02/frame_00001_pose.txt",
          "hpdb/02/rgb.cal",
        ])
      try write("an image", to: copy.folder + "/hpdb/02/frame_00001_rgb.jpg")
      let read = try #require(copy.read().records.first)
      #expect(read.camera?.intrinsics == second)
      #expect(length((read.faces[0].pose?.translation ?? .zero) - [0.1, 0.2, 0.9]) < 1e-12)
      let writer = BiwiWriter(folder: copy.folder)
      #expect(
        writer.losses(of: records[1]) == [
          "all but one face of an image", "image names", "object frames of poses", "landmarks",
          "attributes", "boxes",
        ])
      #expect(writer.losses(of: records[3]) == ["images without a face", "image names"])
    }
  }

  @Test("without its own text a dataset keeps its poses, and loses where the depth camera is")
  func withoutNative() throws {
    try BiwiFixture.with { set in
      let record = try set.read(native: .none).records[0]
      try written([record]) { copy in
        #expect(
          BiwiWriter(folder: copy.folder).losses(of: record) == ["where the depth camera is"])
        try write("an image", to: copy.folder + "/hpdb/12/frame_00003_rgb.png")
        let read = try #require(copy.read().records.first)
        #expect(read.camera == record.camera)
        let (a, b) = (try #require(read.faces[0].pose), try #require(record.faces[0].pose))
        #expect(length(a.rotationVector - b.rotationVector) < 1e-12)
        #expect(length(a.place - b.place) < 1e-12)
      }
    }
  }

  @Test("one sequence has one camera")
  func conflict() throws {
    try BiwiFixture.with { set in
      let record = try set.read().records[0]
      var other = record
      other.image.path = "hpdb/12/frame_00004_rgb.png"
      other.camera?.intrinsics.focalLength = [600, 600]
      #expect(throws: BiwiWriter.Conflict.self) { try written([record, other]) { _ in } }
    }
  }
}
