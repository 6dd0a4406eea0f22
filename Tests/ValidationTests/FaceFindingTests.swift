import Geometry
import Testing

@testable import Validation

@Suite("Missed and unlabelled faces")
struct FaceFindingTests {
  private func deleting(_ change: (inout FaceView) -> Void = { _ in }) -> SyntheticFaces {
    var faces = SyntheticFaces()
    faces.images[5].labels.remove(at: 1)
    change(&faces.images[5].predictions[1])
    return faces
  }

  @Test("a face that is not annotated is found where the detector is sure of it")
  func unlabelled() {
    #expect(deleting().ids == ["unlabelled-face"])
    #expect(deleting().report.findings[0].examples == ["5.jpg: detection 2"])
    #expect(deleting { $0.score = 0.5 }.ids == [])
    #expect(deleting { $0.landmarkScore = 0.6 }.ids == [])
    #expect(
      deleting { $0.box = BoundingBox(x: $0.box.left, y: $0.box.top, width: 20, height: 20) }.ids
        == [])
  }

  @Test("a face that is annotated to be ignored is none that is not annotated")
  func ignored() {
    var faces = deleting()
    var ignored = FaceView(box: faces.images[5].predictions[1].box)
    ignored.isDoubtful = true
    ignored.box.top -= 60
    faces.images[5].labels.append(ignored)
    #expect(faces.ids == [])
  }

  @Test("others beside the one face that a dataset annotates are counted, and no finding")
  func design() {
    var faces = deleting()
    faces.images[5].hasOneFaceByDesign = true
    #expect(faces.ids == [])
    #expect(faces.report.text.contains("note       1 more faces"))
  }

  private func adding(_ change: (inout FaceView) -> Void = { _ in }) -> SyntheticFaces {
    var faces = SyntheticFaces()
    var face = FaceView(box: BoundingBox(x: 600, y: 450, width: 70, height: 70))
    change(&face)
    faces.images[3].labels.append(face)
    return faces
  }

  @Test("a face annotated where nobody is, is found unless it may well be missed")
  func missed() {
    #expect(adding().ids == ["missed-face"])
    #expect(adding().report.findings[0].examples == ["3.jpg: face 2"])
    #expect(adding { $0.isDoubtful = true }.ids == [])
    #expect(adding { $0.rotationVector = SIMD3(0, 1.4, 0) }.ids == [])
    #expect(adding { $0.box.right = $0.box.left + 5 }.ids == [])
    #expect(adding { $0.box = BoundingBox(x: 905, y: 0, width: 80, height: 80) }.ids == [])
  }

  @Test("a trace of a detection is enough not to miss a face")
  func trace() {
    var faces = adding()
    var trace = FaceView(box: BoundingBox(x: 610, y: 460, width: 90, height: 90))
    trace.score = 0.21
    faces.images[3].predictions.append(trace)
    #expect(faces.ids == [])
  }

  @Test("a crowd of tiny faces that nobody finds is no finding")
  func crowd() {
    var faces = SyntheticFaces()
    for i in 0..<500 {
      let box = BoundingBox(
        x: Double(i % 50) * 17, y: 560 + Double(i / 50) * 3, width: 14, height: 16)
      faces.images[0].labels.append(FaceView(box: box))
    }
    #expect(faces.ids == [])
  }

  @Test("landmarks and boxes that nothing explains are named as misplaced")
  func misplaced() {
    var faces = SyntheticFaces()
    faces.images[2].labels[0].points = [
      SIMD2(5, 9), SIMD2(300, 7), SIMD2(2, 400), SIMD2(450, 30), SIMD2(8, 350),
    ]
    faces.images[4].labels[1].box = BoundingBox(x: 3, y: 500, width: 31, height: 90)
    #expect(faces.ids == ["misplaced-box", "misplaced-landmarks"])
  }

  @Test("what an unsure detection says is no finding")
  func unsure() {
    var faces = SyntheticFaces().planting { ReadingTests.plant(.exchangedSides, &$0, $1) }
    for i in faces.images.indices {
      for k in faces.images[i].predictions.indices { faces.images[i].predictions[k].score = 0.5 }
    }
    #expect(faces.ids == [])
  }
}
