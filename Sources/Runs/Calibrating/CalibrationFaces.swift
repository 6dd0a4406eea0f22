internal import Codecs
internal import FoundationEssentials
internal import Geometry
internal import Labelling
internal import Pipeline
internal import Schema

/// The landmarks and rotations of many faces, in a file without a name: so memory holds none of them, however many
/// there are, and each pass costs no parsing.
///
/// A face is a row of float32 numbers, x, y and weight of each point, then four float64: its rotation vector, zero where
/// it has none, and fy / fx. Points are in the plane at depth 1 of a camera with fx = 1.
final class CalibrationFaces {
  private let points: Int
  private let file: NamelessFile
  private(set) var count = 0

  /// - Parameter layout: of all landmarks.
  init(layout: Landmarks.Layout) throws {
    points = layout.count
    file = try NamelessFile()
  }

  /// - Parameters:
  ///   - landmarks: of the layout.
  ///   - camera: in which they were seen.
  ///   - rotation: of the annotated pose; nil where there is none.
  func add(_ landmarks: Landmarks, _ camera: Intrinsics, rotation: SIMD3<Double>?) throws {
    var row: [Float] = []
    for i in 0..<points {
      let point = landmarks[i]
      let offset = (point.position - camera.principalPoint) / camera.focalLength.x
      row += [Float(offset.x), Float(offset.y), point.visibility == .missing ? 0 : 1]
    }
    let turn = rotation ?? .zero
    let ratio = camera.focalLength.y / camera.focalLength.x
    try file.output.write(
      row.littleEndianBytes + [turn.x, turn.y, turn.z, ratio].littleEndianBytes)
    count += 1
  }

  /// All faces that were added.
  func table() throws -> Table {
    try file.output.flush()
    return Table(points: points, count: count, file: try file.mapped())
  }

  /// Faces to go over again and again.
  struct Table: Sendable {
    let points: Int
    let count: Int
    fileprivate let file: MappedFile

    /// Gives the faces of a range to the closure.
    func withFaces<Result>(
      _ range: Range<Int>, _ body: (Rows) throws -> Result
    ) rethrows -> Result {
      try file.withBytes { bytes in
        let stride = Rows.stride(points)
        let part = bytes[range.lowerBound * stride..<range.upperBound * stride]
        return try body(Rows(points: points, bytes: UnsafeRawBufferPointer(rebasing: part)))
      }
    }
  }

  /// Some faces, numbered from 0.
  struct Rows {
    let points: Int
    let bytes: UnsafeRawBufferPointer

    static func stride(_ points: Int) -> Int { 12 * points + 32 }

    @inline(__always)
    func landmark(_ face: Int, _ point: Int) -> LeastSquaresPoseSolver.Landmark? {
      let place = face * Self.stride(points) + 12 * point
      func number(_ k: Int) -> Double {
        Double(bytes.loadUnaligned(fromByteOffset: place + 4 * k, as: Float.self))
      }
      let weight = number(2)
      return weight > 0 ? (SIMD2(number(0), number(1)), weight) : nil
    }

    func camera(_ face: Int) -> Intrinsics {
      Intrinsics(focalLength: SIMD2(1, tail(face, 3)), principalPoint: .zero)
    }

    func rotation(_ face: Int) -> Rotation {
      Rotation(rotationVector: SIMD3(tail(face, 0), tail(face, 1), tail(face, 2)))
    }

    private func tail(_ face: Int, _ k: Int) -> Double {
      let place = face * Self.stride(points) + 12 * points + 8 * k
      return bytes.loadUnaligned(fromByteOffset: place, as: Double.self)
    }
  }
}

/// Passes over faces, on all threads. Sums are added in the faces' order, so they do not depend on the threads.
struct CalibrationPasses {
  var tables: [CalibrationFaces.Table]
  var jobs: Int
  var stop: StopFlag

  private static let batch = 1024

  var faces: Int { tables.reduce(0) { $0 + $1.count } }

  /// What the faces say about a model's points.
  ///
  /// - Parameter isPosed: whether the faces' own rotations are kept.
  func equations(_ model: [SIMD3<Double>], isPosed: Bool, interocular: Double) throws
    -> ShapeEquations
  {
    var sum = ShapeEquations(model: model)
    // No deviations are asked for, and the identity's would cost time.
    var uncertainty = LandmarkUncertainty()
    uncertainty.identity = 0
    try forEachBatch(model, interocular, uncertainty) { solver, rows, count in
      var part = ShapeEquations(model: model)
      solver.addShape(
        faces: count, camera: rows.camera, landmark: rows.landmark,
        rotation: isPosed ? rows.rotation : nil, to: &part)
      return part
    } sink: {
      sum += $0
    }
    return sum
  }

  /// How poses that are fitted with a model agree with the faces' own rotations.
  struct Agreement: Sendable {
    var faces = 0
    /// Of the angles between the two, in radians.
    var sum = 0.0
    /// Of the differences about the camera's axes over their stated deviations: the sum of squares.
    var squares = SIMD3<Double>.zero
    /// The turn of the model that would make them agree.
    var turn = SharedTurn()

    /// The mean angle in degrees.
    var degrees: Double { faces > 0 ? sum / Double(faces) * 180 / .pi : 0 }
    /// By how much the poses' errors exceed what is stated, about the axis where they do so most.
    var excess: Double { faces > 0 ? (squares.max() / Double(faces)).squareRoot() : 1 }
  }

  /// - Parameter uncertainty: from which the poses' deviations follow.
  func agreement(
    _ model: [SIMD3<Double>], interocular: Double, _ uncertainty: LandmarkUncertainty
  ) throws -> Agreement {
    var sum = Agreement()
    try forEachBatch(model, interocular, uncertainty) { solver, rows, count in
      var part = Agreement()
      solver.fit(faces: count, camera: rows.camera, landmark: rows.landmark) { face, fit in
        guard let fit else { return }
        let given = rows.rotation(face)
        part.faces += 1
        part.sum += given.angle(to: fit.extrinsics.rotation)
        let error = (given * fit.extrinsics.rotation.transpose).rotationVector
        let relative = error / fit.covariance.rotationSigma
        part.squares += relative * relative
        part.turn.add(
          known: given, fitted: fit.extrinsics.rotation, sigma: fit.covariance.rotationSigma)
      }
      return part
    } sink: { part in
      sum.faces += part.faces
      sum.sum += part.sum
      sum.squares += part.squares
      sum.turn += part.turn
    }
    return sum
  }

  private func forEachBatch<Part: Sendable>(
    _ model: [SIMD3<Double>], _ interocular: Double, _ uncertainty: LandmarkUncertainty,
    _ body:
      @escaping @Sendable (inout LeastSquaresPoseSolver, CalibrationFaces.Rows, Int) throws -> Part,
    sink: (Part) -> Void
  ) throws {
    for table in tables {
      var next = 0
      try mapInOrder(
        workers: jobs, window: 4 * jobs,
        makeContext: {
          // Focal lengths are 1, so that a rounding in pixels would have no meaning.
          var uncertainty = uncertainty
          uncertainty.rounding = 0
          return LeastSquaresPoseSolver(
            model: model, interocularDistance: interocular, tolerance: 1e-6,
            uncertainty: uncertainty)
        },
        source: { () -> Range<Int>? in
          try stop.check()
          guard next < table.count else { return nil }
          defer { next = min(next + Self.batch, table.count) }
          return next..<min(next + Self.batch, table.count)
        },
        transform: { solver, range in
          try table.withFaces(range) { try body(&solver, $0, range.count) }
        },
        sink: { sink($0) })
    }
  }
}
