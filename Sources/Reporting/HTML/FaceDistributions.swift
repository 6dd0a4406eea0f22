internal import Geometry
internal import Glibc
internal import Schema

/// The distributions of a dataset's faces over what their annotations say, counted in fixed bins.
struct FaceDistributions: Sendable {
  /// The bins of a number: all of the same width, or all of the same ratio.
  enum Scale: Sendable {
    case linear(from: Double, step: Double, bins: Int)
    /// With a number of bins for each doubling.
    case logarithmic(from: Double, binsPerOctave: Double, bins: Int)

    var bins: Int {
      switch self {
      case .linear(_, _, let bins), .logarithmic(_, _, let bins): bins
      }
    }

    /// The bin of a finite number; numbers outside all bins count in the first or last one.
    func bin(of value: Double) -> Int {
      let place: Double
      switch self {
      case .linear(let from, let step, _): place = (value - from) / step
      case .logarithmic(let from, let binsPerOctave, _):
        place = value > from ? log2(value / from) * binsPerOctave : 0
      }
      return Int(min(max(place, 0), Double(bins - 1)))
    }

    /// Where a bin begins; `edge(bins)` is where the last one ends.
    func edge(_ bin: Int) -> Double {
      switch self {
      case .linear(let from, let step, _): from + Double(bin) * step
      case .logarithmic(let from, let binsPerOctave, _): from * exp2(Double(bin) / binsPerOctave)
      }
    }
  }

  /// The distribution of one number, over all faces that have it.
  struct Distribution: Sendable {
    let scale: Scale
    private(set) var counts: [Int]
    private(set) var sketch = QuantileSketch()

    init(_ scale: Scale) {
      self.scale = scale
      counts = Array(repeating: 0, count: scale.bins)
    }

    var count: Int { sketch.count }

    mutating func add(_ value: Double) {
      guard value.isFinite else { return }
      counts[scale.bin(of: value)] += 1
      sketch.add(value)
    }
  }

  /// Counts over two numbers, in rows by the second number.
  struct Map: Sendable {
    let columns: Scale
    let rows: Scale
    private(set) var counts: [Int]
    private(set) var count = 0

    init(columns: Scale, rows: Scale) {
      (self.columns, self.rows) = (columns, rows)
      counts = Array(repeating: 0, count: columns.bins * rows.bins)
    }

    mutating func add(_ x: Double, _ y: Double) {
      guard x.isFinite, y.isFinite else { return }
      counts[rows.bin(of: y) * columns.bins + columns.bin(of: x)] += 1
      count += 1
    }

    func count(_ column: Int, _ row: Int) -> Int { counts[row * columns.bins + column] }
  }

  private static let angleScale = Scale.linear(from: -180, step: 5, bins: 72)

  /// In degrees, by `ReportedFace.convention`.
  var yaw = Distribution(angleScale)
  var pitch = Distribution(angleScale)
  var roll = Distribution(angleScale)
  /// The square root of the box's area, in pixels.
  var size = Distribution(.logarithmic(from: 1, binsPerOctave: 4, bins: 56))
  /// The reprojection error in percent of the interocular distance.
  var residual = Distribution(.linear(from: 0, step: 1, bins: 50))
  /// In metres along the camera's axis.
  var depth = Distribution(.logarithmic(from: 1.0 / 16, binsPerOctave: 4, bins: 56))
  var angles = Map(
    columns: .linear(from: -180, step: 10, bins: 36), rows: .linear(from: -180, step: 10, bins: 36))
  /// Seen from above: degrees to the right of the camera's axis, and metres from the camera.
  var places = Map(
    columns: .linear(from: -60, step: 4, bins: 30),
    rows: .logarithmic(from: 1.0 / 16, binsPerOctave: 3, bins: 42))
  /// The number of poses that do not lie in front of the camera.
  private(set) var behindCamera = 0

  mutating func add(_ face: Face) {
    if !face.box.isDegenerate { size.add((face.box.width * face.box.height).squareRoot()) }
    if let fit = face.fit { residual.add(100 * fit.relativeError) }
    guard let pose = face.pose else { return }
    let euler = ReportedFace.convention.angles(of: pose.rotation).inDegrees
    yaw.add(euler.yaw)
    pitch.add(euler.pitch)
    roll.add(euler.roll)
    angles.add(euler.yaw, euler.pitch)
    guard let place = pose.translation else { return }
    guard place.z > 0 else {
      behindCamera += 1
      return
    }
    depth.add(place.z)
    places.add(
      atan2(place.x, place.z) * 180 / .pi, (place.x * place.x + place.z * place.z).squareRoot())
  }
}
