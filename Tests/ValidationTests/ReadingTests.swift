import Geometry
import Testing

@testable import Validation

@Suite("Readings of boxes and landmarks")
struct ReadingTests {
  @Test("faces as they are have no findings, however few or many", arguments: [1, 2, 8, 60])
  func clean(count: Int) {
    for seed in 1...5 as ClosedRange<UInt64> {
      #expect(SyntheticFaces(count: count, seed: seed).ids == [])
    }
  }

  /// How each reading's fault comes about: the inverse of what it undoes.
  static func plant(_ reading: Reading, _ face: inout FaceView, _ size: SIMD2<Double>) {
    let (b, p) = (face.box, face.points ?? [])
    switch reading {
    case .mirrored, .upsideDown, .swappedAxes, .mirroredFace, .exchangedSides, .mirroredInBox:
      // These are their own inverses.
      face.points = reading.points(p, of: b, in: size)
    case .turnedAround: face.points = reading.points(p, of: b, in: size)
    // Seen upright, the image has its sides exchanged.
    case .turnedRight: face.points = p.map { $0.map { SIMD2(size.y - 1 - $0.y, $0.x) } }
    case .turnedLeft: face.points = p.map { $0.map { SIMD2($0.y, size.x - 1 - $0.x) } }
    case .scaled(let k): face.points = Reading.scaled(1 / k).points(p, of: b, in: size)
    case .normalised: face.points = p.map { $0.map { $0 / size } }
    case .relativeToBox: face.points = p.map { $0.map { $0 - SIMD2(b.left, b.top) } }
    case .fractionsOfBox:
      face.points = p.map { $0.map { ($0 - SIMD2(b.left, b.top)) / SIMD2(b.width, b.height) } }
    case .cornersAsSize:
      face.box = BoundingBox(x: b.left, y: b.top, width: b.right, height: b.bottom)
    case .sizeAsCorners:
      face.box = BoundingBox(left: b.left, top: b.top, right: b.width, bottom: b.height)
    case .centreAsCorner: face.box = Reading.cornerAsCentre.box(b, in: size)
    case .cornerAsCentre: face.box = Reading.centreAsCorner.box(b, in: size)
    }
  }

  @Test(
    "landmarks with a fault are found by its name, and by no other",
    arguments: Reading.ofLandmarks.filter { $0 != .mirroredInBox } + [.scaled(2), .scaled(0.7)])
  func landmarks(reading: Reading) {
    let faces = SyntheticFaces().planting { Self.plant(reading, &$0, $1) }
    let finding = faces.report.findings.first
    #expect(faces.ids == ["landmarks-\(reading.name)"])
    #expect(finding?.count == faces.images.reduce(0) { $0 + $1.labels.count })
    if case .scaled = reading { return }
    #expect(finding?.text.hasSuffix(reading.remedy) == true, "\(finding?.text ?? "")")
  }

  @Test(
    "boxes with a fault are found by its name, and by no other",
    arguments: [Reading.cornersAsSize, .sizeAsCorners, .centreAsCorner, .cornerAsCentre])
  func boxes(reading: Reading) {
    let faces = SyntheticFaces().planting { Self.plant(reading, &$0, $1) }
    #expect(faces.ids == ["boxes-\(reading.name)"])
  }

  @Test(
    "where boxes and landmarks are wrong alike, both are named and no face is missed",
    arguments: [Reading.mirrored, .upsideDown, .swappedAxes, .normalised, .scaled(1.5)])
  func both(reading: Reading) {
    let faces = SyntheticFaces().planting { face, size in
      let box = face.box
      Self.plant(reading, &face, size)
      face.box =
        switch reading {
        case .scaled(let k): Reading.scaled(1 / k).box(box, in: size)
        case .normalised:
          BoundingBox(
            left: box.left / size.x, top: box.top / size.y, right: box.right / size.x,
            bottom: box.bottom / size.y)
        default: reading.box(box, in: size)
        }
    }
    #expect(faces.ids == ["boxes-\(reading.name)", "landmarks-\(reading.name)"])
  }

  @Test("a quarter turn and back is the same box", arguments: [Reading.turnedRight, .turnedLeft])
  func turns(reading: Reading) {
    let box = BoundingBox(x: 20, y: 30, width: 50, height: 70)
    let other: Reading = reading == .turnedRight ? .turnedLeft : .turnedRight
    let there = reading.box(box, in: SIMD2(900, 600))
    #expect(there.width == 70 && there.height == 50)
    #expect(other.box(there, in: SIMD2(600, 900)) == box)
    #expect(
      Reading.turnedAround.box(Reading.turnedAround.box(box, in: SIMD2(9, 6)), in: SIMD2(9, 6))
        == box)
  }

  @Test("one face of many whose sides are exchanged is found")
  func single() {
    var faces = SyntheticFaces(count: 20)
    Self.plant(.exchangedSides, &faces.images[4].labels[0], faces.images[4].size)
    #expect(faces.ids == ["landmarks-sides-exchanged"])
    #expect(faces.report.findings[0].examples == ["4.jpg: face 1"])
  }

  @Test("boxes of whole heads, or of landmarks' extents, are no fault")
  func conventions() {
    let heads = SyntheticFaces().planting { face, _ in
      face.box.top -= 0.3 * face.box.height
      face.box.left -= 0.1 * face.box.width
      face.box.right += 0.1 * face.box.width
    }
    #expect(heads.ids == [])
    let tight = SyntheticFaces().planting { face, _ in face.box.top += 0.28 * face.box.height }
    #expect(tight.ids == [])
  }

  @Test("text states the errors before and after")
  func text() {
    let report = SyntheticFaces().planting { Self.plant(.mirrored, &$0, $1) }.report
    let line = report.findings[0].line
    #expect(
      line.hasPrefix("landmarks-mirrored  15 faces  landmarks look mirrored: error falls from "))
    #expect(line.hasSuffix(" when x is flipped (first: 0.jpg: face 1)"))
    #expect(report.text.contains("finding    \(line)\n"))
  }
}
