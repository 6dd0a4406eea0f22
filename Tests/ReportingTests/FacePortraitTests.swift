import Codecs
import Geometry
import Labelling
import Rendering
import Reporting
import Schema
import Testing

@Suite("Face portrait")
struct FacePortraitTests {
  private static let head = HeadMesh(landmarks: FaceModel.bfm68Points.points)
  private let portrait = FacePortrait(head: head)
  private static let pose = Extrinsics(
    rotation: Rotation(rotationVector: [0.1, 0.4, -0.1]), translation: [0.02, -0.03, 1.2])
  private static let camera = Intrinsics.widthPlusHeight(640, 480)
  private static let grey = Photograph(PixelImage(width: 640, height: 480, fill: [90, 90, 90]))

  /// A face in a known pose with its 68 landmarks where the pose has them.
  private static func record(
    frame: HeadPose.Frame = .bfm, shift: SIMD3<Double> = .zero
  ) -> ImageRecord {
    let places = FaceModel.bfm68Points.points.map { camera.projection(of: pose.applied(to: $0)) }
    var face = Face(
      box: BoundingBox(
        left: places.map(\.x).min() ?? 0, top: places.map(\.y).min() ?? 0,
        right: places.map(\.x).max() ?? 0, bottom: places.map(\.y).max() ?? 0))
    face.landmarks = Landmarks(layout: .ibug68, points: places.map { Landmarks.Point($0) })
    face.pose = HeadPose(
      rotationVector: pose.rotation.rotationVector, translation: pose.applied(to: shift),
      frame: frame)
    var record = ImageRecord(
      source: RecordSource(dataset: "test"), image: ImageReference(path: "a.png"), faces: [face])
    record.camera = Camera(intrinsics: camera, provenance: .calibrated)
    return record
  }

  /// Which pixels two pictures differ in.
  private func changed(_ a: PixelImage, _ b: PixelImage) -> [Bool] {
    stride(from: 0, to: a.pixels.count, by: 3).map {
      a.pixels[$0..<$0 + 3] != b.pixels[$0..<$0 + 3]
    }
  }

  private func overlays(_ names: String) -> FacePortrait.Overlays {
    var overlays: FacePortrait.Overlays = []
    for (name, overlay) in FacePortrait.Overlays.named where names.contains(name) {
      overlays.insert(overlay)
    }
    return overlays
  }

  @Test("without overlays the whole image at its own size is the image, bit for bit")
  func untouched() {
    var image = PixelImage(width: 31, height: 17)
    for i in image.pixels.indices { image.pixels[i] = UInt8(truncatingIfNeeded: i * 37) }
    let picture = portrait.picture(
      of: Self.record(), in: Photograph(image), overlays: [])
    #expect(picture == image)
  }

  @Test("the picture is square, of the side asked for, and the same each time")
  func deterministic() {
    for side in [1, 33, 160] {
      let draw = {
        portrait.picture(
          ofFace: 0, of: Self.record(), in: Self.grey, side: side,
          overlays: [.box, .landmarks, .axes, .mesh])
      }
      let picture = draw()
      #expect(picture.width == side && picture.height == side)
      // Nothing of the picture before is left in its buffers.
      #expect(draw() == picture)
    }
  }

  @Test("the mesh covers the face inside its landmarks' outline, and little beyond the jaw")
  func meshCover() throws {
    let record = Self.record()
    let bare = portrait.picture(of: record, in: Self.grey, overlays: [])
    let meshed = portrait.picture(of: record, in: Self.grey, overlays: .mesh)
    let drawn = changed(bare, meshed)
    let landmarks = try #require(record.faces[0].landmarks)
    // Eyes, nose and mouth lie on it.
    for i in 27..<68 {
      let place = try #require(landmarks.position(i))
      #expect(drawn[Int(place.y.rounded()) * 640 + Int(place.x.rounded())], "landmark \(i)")
    }
    let box = record.faces[0].box
    for y in 0..<480 {
      for x in 0..<640 where drawn[y * 640 + x] {
        let isNear =
          Double(x) > box.left - 25 && Double(x) < box.right + 25
          && Double(y) > box.top - 40 && Double(y) < box.bottom + 8
        #expect(isNear, "(\(x), \(y))")
        if !isNear { return }
      }
    }
    // The photograph shows through: an image of another grey is seen under it.
    let dark = Photograph(PixelImage(width: 640, height: 480, fill: [20, 20, 20]))
    let other = portrait.picture(of: record, in: dark, overlays: .mesh)
    let nose = try #require(landmarks.position(30))
    let at = 3 * (Int(nose.y) * 640 + Int(nose.x))
    #expect(meshed.pixels[at] > other.pixels[at] + 20)
  }

