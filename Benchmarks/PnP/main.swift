internal import Codecs
internal import Dispatch
internal import Foundation
internal import Geometry
internal import Labelling
internal import Timing

// Fits the poses of NAME.points.npy (float64, faces x points x 2) in the images of NAME.image_size.npy
// (int64, faces x 2), several times, and prints the seconds as JSON. NAME.poses.npy then has a rotation
// vector and a translation in metres for each face, NAME.sigmas.npy their standard deviations, NaN where
// no pose was found. The script Benchmarks/pnp makes the files and compares poses and time with OpenCV's.

let usage = """
  usage: PnP NAME [--solver least-squares|epnp] [--tolerance X] [--threads T] [--repeats R]
         PnP --model 5|68 FILE.npy     writes the mean face's points, in metres

  """

struct UsageError: Error {}

struct Arguments {
  enum Solver: String { case leastSquares = "least-squares", epnp }

  var name = ""
  var solver = Solver.leastSquares
  /// nil is the solver's own.
  var tolerance: Double?
  var threads = 1
  var repeats = 1

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else {
        name = argument
        continue
      }
      guard let value = rest.popFirst() else { throw UsageError() }
      switch argument {
      case "--solver": solver = try Self.parsed(Solver(rawValue: value))
      case "--tolerance": tolerance = try Self.parsed(Double(value))
      case "--threads": threads = max(1, try Self.parsed(Int(value)))
      case "--repeats": repeats = max(1, try Self.parsed(Int(value)))
      default: throw UsageError()
      }
    }
    if name.isEmpty { throw UsageError() }
  }

  private static func parsed<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw UsageError() }
    return value
  }
}

/// Landmarks and cameras of many faces, and where their poses go: memory of its own, so that threads can
/// fill their own shares of it.
final class Faces: @unchecked Sendable {
  let model: FaceModel
  let landmarks: [SIMD2<Double>]
  let cameras: [Intrinsics]
  let poses: UnsafeMutableBufferPointer<Double>
  let sigmas: UnsafeMutableBufferPointer<Double>
  var count: Int { cameras.count }

  init(name: String) throws {
    let points = try MappedFile(path: name + ".points.npy").withBytes { bytes in
      let array = try NPYArray(bytes, name: name + ".points.npy")
      return (numbers: array.doubles, shape: array.shape)
    }
    let sizes = try MappedFile(path: name + ".image_size.npy").withBytes { bytes in
      try NPYArray(bytes, name: name + ".image_size.npy").integers()
    }
    guard points.shape.count == 3, points.shape[2] == 2, sizes.count == 2 * points.shape[0],
      let model = meanFace(points: points.shape[1])
    else { throw UsageError() }
    self.model = model
    landmarks = stride(from: 0, to: points.numbers.count, by: 2).map {
      SIMD2(points.numbers[$0], points.numbers[$0 + 1])
    }
    cameras = stride(from: 0, to: sizes.count, by: 2).map {
      .widthPlusHeight(sizes[$0], sizes[$0 + 1])
    }
    poses = .allocate(capacity: 6 * cameras.count)
    sigmas = .allocate(capacity: 6 * cameras.count)
    clear()
  }

  func clear() {
    poses.initialize(repeating: .nan)
    sigmas.initialize(repeating: .nan)
  }

  deinit {
    poses.deallocate()
    sigmas.deallocate()
  }

  func store(_ pose: Extrinsics?, _ face: Int) {
    store(pose?.rotation.rotationVector, pose?.translation, in: poses, face)
  }

  /// A rotation vector, as OpenCV returns one, is part of the time.
  func store(_ fit: PoseFit?, _ face: Int) {
    store(fit?.extrinsics, face)
    store(fit?.covariance.rotationSigma, fit?.covariance.translationSigma, in: sigmas, face)
  }

  private func store(
    _ rotation: SIMD3<Double>?, _ translation: SIMD3<Double>?,
    in numbers: UnsafeMutableBufferPointer<Double>, _ face: Int
  ) {
    for i in 0..<3 {
      numbers[6 * face + i] = rotation?[i] ?? .nan
      numbers[6 * face + 3 + i] = translation?[i] ?? .nan
    }
  }
}

func meanFace(points: Int) -> FaceModel? {
  FaceModelSet.bfm.models.first { $0.points.count == points }
}

/// A solver of one of the two kinds; each thread has its own. Held so that it fits in place: taken out of
/// an enumeration, its scratch would be copied.
struct Solver {
  private var leastSquares: LeastSquaresPoseSolver?
  private var epnp: EPnPSolver?

