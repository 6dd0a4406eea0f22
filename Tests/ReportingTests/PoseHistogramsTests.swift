import Foundation
import Geometry
import Reporting
import Testing

@Suite("Pose histograms")
struct PoseHistogramsTests {
  @Test(
    "are well-formed XML with a bar for each bin that holds something and a mean for each component"
  )
  func svg() throws {
    var statistics = PoseStatistics()
    for i in 0..<100 { statistics.add { Double(i * ($0 + 1)) / 100 } }
    statistics.add { _ in -5 }
    let svg = PoseHistograms(statistics).svg
    let bars = svg.components(separatedBy: "class=\"bar\"").count - 1
    let filled = statistics.components.map { component in
      component.sketch.histogram(from: component.minimum, to: component.maximum, bins: 36)
        .count { $0 > 0 }
    }
    #expect(bars == filled.reduce(0, +))
    #expect(svg.components(separatedBy: "class=\"mean\"").count - 1 == 6)
    #expect(svg.contains(">Local poses of 101 faces<"))
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(svg.filter { $0 == "<" }.count == svg.filter { $0 == ">" }.count)
  }
}