  @Test("poses of other frames put the mesh in the same place; a user's frame has none")
  func frames() {
    let plain = portrait.picture(of: Self.record(), in: Self.grey, overlays: .mesh)
    // Where ARKit's and BIWI's origins are in the mean face.
    for (frame, origin) in [
      (HeadPose.Frame.arkit, SIMD3(-0.001, -0.016, 0.002)),
      (.biwiHead, SIMD3(-0.001, -0.006, -0.019)),
    ] {
      let picture = portrait.picture(
        of: Self.record(frame: frame, shift: origin), in: Self.grey, overlays: .mesh)
      let differing = changed(plain, picture).count { $0 }
      #expect(differing < 30, "\(frame): \(differing)")
    }
    let user = portrait.picture(
      of: Self.record(frame: .user), in: Self.grey, overlays: .mesh)
    #expect(changed(user, Self.grey.image).allSatisfy { !$0 })
  }

  @Test("lines pass where the annotation is", arguments: ["box", "landmarks", "axes"])
  func lines(name: String) throws {
    let record = Self.record()
    let face = record.faces[0]
    let picture = portrait.picture(of: record, in: Self.grey, overlays: overlays(name))
    let drawn = changed(picture, Self.grey.image)
    let landmarks = try #require(face.landmarks)
    let points: [SIMD2<Double>] =
      switch name {
      case "box":
        [
          SIMD2(face.box.left, face.box.centre.y), SIMD2(face.box.centre.x, face.box.bottom),
          SIMD2(face.box.right, face.box.top),
        ]
      case "landmarks":
        (0..<68).compactMap(landmarks.position)
          + [9, 18, 28, 45, 52].compactMap { i in
            landmarks.position(i).flatMap { a in landmarks.position(i + 1).map { (a + $0) / 2 } }
          }
      default:
        [SIMD3(0.04, 0, 0), SIMD3(0, 0.04, 0), SIMD3(0, 0, -0.04)].map {
          Self.camera.projection(of: Self.pose.applied(to: $0))
        }
      }
    for point in points {
      #expect(drawn[Int(point.y.rounded()) * 640 + Int(point.x.rounded())], "\(point)")
    }
    #expect(drawn.count { $0 } < 640 * 480 / 10)
  }

  @Test("a portrait shows the face in its middle and its overlays with it")
  func alignment() throws {
    let record = Self.record()
    // One white pixel where a landmark is has to stay under that landmark at any size.
    var image = PixelImage(width: 640, height: 480)
    let nose = try #require(record.faces[0].landmarks?.position(30))
    for (x, y) in [(-1, 0), (0, 0), (1, 0), (0, -1), (0, 1)] {
      let at = 3 * ((Int(nose.y.rounded()) + y) * 640 + Int(nose.x.rounded()) + x)
      for channel in 0..<3 { image.pixels[at + channel] = 255 }
    }
    for side in [60, 150, 500] {
      let bare = portrait.picture(
        ofFace: 0, of: record, in: Photograph(image), side: side, overlays: [])
      var sum = SIMD3<Double>.zero
      for y in 0..<side {
        for x in 0..<side {
          let value = Double(bare.pixels[3 * (y * side + x) + 1])
          sum += SIMD3(value * Double(x), value * Double(y), value)
        }
      }
      let found = SIMD2(sum.x, sum.y) / sum.z
      let box = record.faces[0].box
      let scale = Double(side) / (1.7 * max(box.width, box.height))
      let expected = (nose.rounded(.toNearestOrEven) - box.centre) * scale + Double(side) / 2 - 0.5
      #expect(length(SIMD3(found - expected, 0)) < 0.3 * max(scale, 1), "\(side): \(found)")
    }
  }

