import Geometry
import Testing

@testable import Evaluation

@Suite("WIDER FACE's prediction texts")
struct WiderPredictionTextTests {
  private func read(_ text: String) -> WiderPredictionText {
    Array(text.utf8).withUnsafeBytes { WiderPredictionText($0) }
  }

  @Test(
    "the name has an extension or none; trailing blanks and CRLF do no harm",
    arguments: [
      "0_Parade_1\n2\n1 2 3 4 0.5\n5 6 7 8 0.25 \n",
      "0_Parade_1.jpg\r\n2\r\n1 2 3 4 .5\r\n5 6 7 8 0.25",
    ])
  func forms(text: String) {
    let found = read(text)
    #expect(found.stem == "0_Parade_1")
    #expect(
      found.detections == [
        ScoredBox(box: BoundingBox(x: 1, y: 2, width: 3, height: 4), score: 0.5),
        ScoredBox(box: BoundingBox(x: 5, y: 6, width: 7, height: 8), score: 0.25),
      ])
    #expect(found.problems == [])
  }

  @Test("bad lines and a wrong count are named, and the rest counts")
  func problems() {
    let found = read("a\n4\n1 2 3 4\n1 2 3 4 nan\n1 2 3 4 0.5\n")
    #expect(found.detections.count == 1)
    #expect(
      found.problems.map { "\($0.line) \($0.isLoss) \($0.detail)" } == [
        "3 true expected x y w h score, found '1 2 3 4'",
        "4 true expected x y w h score, found '1 2 3 4 nan'",
        "2 false expected the number of lines that follow, 3, found '4'",
      ])
  }

  @Test("no detections, and no text at all")
  func empty() {
    #expect(read("a.jpg\n0\n") == read("a.jpg\n0"))
    #expect(read("a.jpg\n0\n").problems == [])
    #expect(read("").detections == [] && read("").problems.count == 1)
  }
}
