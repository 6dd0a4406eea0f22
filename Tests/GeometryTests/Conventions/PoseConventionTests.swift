internal import Geometry
internal import TestSupport
internal import Testing

@Suite("Matrix conventions and changes of poses")
struct PoseConventionTests {
  private let flip = Rotation(rows: [1, 0, 0], [0, -1, 0], [0, 0, -1])

  private func pose(_ random: inout SeededRandom) -> Extrinsics {
    Extrinsics(rotation: random.rotation(), translation: random.vector(-1...1) + [0, 0, 2])
  }

  private func close(_ a: Extrinsics, _ b: Extrinsics, _ tolerance: Double = 1e-12) -> Bool {
    distance(a.rotation, b.rotation) < tolerance
      && length(a.translation - b.translation) < tolerance
  }

  @Test("y-up and transposed matrices are F R F and F Rᵀ F, and their own inverses")
  func yUp() {
    var random = SeededRandom(seed: 91)
    for _ in 0..<1000 {
      let rotation = random.rotation()
      #expect(distance(rotation.inYUpAxes, flip * rotation * flip) < 1e-15)
      #expect(distance(rotation.transposedInYUpAxes, flip * rotation.transpose * flip) < 1e-15)
      #expect(rotation.inYUpAxes.inYUpAxes == rotation)
      #expect(rotation.transposedInYUpAxes.transposedInYUpAxes == rotation)
    }
  }

