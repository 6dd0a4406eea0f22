import Foundation
import Geometry
import Reporting
import Schema
import Testing

@Suite("Convention drawing")
struct ConventionDrawingTests {
  /// Points round a face's place, none of which coincide.
  private let points = (0..<68).map { i in
    SIMD3(0.06 * sin(Double(i)), 0.07 * cos(Double(i)), 0.0005 * Double(i) - 0.05)
  }

  private func drawing(_ conventions: [EulerConvention]) -> String {
    ConventionDrawing(conventions, layout: .ibug68, points: points).svg
  }

  private func count(_ part: String, in text: String) -> Int {
    text.components(separatedBy: part).count - 1
  }

  @Test("equal conventions share a row of four faces; one more face shows the axes' names")
  func rows() {
    let svg = drawing(EulerConvention.allCases)
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(svg.filter { $0 == "<" }.count == svg.filter { $0 == ">" }.count)
    #expect(count("class=\"panel\"", in: svg) == 6 * 4 + 1)
    #expect(count(">aflw, hopenet, 6drepnet, dhpe</text>", in: svg) == 1)
    for convention in EulerConvention.allCases {
      #expect(svg.contains("R = \(convention.formula)"))
      #expect(svg.contains(">\(convention.rawValue): "))
    }
    for axis in ["ax", "ay", "az"] { #expect(count("turned \(axis)\"", in: svg) == 25) }
    #expect(count(" class=\"az\" text-anchor", in: svg) == 1)
  }

  @Test("the words under the faces are the convention's")
  func words() {
    let svg = drawing([.perspNet])
    #expect(count("class=\"panel\"", in: svg) == 4 + 1)
    for text in [
      "face down, about +x", "face to image right, about −y", "counter-clockwise, about −z",
    ] {
      #expect(count(">\(text)</text>", in: svg) == 1, "\(text)")
    }
    #expect(!svg.contains("trg"))
  }

  @Test("of equal conventions only those asked for are named")
  func someOfEqual() {
    let svg = drawing([.hopenet, .dhpe])
    #expect(svg.contains(">hopenet, dhpe</text>") && !svg.contains("6drepnet"))
  }
}
