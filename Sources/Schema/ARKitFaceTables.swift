public import Codecs

/// The tables that say how the 1,220 vertices of ARKitFace's meshes hang together (FORMATS §10). They came with
/// PerspNet and TRG; users bring their own copies.
///
///     uv_coords_std_202109.npy   (n, 2) of floats, n >= 1220   where each vertex lies in a texture
///     triangles.npy              (m, 3) of integers            the triangles
///     kpt_ind.npy                (68,) of integers             the vertices that are the 68 landmarks of iBUG
public struct ARKitFaceTables: Sendable {
  /// The number of vertices of a mesh.
  public static let vertexCount = 1220

  /// The vertices that are the 68 landmarks of iBUG, beginning with the image-left jaw: the figures of
  /// `kpt_ind.npy`, which are equal in PerspNet and TRG (asw91666/TRG-Release, MIT).
  public static let landmarkVertices = [
    57, 376, 208, 905, 462, 921, 923, 986, 975, 1050, 990, 906, 1216, 1215, 1213, 730, 966, 200,
    197, 327, 329, 348, 781, 764, 762, 646, 649, 15, 13, 10, 8, 308, 76, 4, 525, 743, 1101, 1096,
    1092, 1193, 1196, 1106, 1168, 1078, 1074, 1069, 1161, 1165, 190, 108, 94, 21, 543, 557, 639,
    713, 706, 28, 271, 278, 406, 95, 23, 544, 836, 708, 26, 273,
  ]

  /// The file of `coordinates`.
  public static let coordinatesFile = "uv_coords_std_202109.npy"
  /// The file of `triangles`.
  public static let trianglesFile = "triangles.npy"
  /// The file of the landmarks' vertices.
  public static let landmarksFile = "kpt_ind.npy"

  /// Where each vertex lies in a texture: u to the image's right, v down, both from 0 to 1. The first 1,220 are the
  /// mesh's; others are of points that PerspNet adds around it (the contour, the mouth, the eyes).
  public let coordinates: [SIMD2<Double>]
  /// The 0-based vertices of each triangle, all below 1,220.
  public let triangles: [SIMD3<Int32>]

  /// From numbers in memory, which are not checked: at least 1,220 coordinates, and triangles of vertices below 1,220.
  public init(coordinates: [SIMD2<Double>], triangles: [SIMD3<Int32>]) {
    (self.coordinates, self.triangles) = (coordinates, triangles)
  }

  /// Reads the three files of a folder.
  ///
  /// - Throws: `FileError` where one cannot be read; `NPYError`, with the file's name and the row, where it is not such
  ///   a table, or its landmarks are other vertices than the dataset's.
  public init(folder: String) throws {
    coordinates = try Self.array(Self.coordinatesFile, in: folder, Self.coordinates)
    triangles = try Self.array(Self.trianglesFile, in: folder, Self.triangles)
    try Self.array(Self.landmarksFile, in: folder, Self.checkLandmarks)
  }

  /// Writes the three files: coordinates in float32, triangles in uint16, landmarks in int64, as the authors' are.
  ///
  /// - Throws: `FileError` where one cannot be written.
  public func write(to folder: OutputFolder) throws {
    try folder.write(
      NPY.file(
        type: "<f4", shape: [coordinates.count, 2],
        data: coordinates.flatMap { [Float($0.x), Float($0.y)] }.littleEndianBytes),
      to: Self.coordinatesFile)
    try folder.write(
      NPY.file(
        type: "<u2", shape: [triangles.count, 3],
        data: triangles.flatMap { corners in
          [corners.x, corners.y, corners.z].map { UInt16(truncatingIfNeeded: $0) }
        }.littleEndianBytes),
      to: Self.trianglesFile)
    try folder.write(
      NPY.file(
        type: "<i8", shape: [Self.landmarkVertices.count],
        data: Self.landmarkVertices.map { Int64($0) }.littleEndianBytes),
      to: Self.landmarksFile)
  }

