internal import Geometry
internal import TestSupport
internal import Testing

/// A random image, a box in or over its rim, and a pose, as img2pose meets them.
private struct Scene {
  var width: Int
  var height: Int
  var box: IntegerBox
  var pose: Extrinsics
  var image: Intrinsics { .widthPlusHeight(width, height) }

  init(using random: inout SeededRandom) {
    width = Int.random(in: 50...2000, using: &random)
    height = Int.random(in: 50...2000, using: &random)
    let left = Int.random(in: -20..<width, using: &random)
    let top = Int.random(in: -20..<height, using: &random)
    box = IntegerBox(
      left: left, top: top, right: left + Int.random(in: 1...400, using: &random),
      bottom: top + Int.random(in: 1...400, using: &random))
    pose = Extrinsics(
      rotation: random.rotation(),
      translation: SIMD3(
        random.uniform(-3...3), random.uniform(-3...3), random.uniform(0.2...30)))
  }
}

@Suite("img2pose's crop camera")
struct CropCameraTests {
  @Test("local and global poses are each other's inverse to 1e-12, both ways")
  func inverse() {
    var random = SeededRandom(seed: 21)
    for _ in 0..<3000 {
      let scene = Scene(using: &random)
      let camera = CropCamera(box: scene.box, image: scene.image)
      let ways = [
        camera.global(from: camera.local(from: scene.pose)),
        camera.local(from: camera.global(from: scene.pose)),
      ]
      for pose in ways {
        #expect(distance(pose.rotation, scene.pose.rotation) < 1e-12)
        let size = max(1, length(scene.pose.translation))
        #expect(length(pose.translation - scene.pose.translation) < 1e-12 * size)
      }
    }
  }

  @Test("of a box with fractions it is that of its corner and its floored half, truncated")
  func fractions() {
    let image = Intrinsics.widthPlusHeight(640, 480)
    let pose = Extrinsics(
      rotation: Rotation(rotationVector: SIMD3(0.1, 0.2, 0.3)), translation: SIMD3(0.1, 0.2, 1))
    let whole = CropCamera(
      box: IntegerBox(left: 30, top: 40, right: 91, bottom: 111), image: image)
    let same = CropCamera(box: BoundingBox(left: 30, top: 40, right: 91, bottom: 111), image: image)
    #expect(same.global(from: pose) == whole.global(from: pose))
    #expect(same.intrinsics == whole.intrinsics)
    let box = BoundingBox(left: 30.25, top: 40.5, right: 91.75, bottom: 110)
    let global = CropCamera(box: box, image: image).global(from: pose)
    let depth = 1120 / 131.0
    // The centre is at 60.25 and 74.5, truncated.
    let expected = SIMD3(0.1 - 260.0 / 1120 * depth, 0.2 - 166.0 / 1120 * depth, depth)
    #expect(length(global.translation - expected) < 1e-12)
  }

  @Test("t_local is B⁻¹ K t with its depth times (bw + bh) / f, written out")
  func translation() {
    var random = SeededRandom(seed: 22)
    for _ in 0..<1000 {
      let scene = Scene(using: &random)
      let (box, t) = (scene.box, scene.pose.translation)
      let f = Double(scene.width + scene.height)
      let (cx, cy) = (Double(scene.width / 2), Double(scene.height / 2))
      let bx = Double(box.left + (box.right - box.left) / 2)
      let by = Double(box.top + (box.bottom - box.top) / 2)
      // K t in pixels times depth, then back through the camera whose centre is the box's.
      let (u, v) = (f * t.x + cx * t.z, f * t.y + cy * t.z)
      let expected = SIMD3(
        (u - bx * t.z) / f, (v - by * t.z) / f,
        t.z * Double(box.right - box.left + box.bottom - box.top) / f)
      let found = CropCamera(box: box, image: scene.image).local(from: scene.pose).translation
      #expect(length(found - expected) < 1e-11)
    }
  }

  @Test("R_global is the rotation nearest to M R_local, M = [1 0 a; 0 1 b; 0 0 1]")
  func rotation() {
    var random = SeededRandom(seed: 23)
    for _ in 0..<500 {
      let scene = Scene(using: &random)
      let box = scene.box
      let (a, b) = (
        (Double(box.left + box.width / 2) - scene.image.principalPoint.x)
          / scene.image.focalLength.x,
        (Double(box.top + box.height / 2) - scene.image.principalPoint.y)
          / scene.image.focalLength.y
      )
      let product = Rotation(rows: [1, 0, a], [0, 1, b], [0, 0, 1]) * scene.pose.rotation
      let expected = Rotation.polarFactor(
        ofRows: product.rows.0, product.rows.1, product.rows.2)
      let found = CropCamera(box: box, image: scene.image).global(from: scene.pose).rotation
      #expect(distance(found, expected) < 1e-14)
    }
  }

  @Test("odd sizes round the centre down, as Python's // does")
  func oddSizes() {
    // Image 101 x 51: f = 152, centre (50, 25). Box centre: 48 + 5 // 2 = 50, 24 + 3 // 2 = 25.
    let camera = CropCamera(
      box: IntegerBox(left: 48, top: 24, right: 53, bottom: 27), image: .widthPlusHeight(101, 51))
    let pose = Extrinsics(rotation: .identity, translation: [0.3, -0.2, 152])
    let local = camera.local(from: pose)
    #expect(local.translation == [0.3, -0.2, 8])
    #expect(local.rotation == .identity)
  }
}