  @Test("row transforms move row vectors as the pose moves columns, in their own axes")
  func rowTransforms() throws {
    var random = SeededRandom(seed: 92)
    for _ in 0..<1000 {
      let (pose, point) = (pose(&random), random.vector(-0.1...0.1))
      for (axes, change) in [
        (RowTransform.Axes.openGL, flip), (.openCV, .identity),
      ] {
        let m = RowTransform(pose, axes: axes).rowMajor
        let v = change * point
        let moved = SIMD3(
          v.x * m[0] + v.y * m[4] + v.z * m[8] + m[12],
          v.x * m[1] + v.y * m[5] + v.z * m[9] + m[13],
          v.x * m[2] + v.y * m[6] + v.z * m[10] + m[14])
        #expect(length(change * moved - pose.applied(to: point)) < 1e-14)
        let back = try #require(RowTransform(axes: axes, rowMajor: m))
        #expect(close(back.extrinsics, pose))
      }
      let wcpa = try #require(
        RowTransform(ninePlusThree: RowTransform(pose, axes: .openGL).ninePlusThree))
      #expect(close(wcpa.extrinsics, pose))
    }
  }

  @Test("what is no rigid motion of row vectors is refused")
  func refusedTransforms() {
    let column = [1.0, 0, 0, 0.1, 0, 1, 0, 0.2, 0, 0, 1, -3, 0, 0, 0, 1]
    #expect(RowTransform(axes: .openGL, rowMajor: column) == nil)
    let scaled = [1.01, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -1, 1]
    #expect(RowTransform(axes: .openGL, rowMajor: scaled) == nil)
    #expect(RowTransform(axes: .openGL, rowMajor: scaled, tolerance: 0.03) != nil)
    #expect(RowTransform(axes: .openGL, rowMajor: [1.0]) == nil)
    #expect(RowTransform(ninePlusThree: [Double](repeating: 0, count: 12)) == nil)
    #expect(Rotation(rowMajor: [1, 0, 0, 0, 1, 0, 0, 0, -1]) == nil)
    #expect(Rotation(rowMajor: [1, 0, 0, 0, .nan, 0, 0, 0, 1]) == nil)
  }

  @Test("PnP on points in OpenGL axes gives R F and the same translation")
  func perspNet() {
    var random = SeededRandom(seed: 93)
    for _ in 0..<1000 {
      let (pose, point) = (pose(&random), random.vector(-0.1...0.1))
      let seen = pose.perspNetPnPRotation * (flip * point) + pose.translation
      #expect(length(seen - pose.applied(to: point)) < 1e-14)
      let back = Extrinsics(
        perspNetPnP: pose.perspNetPnPRotation, translation: pose.translation)
      #expect(close(back, pose))
    }
  }

  @Test("six numbers come back as the rotation, stretched and slanted ones too")
  func sixD() throws {
    var random = SeededRandom(seed: 94)
    for _ in 0..<1000 {
      let rotation = random.rotation()
      for layout in [SixDLayout.sixDRepNet, .trg] {
        let numbers = layout.numbers(of: rotation)
        #expect(distance(try #require(layout.rotation(of: numbers)), rotation) < 1e-13)
        // Twice the first column, and the second one plus 0.3 of the first.
        let first = layout == .trg ? [0, 2, 4] : [0, 1, 2]
        let second = layout == .trg ? [1, 3, 5] : [3, 4, 5]
        var slanted = numbers
        for (a, b) in zip(first, second) {
          slanted[b] += 0.3 * numbers[a]
          slanted[a] *= 2
        }
        #expect(distance(try #require(layout.rotation(of: slanted)), rotation) < 1e-13)
      }
    }
    #expect(SixDLayout.sixDRepNet.rotation(of: [1, 0, 0, 2, 0, 0]) == nil)
    #expect(SixDLayout.trg.rotation(of: [1, 0, 0]) == nil)
    #expect(SixDLayout.trg.numbers(of: .identity) == [1, 0, 0, 1, 0, 0])
    #expect(SixDLayout.sixDRepNet.numbers(of: .identity) == [1, 0, 0, 0, 1, 0])
  }

  @Test("BIWI's poses go to the colour camera as its points do, and back")
  func biwi() {
    var random = SeededRandom(seed: 95)
    for _ in 0..<1000 {
      let head = BiwiPose(
        rotation: random.rotation(), centre: random.vector(-100...100) + [0, 0, 900])
      let calibration = BiwiRig(
        rotation: random.rotation(angle: 0...0.05), translation: random.vector(-30...30))
      let vertex = random.vector(-100...100)
      let inDepth = head.rotation * vertex + head.centre
      let inColour = calibration.rotation * inDepth + calibration.translation
      let pose = calibration.toColourCamera(head)
      #expect(length(pose.applied(to: vertex / 1000) - inColour / 1000) < 1e-13)
      let back = calibration.toDepthCamera(pose)
      #expect(close(back.extrinsics, head.extrinsics))
      #expect(close(BiwiPose(head.extrinsics).extrinsics, head.extrinsics))
    }
  }

  @Test("FORMATS §5.4: the calibrated angles of BIWI's frame 12/00003")
  func realFrame() throws {
    let head = BiwiPose(
      rotation: try #require(
        Rotation(rowMajor: [
          0.980639, 0.109899, 0.162077, -0.11023, 0.993882, -0.00697376, -0.161851, -0.011027,
          0.986754,
        ])), centre: [43.4019, -30.7038, 906.864])
    let calibration = BiwiRig(
      rotation: try #require(
        Rotation(rowMajor: [
          0.999947, 0.00432361, 0.00929419, -0.00446314, 0.999877, 0.0150443, -0.009228,
          -0.015085, 0.999844,
        ])), translation: [-24.0198, 5.8896, -13.2308])
    let angles = EulerConvention.aflw.angles(of: calibration.toColourCamera(head).rotation)
    #expect(difference(angles, .degrees(pitch: 0.42, yaw: 9.86, roll: -6.65)) < 2e-4)
  }

  @Test("a mirrored pose shows the mirrored face in the mirrored place")
  func mirrored() {
    var random = SeededRandom(seed: 96)
    let (camera, width) = (Intrinsics.widthPlusHeight(640, 480), 640.0)
    var mirrored = camera
    mirrored.principalPoint.x = width - 1 - camera.principalPoint.x
    for _ in 0..<1000 {
      let (pose, point) = (pose(&random), random.vector(-0.1...0.1))
      let there = camera.projection(of: pose.applied(to: point))
      let seen = mirrored.projection(
        of: pose.mirrored.applied(to: SIMD3(-point.x, point.y, point.z)))
      #expect(abs(seen.x - (width - 1 - there.x)) < 1e-9 && abs(seen.y - there.y) < 1e-9)
      #expect(pose.mirrored.mirrored == pose)
    }
  }

  @Test("the sight rotation takes the axis to the direction by the least angle")
  func sight() {
    var random = SeededRandom(seed: 97)
    #expect(Rotation.sight(toward: [0, 0, 3]) == .identity)
    for _ in 0..<1000 {
      let direction = random.direction()
      let sight = Rotation.sight(toward: 2 * direction)
      #expect(defect(sight) < 1e-12)
      #expect(length(sight * [0, 0, 1] - direction) < 1e-14)
      // About an axis perpendicular to z: the least.
      #expect(abs(sight.rotationVector.z) < 1e-12)
      let pose = pose(&random)
      #expect(close(pose.egocentric.allocentric, pose))
      #expect(close(pose.allocentric.egocentric, pose))
    }
  }

  @Test("a moved origin moves no point")
  func origins() {
    var random = SeededRandom(seed: 98)
    for _ in 0..<1000 {
      let (pose, vertex) = (pose(&random), random.vector(-0.1...0.1))
      let moved = pose.fromBiwiToARKitOrigin
      // X_biwi = X_arkit + c.
      let same = moved.applied(to: vertex - SIMD3(0, -0.010, 0.021))
      #expect(length(same - pose.applied(to: vertex)) < 1e-15 * 4)
      #expect(close(moved.fromARKitToBiwiOrigin, pose))
    }
  }
}
