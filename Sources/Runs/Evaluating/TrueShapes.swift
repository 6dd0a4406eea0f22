internal import Codecs
internal import Geometry
internal import Schema

/// The meshes of annotated and predicted faces, in canonical object axes and metres.
///
/// ARKitFace's are an array `verts` of the record, or of the file that the record names; BIWI's are a
/// file `NN.obj` beside the folder NN of the image.
struct TrueShapes {
  private let source: FileTree?
  private var meshes: [String: [SIMD3<Double>]] = [:]
  /// Faces whose mesh is in a file, and no folder was given to look in.
  private(set) var withoutSource = 0
  /// Faces of a dataset that has no meshes.
  private(set) var withoutMesh = 0
  private static let largestFile = 64 << 20

  init(source: String?) throws { self.source = try source.map { try FileTree(path: $0) } }

  /// The true mesh of a face; nil, and counted, where it is not at hand.
  mutating func vertices(
    of face: Face, in record: ImageRecord, findings: inout Findings
  ) throws -> [SIMD3<Double>]? {
    do {
      switch face.pose?.frame {
      case .arkit:
        if let array = Self.array(of: face) { return try arkit(array) }
        withoutMesh += 1
        return nil
      case .biwiHead: return try biwi(record)
      case .bfm, .user, nil:
        withoutMesh += 1
        return nil
      }
    } catch {
      try findings.add(
        RecordIssue(
          .missingAnnotation, at: record.location, "mesh of '\(record.id)': \(error)"))
      return nil
    }
  }

  /// The mesh that a predicted face brings in its record; nil where it has none.
  static func predicted(_ face: Face) throws -> [SIMD3<Double>]? {
    guard let array = array(of: face), case .bytes(let bytes) = array.content else { return nil }
    return try vertices(dtype: array.dtype, shape: array.shape, bytes)
  }

  private static func array(of face: Face) -> NativeArray? {
    guard case .arrays(let arrays) = face.native else { return nil }
    return arrays.first { $0.name == "verts" }
  }

  private mutating func arkit(_ array: NativeArray) throws -> [SIMD3<Double>]? {
    switch array.content {
    case .bytes(let bytes):
      return try Self.vertices(dtype: array.dtype, shape: array.shape, bytes)
    case .file(let path):
      guard let source else {
        withoutSource += 1
        return nil
      }
      return try source.withBytes(of: path, limit: Self.largestFile) { bytes in
        try NPZFile(bytes).withArray("verts", limit: Self.largestFile, Self.vertices)
      }
    }
  }

  private static func vertices(
    dtype: String, shape: [Int], _ bytes: [UInt8]
  ) throws -> [SIMD3<Double>] {
    // The reader of .npy files checks type and size.
    try NPY.file(type: dtype, shape: shape, data: bytes).withUnsafeBytes {
      try vertices(NPYArray($0, name: "verts"))
    }
  }

  /// ARKit's y is up and its z toward the viewer.
  private static func vertices(_ array: NPYArray) throws -> [SIMD3<Double>] {
    guard array.shape.count == 2, array.shape[1] == 3, array.shape[0] > 0,
      case let numbers = array.doubles, numbers.allSatisfy(PlausibleRange.translation.contains)
    else {
      throw NPYError(
        name: "verts",
        detail: "expected n x 3 \(PlausibleRange.translation.text), found \(array.shapeText)")
    }
    return (0..<array.shape[0]).map {
      SIMD3(numbers[3 * $0], -numbers[3 * $0 + 1], -numbers[3 * $0 + 2])
    }
  }

  /// In millimetres and the head's axes, which are ours.
  private mutating func biwi(_ record: ImageRecord) throws -> [SIMD3<Double>]? {
    guard let source else {
      withoutSource += 1
      return nil
    }
    let folders = record.image.path.split(separator: "/").dropLast()
    guard let sequence = folders.last else {
      withoutMesh += 1
      return nil
    }
    if let mesh = meshes[String(sequence)] { return mesh }
    // The dataset's folder may be named itself, or what lies around it.
    let candidates = folders.indices.map { folders[$0...].joined(separator: "/") + ".obj" }
    guard let path = candidates.first(where: source.contains) else {
      throw NPYError(
        name: "\(sequence).obj",
        detail: "expected the mesh of the sequence in '\(source.path)', found none")
    }
    let mesh = try source.withBytes(of: path, limit: Self.largestFile) {
      try Mesh(obj: $0, name: path).vertices.map { $0 / 1000 }
    }
    meshes[String(sequence)] = mesh
    return mesh
  }
}

extension TrueShapes {
  /// Triangles of a `.npy` file, vertices counting from 0.
  public static func triangles(_ path: String) throws -> [SIMD3<Int32>] {
    try MappedFile(path: path).withBytes { bytes in
      let array = try NPYArray(bytes, name: path)
      // img2pose stores its triangles as columns.
      let isColumns = array.shape.count == 2 && array.shape[0] == 3 && array.shape[1] != 3
      guard array.shape.count == 2, array.shape[isColumns ? 0 : 1] == 3,
        case let numbers = try array.integers(),
        numbers.allSatisfy({ (0...Int(Int32.max)).contains($0) })
      else {
        throw RunFailure(
          "\(path): expected n x 3 vertex numbers from 0, found \(array.shapeText)")
      }
      let count = numbers.count / 3
      return (0..<count).map { i in
        isColumns
          ? SIMD3(
            Int32(numbers[i]), Int32(numbers[count + i]), Int32(numbers[2 * count + i]))
          : SIMD3(
            Int32(numbers[3 * i]), Int32(numbers[3 * i + 1]), Int32(numbers[3 * i + 2]))
      }
    }
  }
}
