import Codecs
import Datasets
import Geometry
import Runs
import Schema
import Shards
import TestSupport
import Testing

@Suite("A layout of one's own")
struct ToyLayoutTests {
  // In a process of its own, for all tests of this one would see it in their lists.
  @Test("is packed, recognised, read back and looked into once it is registered")
  func pack() async {
    await #expect(processExitsWith: .success) { try Self.packRegistered() }
  }

  private static func packRegistered() throws {
    ShardLayout.register(.toy)
    func expect(_ isTrue: Bool, _ found: String) throws {
      if !isTrue { throw Unexpected(found: found) }
    }
    try withTemporaryDirectory { folder in
      let image = PixelImage(width: 32, height: 16).jpeg(quality: 90)
      try OutputFolder(folder).write(image, to: "a.jpg")
      let said = Lines()
      let context = RunContext(say: said.add, print: said.add)
      var packing = PackingSettings()
      packing.layout = .toy
      let prefix = folder + "/toy"
      let run = Packing(
        command: "pack", prefix: prefix,
        images: try ImageStore(path: folder, maximumBytes: 1 << 20), imagePaths: [folder],
        profile: PoseProfile(), packing: packing, settings: RunSettings(),
        makeSource: { OneImage() })
      let outputs = try Packing.outputs(
        prefix: prefix, inputs: [], settings: packing, writesRecords: false)
      try expect(try run.perform(context, outputs) == .done, "\(said.all)")
      let shard = try ShardReader(path: prefix + ".lmdb")
      try expect(shard.layout == .toy && shard.count == 1, shard.layout.name)
      let bytes = try shard.withSample(0) { sample, bytes in Array(bytes[sample.image]) }
      try expect(bytes == image, "another image")
      guard case .shard(.toy) = try InputKind(path: prefix + ".lmdb") else {
        throw Unexpected(found: "another kind")
      }
      var inspection = InspectionRun(.path(prefix + ".lmdb"), settings: RunSettings())
      inspection.index = 0
      try expect(try inspection.perform(context) == .done, "\(said.all)")
      try expect(said.all.contains { $0.contains("\"faces\": 2") }, "\(said.all)")
    }
  }

  private struct Unexpected: Error { var found: String }

  /// One record of two faces.
  private struct OneImage: AnnotationSource {
    var position = 0
    var size: Int { 1 }

    mutating func next() -> Outcome? {
      guard position == 0 else { return nil }
      position = 1
      let face = Face(box: BoundingBox(left: 1, top: 2, right: 9, bottom: 8))
      return Outcome(
        record: ImageRecord(
          source: RecordSource(dataset: "toy"), image: ImageReference(path: "a.jpg"),
          faces: [face, face]))
    }
  }
}
