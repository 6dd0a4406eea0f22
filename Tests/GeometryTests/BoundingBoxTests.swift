internal import Geometry
internal import Testing

@Suite("Boxes")
struct BoundingBoxTests {
  @Test("corner and size give the opposite corner, size and centre")
  func sizes() {
    let box = BoundingBox(x: 10, y: 20, width: 30, height: 50)
    #expect(box == BoundingBox(left: 10, top: 20, right: 40, bottom: 70))
    #expect(box.width == 30)
    #expect(box.height == 50)
    #expect(box.centre == [25, 45])
  }

  @Test(
    "a box without area, turned inside out or not a number is degenerate",
    arguments: [(0, 5), (5, 0), (0, 0), (-3, 5), (5, -3), (-2, -2), (Double.nan, 5), (5, .nan)])
  func degenerate(width: Double, height: Double) {
    #expect(BoundingBox(x: 1, y: 2, width: width, height: height).isDegenerate)
  }

  @Test("the smallest area is not degenerate")
  func smallest() {
    #expect(!BoundingBox(x: 0, y: 0, width: 1e-9, height: 1e-9).isDegenerate)
  }

  @Test(
    "intersection over union is 1 for the same box, 0 for boxes that only touch or have no area",
    arguments: [
      (BoundingBox(x: 0, y: 0, width: 4, height: 2), 1.0),
      (BoundingBox(x: 2, y: 0, width: 4, height: 2), 4.0 / 12),
      (BoundingBox(x: 1, y: 1, width: 1, height: 5), 1.0 / 12),
      (BoundingBox(x: 4, y: 0, width: 4, height: 2), 0.0),
      (BoundingBox(x: 1, y: 1, width: 0, height: 0), 0.0),
      (BoundingBox(left: 3, top: 2, right: 1, bottom: 0), 0.0),
      (BoundingBox(x: 1, y: 1, width: .nan, height: 1), 0.0),
    ])
  func overlap(box: BoundingBox, expected: Double) {
    let unit = BoundingBox(x: 0, y: 0, width: 4, height: 2)
    #expect(unit.intersectionOverUnion(box) == expected)
    #expect(box.intersectionOverUnion(unit) == expected)
  }

  @Test("a box up to the rim neither leaves nor misses its image")
  func rim() {
    let box = BoundingBox(left: 0, top: 0, right: 640, bottom: 480)
    #expect(!box.leaves(imageWidth: 640, imageHeight: 480))
    #expect(!box.misses(imageWidth: 640, imageHeight: 480))
  }

  @Test(
    "a box over any one rim leaves the image but does not miss it",
    arguments: [
      BoundingBox(left: -0.5, top: 0, right: 10, bottom: 10),
      BoundingBox(left: 0, top: -0.5, right: 10, bottom: 10),
      BoundingBox(left: 600, top: 0, right: 640.5, bottom: 10),
      BoundingBox(left: 0, top: 400, right: 10, bottom: 480.5),
    ])
  func overRim(box: BoundingBox) {
    #expect(box.leaves(imageWidth: 640, imageHeight: 480))
    #expect(!box.misses(imageWidth: 640, imageHeight: 480))
  }

  @Test(
    "a box that only touches the image from outside misses it",
    arguments: [
      BoundingBox(left: -10, top: 5, right: 0, bottom: 10),
      BoundingBox(left: 5, top: -10, right: 10, bottom: 0),
      BoundingBox(left: 640, top: 5, right: 650, bottom: 10),
      BoundingBox(left: 5, top: 480, right: 10, bottom: 490),
    ])
  func outside(box: BoundingBox) {
    #expect(box.misses(imageWidth: 640, imageHeight: 480))
  }
}

@Suite("Integer boxes")
struct IntegerBoxTests {
  @Test("coordinates are truncated toward zero on both sides of it")
  func truncation() {
    let box = BoundingBox(left: -3.9, top: -0.9, right: 7.9, bottom: 12)
    #expect(
      IntegerBox(truncating: box) == IntegerBox(left: -3, top: 0, right: 7, bottom: 12))
  }

  @Test("corners are truncated, not the size: 0.6 to 10.4 is ten wide")
  func cornersNotSize() throws {
    let box = try #require(
      IntegerBox(truncating: BoundingBox(left: 0.6, top: 0.4, right: 10.4, bottom: 10.9)))
    #expect(box.width == 10)
    #expect(box.height == 10)
    #expect(!box.isEmpty)
  }

  @Test("a box of less than a pixel may be empty, and an inverted one is")
  func empty() {
    let thin = BoundingBox(left: 3.1, top: 0, right: 3.9, bottom: 9)
    #expect(IntegerBox(truncating: thin)?.isEmpty == true)
    #expect(IntegerBox(left: 5, top: 0, right: 4, bottom: 9).isEmpty)
    #expect(IntegerBox(left: 0, top: 5, right: 9, bottom: 5).isEmpty)
    #expect(!IntegerBox(left: 0, top: 5, right: 1, bottom: 6).isEmpty)
  }

  @Test(
    "a coordinate that is no 32-bit number gives no box",
    arguments: [Double.nan, .infinity, -.infinity, 2_147_483_648, -2_147_483_648, 1e300])
  func outOfRange(value: Double) {
    let boxes = [
      BoundingBox(left: value, top: 0, right: 1, bottom: 1),
      BoundingBox(left: 0, top: value, right: 1, bottom: 1),
      BoundingBox(left: 0, top: 0, right: value, bottom: 1),
      BoundingBox(left: 0, top: 0, right: 1, bottom: value),
    ]
    for box in boxes { #expect(IntegerBox(truncating: box) == nil) }
  }

  @Test("the largest 32-bit coordinates still give a box")
  func largest() {
    let box = BoundingBox(left: -2_147_483_647.5, top: 0, right: 2_147_483_647.5, bottom: 1)
    #expect(
      IntegerBox(truncating: box)
        == IntegerBox(left: -2_147_483_647, top: 0, right: 2_147_483_647, bottom: 1))
  }
}

@Suite("img2pose's box about points")
struct Img2PoseBoxTests {
  /// 40 wide and 60 high about (50, 70).
  private let points = [SIMD2(30.0, 40.0), SIMD2(70, 100), SIMD2(50, 70)]

  @Test("is 1.1 times as large, with the forehead where the roll says")
  func foreheads() {
    func box(_ roll: Double) -> [Double] {
      let box = BoundingBox.img2pose(about: points, roll: roll, imageSize: SIMD2(200, 200))
      return [box.left, box.top, box.right, box.bottom]
    }
    // 44 x 66, and 18 up or down or 12 to a side.
    #expect(box(0) == [28, 19, 72, 103])
    #expect(box(1) == [28, 19, 72, 103])
    #expect(box(1.2) == [28, 37, 84, 103])
    #expect(box(-1.2) == [16, 37, 72, 103])
    #expect(box(2.6) == [28, 37, 72, 121])
    #expect(box(-2.6) == [28, 37, 72, 121])
  }

  @Test("is in whole numbers, truncated, and cut at the image")
  func cut() {
    let points = [SIMD2(-10.3, 20.2), SIMD2(30.9, 50.4)]
    let box = BoundingBox.img2pose(about: points, roll: 0, imageSize: SIMD2(31, 48))
    // 45 x 33 about (10.3, 35.3), and 9.06 up.
    #expect(box == BoundingBox(left: 0, top: 9, right: 31, bottom: 48))
    let whole = BoundingBox.img2pose(about: points, roll: 0, imageSize: nil)
    #expect(whole == BoundingBox(left: 0, top: 9, right: 32, bottom: 51))
  }
}