  init(_ arguments: Arguments, model: FaceModel) {
    let (points, eyes) = (model.points, model.interocularDistance)
    switch (arguments.solver, arguments.tolerance) {
    case (.epnp, _): epnp = EPnPSolver(model: points)
    case (.leastSquares, let tolerance?):
      leastSquares = LeastSquaresPoseSolver(
        model: points, interocularDistance: eyes, tolerance: tolerance)
    case (.leastSquares, nil):
      leastSquares = LeastSquaresPoseSolver(model: points, interocularDistance: eyes)
    }
  }

  mutating func fit(_ faces: Faces, _ share: Range<Int>) {
    let (landmarks, cameras, points) = (faces.landmarks, faces.cameras, faces.model.points.count)
    let first = share.lowerBound
    leastSquares?.fit(
      faces: share.count,
      camera: { cameras[first + $0] },
      landmark: { (landmarks[(first + $0) * points + $1], 1) },
      take: { faces.store($1, first + $0) })
    guard epnp != nil else { return }
    for face in share {
      faces.store(epnp?.fit(camera: cameras[face]) { landmarks[face * points + $0] }, face)
    }
  }
}

/// A solver for each thread, used by no other.
final class Solvers: @unchecked Sendable {
  private let faces: Faces
  private var solvers: [Solver]

  init(_ arguments: Arguments, faces: Faces) {
    self.faces = faces
    solvers = (0..<arguments.threads).map { _ in Solver(arguments, model: faces.model) }
  }

  /// Fits all faces once.
  func fitAll() {
    let (faces, threads) = (faces, solvers.count)
    solvers.withUnsafeMutableBufferPointer { solvers in
      guard threads > 1 else { return solvers[0].fit(faces, 0..<faces.count) }
      nonisolated(unsafe) let solvers = solvers
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        let share = (faces.count * thread / threads)..<(faces.count * (thread + 1) / threads)
        solvers[thread].fit(faces, share)
      }
    }
  }
}

/// How often memory was allocated so far, where the script preloaded a library that counts it.
let countAllocations: (@convention(c) () -> UInt)? = dlsym(nil, "pnp_allocations").map {
  unsafeBitCast($0, to: (@convention(c) () -> UInt).self)
}

func write(_ numbers: [Double], shape: [Int], to path: String) throws {
  try Data(NPY.file(numbers, shape: shape)).write(to: URL(fileURLWithPath: path))
}

func writeModel(_ arguments: [String]) throws {
  guard arguments.count == 3, let model = meanFace(points: Int(arguments[1]) ?? 0) else {
    throw UsageError()
  }
  let numbers = model.points.flatMap { [$0.x, $0.y, $0.z] }
  try write(numbers, shape: [model.points.count, 3], to: arguments[2])
}

/// Of the whole process, in seconds: what other processes on the machine take is not in it.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

func run(_ arguments: Arguments) throws {
  let faces = try Faces(name: arguments.name)
  let beforeSolvers = countAllocations?()
  let solvers = Solvers(arguments, faces: faces)
  let afterSolvers = countAllocations?()
  // The first fit fills caches and grows the solvers' scratch. What is written is a timed fit's.
  solvers.fitAll()
  faces.clear()
  var seconds: [Double] = []
  seconds.reserveCapacity(arguments.repeats)
  let before = countAllocations?()
  let processorStart = processorTime()
  for _ in 0..<arguments.repeats {
    seconds.append(timed(solvers.fitAll).seconds)
  }
  let processor = processorTime() - processorStart
  let after = countAllocations?()
  let perFace = 1e6 / Double(max(faces.count, 1))
  let fits = Double(max(faces.count * arguments.repeats, 1))
  let mean = seconds.reduce(0, +) / Double(seconds.count)
  seconds.sort()
  let allocations = zip(before, after).map { "\(Double($1 - $0) / fits)" } ?? "null"
  // A solver has arrays: were these not counted, the fit's would not be either.
  let ofSolvers = zip(beforeSolvers, afterSolvers).map { "\($1 - $0)" } ?? "null"
  try write(Array(faces.poses), shape: [faces.count, 6], to: arguments.name + ".poses.npy")
  try write(Array(faces.sigmas), shape: [faces.count, 6], to: arguments.name + ".sigmas.npy")
  print(
    """
    {"microseconds_per_face": \(seconds[0] * perFace), \
    "microseconds_median": \(seconds[seconds.count / 2] * perFace), \
    "microseconds_mean": \(mean * perFace), \
    "processor_microseconds_mean": \(1e6 * processor / fits), \
    "allocations_per_face": \(allocations), "allocations_of_solvers": \(ofSolvers), \
    "threads": \(arguments.threads)}
    """)
}

func zip<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
  guard let first, let second else { return nil }
  return (first, second)
}

do {
  let arguments = Array(CommandLine.arguments.dropFirst())
  if arguments.first == "--model" {
    try writeModel(arguments)
  } else {
    try run(Arguments(arguments))
  }
} catch is UsageError {
  FileHandle.standardError.write(Data(usage.utf8))
  exit(64)
}
