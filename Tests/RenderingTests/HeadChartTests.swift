import Labelling
import Rendering
import Testing

@Suite("A head's chart")
struct HeadChartTests {
  private let head = HeadMesh(landmarks: FaceModel.bfm68Points.points)

  @Test("a point of the face's surface is found again at its place")
  func points() {
    let chart = HeadChart(head)
    var tried = 0
    for i in stride(from: 0, to: head.surface.triangles.count, by: 7) {
      let corners = head.surface.triangles[i]
      let points = [corners.x, corners.y, corners.z].map {
        SIMD3<Double>(head.surface.vertices[$0])
      }
      let middle = (points[0] + points[1] + points[2]) / 3
      // The face between brows and chin, without the lips, whose surfaces lie on each other.
      guard middle.z < 0, (-0.06...0.01).contains(middle.y) else { continue }
      tried += 1
      let found = chart.point(at: HeadChart.place(of: middle))
      let difference = found - middle
      // The surface bends a little within a triangle of some millimetres, seen along the chart's rays.
      #expect((difference * difference).sum().squareRoot() < 5e-4, "\(middle)")
    }
    #expect(tried > 500)
  }

  @Test("a place off the head gets the nearest vertex, and none ends the process")
  func elsewhere() {
    let chart = HeadChart(head)
    for place: SIMD2<Double> in [[0, -5], [0, 5], [9, 0], [.nan, 0], [0, .infinity]] {
      let point = chart.point(at: place)
      #expect(head.surface.vertices.contains { SIMD3<Double>($0) == point } || point == .zero)
    }
  }
}
