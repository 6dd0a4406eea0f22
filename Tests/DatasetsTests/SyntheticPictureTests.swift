import Codecs
import Datasets
import Foundation
import Geometry
import Labelling
import Rendering
import Schema
import TestSupport
import Testing

@Suite("Synthetic pictures")
struct SyntheticPictureTests {
  private static let model = FaceModel.bfm68Points.points
  private static let head = HeadMesh(landmarks: model)

  @Test(
    "the annotated eyes are the drawn ones",
    arguments: ["300w-lp", "aflw2000", "arkitface"])
  func eyes(dataset: String) throws {
    var checked = 0
    for (record, image) in try Self.pictures(dataset) {
      let face = try #require(record.faces.first)
      let pose = try #require(face.pose?.extrinsics)
      // Turned further, an eye hides behind the nose.
      guard pose.rotation.rows.2.z > 0.85 else { continue }
      let landmarks = try #require(face.landmarks)
      func brightness(_ points: ClosedRange<Int>) throws -> Double {
        let middle =
          try points.map { try #require(landmarks.position($0)) }.reduce(.zero, +)
          / Double(points.count)
        let at = 3 * (Int(middle.y.rounded()) * image.width + Int(middle.x.rounded()))
        return Double(image.pixels[at]) + Double(image.pixels[at + 1])
      }
      let bridge = try brightness(28...28)
      #expect(try brightness(36...41) < 0.7 * bridge)
      #expect(try brightness(42...47) < 0.7 * bridge)
      checked += 1
    }
    #expect(checked > 1)
  }

  @Test("of two overlapping faces the nearer hides the farther, whichever is listed first")
  func overlap() throws {
    // The generator's boxes never overlap, so the renderer is given two heads that do.
    let camera = Intrinsics.widthPlusHeight(160, 160)
    func draw(_ order: [Double]) -> PixelImage {
      var image = PixelImage(width: 160, height: 160)
      let renderer = MeshRenderer()
      renderer.begin(width: 160, height: 160)
      for depth in order {
        let pose = Extrinsics(rotation: .identity, translation: [0.25 * (depth - 1), 0, depth])
        renderer.draw(
          Self.head.mesh(pixelsPerMetre: camera.focalLength.x / depth),
          view: MeshView(pose: pose, camera: camera), on: &image)
      }
      return image
    }
    func differing(_ a: [Double], _ b: [Double]) -> Int {
      zip(draw(a).pixels, draw(b).pixels).count { $0 != $1 }
    }
    #expect(differing([0.8, 1.2], [1.2, 0.8]) == 0)
    #expect(differing([0.8, 1.2], [0.8]) > 100)
    #expect(differing([0.8, 1.2], [1.2]) > 1000)
  }

  @Test("without noise the background is plain in each row")
  func plain() throws {
    var options = SynthesisOptions()
    (options.width, options.height, options.noise) = (64, 48, 0)
    // The fifth picture has no face.
    let synthesis = WiderFaceSynthesis(
      folder: "", options: options, model: FaceModel.bfmFivePoints.points)
    let file = synthesis.draw(4, SyntheticPainter(head: Self.head))
    let image = try file.withUnsafeBytes { try PixelImage(decoding: $0) }
    for row in 0..<48 {
      for column in 1..<64 {
        #expect(image.pixels[3 * (64 * row + column)] == image.pixels[3 * 64 * row])
      }
    }
  }

  /// A dataset's pictures and their truth.
  private static func pictures(_ dataset: String) throws -> [(ImageRecord, PixelImage)] {
    try withTemporaryDirectory { folder in
      var options = SynthesisOptions()
      let size = dataset == "arkitface" ? 400 : 450
      (options.width, options.height) = (size, size)
      let painter = SyntheticPainter(head: head)
      var files: [[UInt8]] = []
      let indices = 0..<8
      if dataset == "arkitface" {
        var synthesis = try ARKitFaceSynthesis(folder: folder, options: options, model: model)
        for index in indices {
          files.append(synthesis.draw(index, painter))
          try synthesis.add(index: index, files[index])
        }
        try synthesis.finish()
      } else {
        var synthesis =
          dataset == "aflw2000"
          ? AFLW2000.synthesis(in: folder, options: options, model: model)
          : ThreeHundredWLP.synthesis(in: folder, options: options, model: model)
        for index in indices {
          files.append(synthesis.draw(index, painter))
          try synthesis.add(index: index, files[index])
        }
        try synthesis.finish()
      }
      var lines = RecordLines(file: try MappedFile(path: folder + "/truth.jsonl"))
      var pictures: [(ImageRecord, PixelImage)] = []
      while let outcome = lines.next() {
        let image = try files[pictures.count].withUnsafeBytes { try PixelImage(decoding: $0) }
        pictures.append((try #require(outcome.record), image))
      }
      #expect(pictures.count == files.count)
      return pictures
    }
  }
}