  @Test(
    "landmarks on one side of their box are in the picture, however far",
    arguments: [0.2, 0.5, 0.8, 1.5, 4])
  func landmarksBesideBox(share: Double) throws {
    // A high and narrow box: what lies beside it by its own width makes the whole hardly longer.
    let box = BoundingBox(left: 300, top: 200, right: 370, bottom: 294)
    for side in [box.left - 70 * share, box.right + 70 * share] {
      var record = Self.record()
      record.faces[0].box = box
      record.faces[0].landmarks = Landmarks(
        layout: .face5, points: (0..<5).map { _ in Landmarks.Point([side, 250]) })
      func draw(_ overlays: FacePortrait.Overlays) -> PixelImage {
        portrait.picture(ofFace: 0, of: record, in: Self.grey, side: 120, overlays: overlays)
      }
      // A whole point is more than a few pixels that reach in from beyond the rim.
      #expect(changed(draw([]), draw(.landmarks)).count { $0 } >= 9)
    }
  }

  @Test("a box without area is in the picture of its landmarks", arguments: [0, 60, 250])
  func boxWithoutArea(distance: Double) throws {
    var record = Self.record()
    let box = record.faces[0].box
    record.faces[0].box = BoundingBox(
      left: box.left - distance, top: box.top, right: box.left - distance, bottom: box.bottom)
    func draw(_ overlays: FacePortrait.Overlays) -> PixelImage {
      portrait.picture(ofFace: 0, of: record, in: Self.grey, side: 120, overlays: overlays)
    }
    // A line, and both of the outermost landmarks.
    #expect(changed(draw([]), draw(.box)).count { $0 } >= 20)
    let marks = changed(draw([]), draw(.landmarks))
    let columns = Set(marks.indices.filter { marks[$0] }.map { $0 % 120 })
    #expect(columns.count >= 20 && !columns.contains(0) && !columns.contains(119))
  }

  @Test("faces without area, beyond the image, or with nothing finite are drawn all the same")
  func oddFaces() {
    var boxes = [
      BoundingBox(left: 10, top: 10, right: 10, bottom: 12),
      BoundingBox(left: -900, top: -900, right: -800, bottom: -800),
      BoundingBox(left: .nan, top: 0, right: 5, bottom: .infinity),
      BoundingBox(left: -1e300, top: 0, right: 1e300, bottom: 5),
      BoundingBox(left: 0, top: 0, right: 900_000, bottom: 900_000),
    ]
    boxes.append(BoundingBox(left: 5, top: 5, right: 5, bottom: 5))
    for box in boxes {
      var record = Self.record()
      record.faces[0].box = box
      if box.left == 5 { record.faces[0].landmarks = nil }
      record.faces[0].pose = HeadPose(
        rotationVector: [.nan, 0, 0], translation: [0, 0, box.left == 10 ? -1 : 1e-9])
      let picture = portrait.picture(
        ofFace: 0, of: record, in: Self.grey, side: 40, overlays: [.box, .landmarks, .axes, .mesh])
      #expect(picture.width == 40)
    }
  }

  @Test("an image decoded to half its size gives nearly the same portrait")
  func smallerDecoding() throws {
    var image = PixelImage(width: 640, height: 480)
    for y in 0..<480 {
      for x in 0..<640 {
        let at = 3 * (y * 640 + x)
        (image.pixels[at], image.pixels[at + 1]) = (UInt8(x * 255 / 640), UInt8(y * 255 / 480))
      }
    }
    let half = PictureWindow(corner: .zero, scale: 0.5, width: 320, height: 240)
      .picture(of: image, background: [0, 0, 0])
    let record = Self.record()
    let whole = portrait.picture(
      ofFace: 0, of: record, in: Photograph(image), side: 64, overlays: .box)
    let small = portrait.picture(
      ofFace: 0, of: record, in: Photograph(half, size: [640, 480]), side: 64, overlays: .box)
    let worst = zip(whole.pixels, small.pixels).map { abs(Int($0) - Int($1)) }.max()
    #expect(try #require(worst) <= 3)
    #expect(
      FacePortrait.longSide(forFace: record.faces[0], side: 64, size: SIMD2(640, 480)) != nil)
  }
}
