import Geometry
import Testing

@testable import Evaluation

/// A square of ten pixels a side at this place; two at one place overlap wholly, others not at all.
private func square(_ place: Double) -> BoundingBox {
  BoundingBox(left: 100 * place, top: 0, right: 100 * place + 9, bottom: 9)
}

/// One image's boxes: places of faces, whether each counts, and places and scores of detections.
private typealias Scene = (faces: [Double], counts: [Bool], detections: [(Double, Double)])

private func precision(_ scenes: [Scene]) throws -> (published: Double, correct: Double) {
  var evaluation = WiderEvaluation(levels: [.hard])
  for scene in scenes {
    evaluation.add(
      faces: scene.faces.map(square), counts: [scene.counts],
      detections: scene.detections.map { ScoredBox(box: square($0), score: $1) })
  }
  let row = try #require(evaluation.group().rows.first)
  #expect(row.name == "ap_hard")
  return (try #require(row.published).value, try #require(row.correct).value)
}

@Suite("WIDER FACE's average precision")
struct WiderEvaluationTests {
  @Test("all faces found, by falling scores, is 1")
  func perfect() throws {
    let found = try precision([([1, 2], [true, true], [(1, 0.9), (2, 0.4)])])
    #expect(found == (1, 1))
  }

  @Test("a detection on a face that does not count costs nothing; one beside costs")
  func neutral() throws {
    let ignored = try precision([([1, 2], [true, false], [(2, 0.9), (1, 0.4)])])
    #expect(ignored == (1, 1))
    let beside = try precision([([1, 2], [true, false], [(5, 0.9), (1, 0.4)])])
    #expect(beside == (0.5, 0.5))
  }

  @Test("each detection doubled halves the precision of all but the first")
  func doubled() throws {
    let found = try precision([
      ([1, 2], [true, true], [(1, 0.9), (1, 0.9), (2, 0.4), (2, 0.4)])
    ])
    // Both of a pair pass one threshold: precision 1/2 throughout.
    #expect(found == (0.5, 0.5))
  }

  @Test("a missed face limits recall; an image without detections counts its faces")
  func missed() throws {
    let found = try precision([
      ([1, 2], [true, true], [(1, 0.9)]), ([1], [true], []), ([1], [true], [(1, 0.1)]),
    ])
    #expect(found == (0.5, 0.5))
  }

  @Test("detections of an image without faces are false positives, but for WIDER's dummy box")
  func faceFree() throws {
    let stray = try precision([([1], [true], [(1, 0.4)]), ([], [], [(3, 0.9)])])
    #expect(stray == (0.5, 0.5))
    var evaluation = WiderEvaluation(levels: [.hard])
    evaluation.add(
      faces: [square(1)], counts: [[true]], detections: [ScoredBox(box: square(1), score: 0.4)])
    let dummy = BoundingBox(left: 0, top: 0, right: 0, bottom: 0)
    evaluation.add(faces: [], counts: [[]], detections: [ScoredBox(box: dummy, score: 0.9)])
    #expect(evaluation.group().rows.first?.published?.value == 1)
  }

  @Test("the published tool takes the file's order: an early false positive comes with a late hit")
  func fileOrder() throws {
    // The stranger's low score does not help where it stands before the hit.
    let found = try precision([([1], [true], [(5, 0.1), (1, 0.9)])])
    #expect(found.published == 0.5)
    #expect(found.correct == 1)
    // Once counted, it is not counted again when its own score passes.
    let later = try precision([
      ([1], [true], [(5, 0.1), (1, 0.9)]), ([1], [true], [(1, 0.05)]),
    ])
    #expect(later.published.isNear(2.0 / 3))
    #expect(later.correct.isNear(0.5 + 0.5 * 2 / 3))
  }

  @Test("one score throughout divides 0 by 0 in the published tool, and nothing passes")
  func constantScore() throws {
    let found = try precision([([1, 2], [true, true], [(1, 0.5), (2, 0.5)])])
    #expect(found == (0, 1))
    // Beyond 0...1 there is still a span, for the tool's extremes begin at 1 and 0.
    #expect(try precision([([1], [true], [(1, 3)])]) == (1, 1))
  }

  @Test("a thousand thresholds lump scores together that are nearer than a thousandth")
  func thresholds() throws {
    // The second score, scaled, is 0.99995, so that both pass at the first threshold, 0.999.
    let lumped = try precision([
      ([1], [true], [(1, 1)]), ([2], [true], [(5, 0.99995), (2, 0)]),
    ])
    #expect(lumped.published.isNear(2.0 / 3))
    #expect(lumped.correct.isNear(0.5 + 0.5 * 2 / 3))
  }

  @Test("only the face that is overlapped most can match, the first of equals")
  func bestOverlap() {
    let faces = [square(1), square(1), square(2)]
    let detections = [square(1), square(1), square(2)].map { ScoredBox(box: $0, score: 1) }
    let matching = WiderMatching(faces: faces, detections: detections)
    #expect(
      matching.outcomes(order: [0, 1, 2], counts: [true, true, true])
        == [.hit, .falsePositive, .hit])
    #expect(
      matching.outcomes(order: [2, 1, 0], counts: [true, true, true])
        == [.falsePositive, .hit, .hit])
    #expect(
      matching.outcomes(order: [0, 1, 2], counts: [false, true, true])
        == [.neutral, .neutral, .hit])
  }

  @Test("an overlap of exactly a half is enough")
  func half() {
    let face = BoundingBox(left: 0, top: 0, right: 9, bottom: 9)
    func outcome(_ bottom: Double) -> [WiderOutcome] {
      let box = BoundingBox(left: 0, top: 0, right: 9, bottom: bottom)
      return WiderMatching(faces: [face], detections: [ScoredBox(box: box, score: 1)])
        .outcomes(order: [0], counts: [true])
    }
    #expect(outcome(4) == [.hit])
    #expect(outcome(3.99) == [.falsePositive])
  }

  @Test("VOC's area takes the best precision at this recall or beyond")
  func area() {
    #expect(PrecisionRecall.area([]) == 0)
    #expect(PrecisionRecall.area([(0.5, 0.2), (1, 0.6)]) == 0.6)
    #expect(PrecisionRecall.area([(0.5, 1), (1, 0.6)]).isNear(0.8))
    #expect(PrecisionRecall.area([(0, .nan), (0.5, 1)]) == 0.5)
  }
}