  /// For each vertex the one that takes its place in a mirrored mesh: that with the coordinates (1 - u, v). It is what
  /// TRG's `flip_index.npy` holds.
  ///
  /// - Throws: `NPYError` where a vertex has no such counterpart.
  public var flipIndex: [Int] {
    get throws(NPYError) {
      // In the authors' table a counterpart is off by 1.2e-7 at most, and any other vertex by 3.6e-4 at least.
      let tolerance = 1e-5
      let own = coordinates.prefix(Self.vertexCount)
      let byHeight = own.indices.sorted { own[$0].y < own[$1].y }
      let heights = byHeight.map { own[$0].y }
      var flip: [Int] = []
      flip.reserveCapacity(own.count)
      for (vertex, place) in own.enumerated() {
        var found: [Int] = []
        var next = heights.partition(below: place.y - tolerance)
        while next < heights.count, heights[next] <= place.y + tolerance {
          let candidate = byHeight[next]
          if abs(own[candidate].x - (1 - place.x)) <= tolerance { found.append(candidate) }
          next += 1
        }
        guard found.count == 1 else {
          throw NPYError(
            name: Self.coordinatesFile,
            detail:
              "row \(vertex + 1): expected one vertex at its mirrored place (\(1 - place.x), \(place.y)), found \(found.count)"
          )
        }
        flip.append(found[0])
      }
      return flip
    }
  }
}

extension ARKitFaceTables {
  @discardableResult
  private static func array<Table>(
    _ name: String, in folder: String, _ read: (NPYArray) throws(NPYError) -> Table
  ) throws -> Table {
    try MappedFile(path: "\(folder)/\(name)").withBytes {
      try read(NPYArray($0, name: name))
    }
  }

  private static func coordinates(_ array: NPYArray) throws(NPYError) -> [SIMD2<Double>] {
    guard array.shape.count == 2, array.shape[1] == 2, array.shape[0] >= vertexCount,
      array.shape[0] <= 1 << 20, array.element.kind == .float
    else {
      throw array.error(expected: "at least \(vertexCount) x 2 floats")
    }
    let numbers = array.doubles
    // NaN fails the comparison.
    if let i = numbers.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw NPYError(
        name: array.name,
        detail: "row \(i / 2 + 1): expected numbers from 0 to 1, found \(numbers[i])")
    }
    return stride(from: 0, to: numbers.count, by: 2).map { SIMD2(numbers[$0], numbers[$0 + 1]) }
  }

  private static func triangles(_ array: NPYArray) throws(NPYError) -> [SIMD3<Int32>] {
    guard array.shape.count == 2, array.shape[1] == 3, (1...1 << 20).contains(array.shape[0]) else {
      throw array.error(expected: "rows of 3 vertices")
    }
    let numbers = try array.integers()
    if let i = numbers.firstIndex(where: { !(0..<vertexCount).contains($0) }) {
      throw NPYError(
        name: array.name,
        detail:
          "row \(i / 3 + 1): expected vertices from 0 to \(vertexCount - 1), found \(numbers[i])")
    }
    return stride(from: 0, to: numbers.count, by: 3).map {
      SIMD3(Int32(numbers[$0]), Int32(numbers[$0 + 1]), Int32(numbers[$0 + 2]))
    }
  }

  private static func checkLandmarks(_ array: NPYArray) throws(NPYError) {
    guard array.shape == [landmarkVertices.count] else {
      throw array.error(expected: "\(landmarkVertices.count) vertices")
    }
    let numbers = try array.integers()
    for (i, expected) in landmarkVertices.enumerated() where numbers[i] != expected {
      throw NPYError(
        name: array.name,
        detail: "row \(i + 1): expected ARKitFace's vertex \(expected), found \(numbers[i])")
    }
  }
}

extension NPYArray {
  fileprivate func error(expected: String) -> NPYError {
    NPYError(name: name, detail: "expected \(expected), found \(shapeText) of \(element.name)")
  }
}

extension [Double] {
  /// The number of elements of a sorted array that are below a limit.
  fileprivate func partition(below limit: Double) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < limit { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
