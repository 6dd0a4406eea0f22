internal import Codecs
public import Schema

extension FaceModel {
  /// The axes of a model's file. `FaceModel` itself always has those of `opencv`.
  public enum Axes: String, Sendable, CaseIterable {
    /// x to the image's right, y down, z away from the camera.
    case opencv
    /// x to the image's right, y up, z toward the viewer: `opencv` turned by 180 degrees about x.
    case opengl

    /// The factors for the coordinates of a file.
    var signs: SIMD3<Double> { self == .opencv ? [1, 1, 1] : [1, -1, -1] }

    /// The axes in words.
    public var summary: String {
      switch self {
      case .opencv: "x right, y down, z away from the camera"
      case .opengl: "x right, y up, z toward the viewer"
      }
    }
  }

  /// Reads a user's model.
  ///
  /// The number of landmarks, 5, 68 or Face Mesh's 468, decides the layout. They are all points of the file in its order, or the
  /// vertices that an index file names. A model that could not be a face in these axes and this unit is refused.
  ///
  /// - Parameters:
  ///   - path: a `.npy` array of shape (N, 3), float32 or float64; or an `.obj` or `.ply` mesh.
  ///   - indices: a file of 5 or 68 0-based vertices; `.npy`, or text with white space, commas and
  ///     comments after `#`.
  ///   - metresPerUnit: the length of the file's unit, greater than 0; nil for a metre.
  ///   - axes: those of the file; nil for `opencv`.
  ///   - frame: the object frame that fitted poses are said to have; nil for what a note of `calibrate` beside the file
  ///     says, or `user`.
  /// - Throws: `FaceModelError`; `NPYError`, `MeshError` or `FileError` where a file cannot be read.
  public init(
    contentsOf path: String, indices: String? = nil, metresPerUnit: Double? = nil,
    axes: Axes? = nil, frame: HeadPose.Frame? = nil
  ) throws {
    let note = try FaceModelNote(beside: path)
    let metresPerUnit = metresPerUnit ?? 1
    let axes = axes ?? .opencv
    precondition(metresPerUnit > 0, "a unit has a length")
    let vertices = try Self.vertices(path)
    let chosen = try indices.map { try LandmarkIndices(contentsOf: $0, vertices: vertices.count) }
    let count = chosen?.vertices.count ?? vertices.count
    guard let layout = Landmarks.Layout.ofFaceModel(points: count) else {
      throw FaceModelError(
        path,
        "face model: expected 5, 68 or 468 points, found \(count); name the landmarks' vertices with an index file",
        remedy: .indices)
    }
    let points = (chosen?.vertices ?? Array(0..<count)).map { vertices[$0] }
    for (i, point) in points.enumerated() where !length(point).isFinite {
      let vertex = chosen.map { ", vertex \($0.vertices[i])" } ?? ""
      throw FaceModelError(
        path,
        "point \(i)\(vertex): expected finite coordinates, found (\(point.x), \(point.y), \(point.z))"
      )
    }
    let fileName = SourceLocation.fileName(of: path)
    self.init(
      name: fileName, source: "\(path), 1 unit = \(metresPerUnit) m, axes \(axes.rawValue)",
      layout: layout, points: points.map { $0 * axes.signs * metresPerUnit },
      frame: frame ?? note?.frame ?? .user, identitySigma: note?.identitySigma)
    try checkShape(path)
    try checkUnit(path, metresPerUnit)
    try checkAxes(path, axes)
  }

  private static func vertices(_ path: String) throws -> [SIMD3<Double>] {
    switch path.lowercased() {
    case let name where name.hasSuffix(".npy"):
      return try MappedFile(path: path).withBytes { try vertices(NPYArray($0, name: path)) }
    case let name where name.hasSuffix(".obj") || name.hasSuffix(".ply"):
      return try Mesh(contentsOf: path).vertices
    default:
      throw FaceModelError(path, "face model: expected a .npy, .obj or .ply file")
    }
  }

  private static func vertices(_ array: NPYArray) throws -> [SIMD3<Double>] {
    guard array.element.kind == .float else {
      throw FaceModelError(
        array.name,
        "face model: expected float32 or float64 coordinates, found \(array.element.name)")
    }
    guard array.shape.count == 2, array.shape[1] == 3 else {
      let isTransposed = array.shape.count == 2 && array.shape[0] == 3
      throw FaceModelError(
        array.name,
        "face model: expected an array of shape (N, 3), found \(array.shapeText)"
          + (isTransposed ? "; transpose it" : ""))
    }
    let numbers = array.doubles
    return (0..<array.shape[0]).map {
      SIMD3(numbers[3 * $0], numbers[3 * $0 + 1], numbers[3 * $0 + 2])
    }
  }
}

extension Landmarks.Layout {
  /// The layout of a model with `count` points; nil where there is none.
  static func ofFaceModel(points count: Int) -> Self? {
    [.face5, .ibug68, .mediapipe468].first { $0.count == count }
  }
}
