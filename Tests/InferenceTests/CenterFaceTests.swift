import Codecs
import Geometry
import Testing

@testable import Inference

@Suite("CenterFace's boxes")
struct CenterFaceTests {
  /// Two rows of three cells; all scores low and all sizes 4 x 4 but where the test says otherwise.
  private struct Maps {
    var scores = [Float](repeating: 0.1, count: 6)
    var sizes = [Float](repeating: 0, count: 12)
    var offsets = [Float](repeating: 0, count: 12)

    func boxes(threshold: Float = 0.35) -> [FaceDetection] {
      scores.withUnsafeBufferPointer { scores in
        sizes.withUnsafeBufferPointer { sizes in
          offsets.withUnsafeBufferPointer { offsets in
            CenterFaceDetector.boxes(
              scores, sizes, offsets, columns: 3, limit: [12, 8], threshold: threshold)
          }
        }
      }
    }
  }

  @Test("are centred in the cell plus its offset, with sizes in powers of e, rows first")
  func decoded() throws {
    var maps = Maps()
    maps.scores[4] = 0.75
    // Height e^0.25 and width 1 cells, a quarter of a cell down and an eighth to the left.
    (maps.sizes[4], maps.sizes[10]) = (0.25, 0)
    (maps.offsets[4], maps.offsets[10]) = (0.25, -0.125)
    let face = try #require(maps.boxes().first)
    #expect(face.score == 0.75)
    #expect(abs(face.box.left - 3.5) < 1e-6)
    #expect(abs(face.box.right - 7.5) < 1e-6)
    #expect(abs(face.box.top - 4.43195) < 1e-4)
    // It is cut at the input's rim.
    #expect(face.box.bottom == 8)
  }

  @Test("begin above the threshold, and sizes beyond all numbers are none")
  func threshold() {
    var maps = Maps()
    maps.scores = [0.35, 0.36, 0.34, 0.9, 0, 1]
    maps.sizes[3] = .infinity
    maps.sizes[5] = .nan
    #expect(maps.boxes().map(\.score) == [0.36])
    #expect(maps.boxes(threshold: 0.1).map(\.score) == [0.35, 0.36, 0.34])
  }

  @Test("that overlap a better one go, those that overlap only such a one stay")
  func overlaps() {
    func face(_ left: Double, _ score: Float) -> FaceDetection {
      FaceDetection(
        box: BoundingBox(left: left, top: 0, right: left + 10, bottom: 10), score: score)
    }
    let faces = [face(8, 0.5), face(4, 0.7), face(0, 0.9), face(30, 0.5), face(40, 0.5)]
    #expect(faces.withoutOverlaps(above: 0.3).map(\.box.left) == [0, 8, 30, 40])
    // 6 of 14 shared.
    #expect(abs(faces[1].box.intersectionOverUnion(faces[2].box) - 6.0 / 14) < 1e-12)
    let point = BoundingBox(left: 1, top: 1, right: 1, bottom: 1)
    #expect(point.intersectionOverUnion(point) == 0)
  }

  @Test(
    "the longer side is scaled to a size, and small images stay",
    arguments: [
      (1600, 777, 640, 640, 311), (640, 360, 640, 640, 360), (100, 50, 640, 100, 50),
      (777, 1600, 640, 311, 640), (5000, 2, 640, 640, 1),
    ])
  func sizes(width: Int, height: Int, longSide: Int, newWidth: Int, newHeight: Int) {
    let size = CenterFaceSearch.size(
      of: PixelImage(width: width, height: height), longSide: longSide)
    #expect(size == (newWidth, newHeight))
  }
}
