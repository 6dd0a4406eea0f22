import Foundation
import Reporting
import Schema
import Testing

@Suite("Face model drawing")
struct FaceModelDrawingTests {
  /// Points on a spiral, so that none coincide in any view.
  private func points(_ count: Int) -> [SIMD3<Double>] {
    (0..<count).map { i in
      let angle = Double(i)
      return SIMD3(cos(angle), sin(angle), Double(i) / 70) * 0.001 * (20 + Double(i))
    }
  }

  private func count(_ part: String, in text: String) -> Int {
    text.components(separatedBy: part).count - 1
  }

  @Test("shows each point in three views, numbered in the front one, with iBUG's contours")
  func fullModel() {
    let svg = FaceModelDrawing([
      .init(
        title: "a<b>&c.obj", facts: ["one", "two"], layout: .ibug68, points: points(68))
    ]).svg
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(svg.filter { $0 == "<" }.count == svg.filter { $0 == ">" }.count)
    #expect(svg.contains(">a&lt;b&gt;&amp;c.obj<") && svg.contains(">two<"))
    for title in ["Front", "Side", "Top"] { #expect(count(">\(title)</text>", in: svg) == 1) }
    // Three views and the legend of nine contours.
    #expect(count("<circle", in: svg) == 3 * 68 + 9)
    // 16 + 4 + 4 + 3 + 4 open, 6 + 6 + 12 + 8 closed; three views, and the legend.
    #expect(count("class=\"contour ", in: svg) == 3 * 63 + 9)
    for i in 0..<68 { #expect(svg.contains(">\(i)</text>"), "\(i)") }
  }

  @Test("draws five points without contours, and several models one below the other")
  func fivePoints() {
    let five = FaceModelDrawing.Model(
      title: "five", facts: [], layout: .face5, points: points(5))
    let one = FaceModelDrawing([five]).svg
    #expect(count("<circle", in: one) == 15)
    #expect(count("class=\"contour ", in: one) == 0)
    #expect(one.contains("image-right mouth corner"))
    #expect(count("<circle", in: FaceModelDrawing([five, five]).svg) == 30)
  }

  @Test("the contours of iBUG hold each of the 68 points once")
  func contours() {
    #expect(Landmarks.Layout.ibug68.contours.flatMap { Array($0.points) } == Array(0..<68))
    #expect(Landmarks.Layout.face5.contours.isEmpty)
    #expect(Landmarks.Layout.ibug68.name(ofPoint: 41) == "image-left eye")
    #expect(Landmarks.Layout.face5.name(ofPoint: 2) == "nose tip")
  }
}
