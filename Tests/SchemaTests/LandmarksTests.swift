import Schema
import Testing

@Suite("Landmarks")
struct LandmarksTests {
  /// 68 points at (i, 100 + i i).
  private func points68() -> [Landmarks.Point] {
    (0..<68).map { Landmarks.Point([Double($0), Double(100 + $0 * $0)]) }
  }

  @Test("five points of 68 are eye means, nose tip and mouth corners")
  func fivePoints() throws {
    let five = Landmarks(layout: .ibug68, points: points68()).fivePoints
    #expect(five.layout == .face5)
    // The sum of 100 + i i is 9511 over 36...41 and 12499 over 42...47.
    let expected: [SIMD2<Double>?] = [
      [38.5, 9511.0 / 6], [44.5, 12499.0 / 6], [30, 1000], [48, 2404], [54, 3016],
    ]
    for i in 0..<5 { #expect(five.position(i) == expected[i]) }
    #expect((0..<5).allSatisfy { five[$0].visibility == .visible })
  }

  @Test("an eye with a missing point is missing, one with an occluded point occluded")
  func partialEyes() throws {
    var points = points68()
    points[37] = .missing
    points[45].visibility = .occluded
    points[48] = .missing
    points[54].visibility = .occluded
    let five = Landmarks(layout: .ibug68, points: points).fivePoints
    #expect(
      (0..<5).map { five[$0].visibility } == [.missing, .occluded, .visible, .missing, .occluded])
    #expect(five.position(0) == nil)
    #expect(five[0].position == .zero)
    #expect(five.position(1)?.x == 44.5)
    #expect(five.presentCount == 3)
  }

  @Test("five points are their own, and five of AFLW's 21, whose sides are exchanged in pairs")
  func otherLayouts() {
    let five = Landmarks(layout: .face5, points: (0..<5).map { .init([Double($0), 1]) })
    #expect(five.fivePoints == five)
    let aflw = Landmarks(layout: .aflw21, points: (1...21).map { .init([Double($0), 1]) })
    #expect((0..<5).map { aflw.fivePoints.position($0)?.x } == [8, 11, 15, 18, 20])
    #expect(aflw.withSidesExchanged.withSidesExchanged == aflw)
    #expect(
      (0..<21).compactMap { aflw.withSidesExchanged.position($0)?.x } == [
        6, 5, 4, 3, 2, 1, 12, 11, 10, 9, 8, 7, 17, 16, 15, 14, 13, 20, 19, 18, 21,
      ])
  }

  @Test("Face Mesh's points become 5 and 68, and keep their sides' names in a mirror")
  func mesh() throws {
    let all = (0..<468).map { Landmarks.Point([Double($0), 2 * Double($0)]) }
    let mesh = Landmarks(layout: .mediapipe468, points: all)
    #expect(mesh.fivePoints.position(2) == [2.5, 5])
    #expect(mesh.fivePoints.position(3) == [61, 122])
    #expect(mesh.img2posePoints == mesh.fivePoints && mesh.reduced(to: .mediapipe468) == mesh)
    let ibug = try #require(mesh.reduced(to: .ibug68))
    #expect(ibug.position(8)?.x == 152 && ibug.position(30)?.x == 4 && ibug.presentCount == 68)
    #expect(ibug.reduced(to: .mediapipe468) == nil && mesh.reduced(to: .aflw21) == nil)
    // The 68 of the mirrored mesh are the mirrored 68.
    #expect(mesh.withSidesExchanged.reduced(to: .ibug68) == ibug.withSidesExchanged)
    let middle = Landmarks.Layout.mediapipe468.counterparts.enumerated().count { $0 == $1 }
    #expect(middle == 28)
  }

  @Test(
    "begins with all points missing and takes points one by one",
    arguments: Landmarks.Layout.allCases)
  func setPoints(layout: Landmarks.Layout) {
    var landmarks = Landmarks(layout: layout)
    #expect(landmarks.count == layout.count)
    #expect(landmarks.presentCount == 0)
    #expect(landmarks.position(layout.count - 1) == nil)
    landmarks[layout.count - 1] = .init([3, 4], .occluded)
    #expect(landmarks.position(layout.count - 1) == [3, 4])
    #expect(landmarks.presentCount == 1)
    #expect(landmarks != Landmarks(layout: layout))
  }

  @Test("a missing point has no position that could be mistaken for one")
  func missingPoint() {
    #expect(Landmarks.Point([3, 4], .missing) == .missing)
    #expect(Landmarks.Point([3, 4], .occluded).position == [3, 4])
  }
}
