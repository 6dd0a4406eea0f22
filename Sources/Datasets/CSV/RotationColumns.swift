internal import Geometry
internal import Glibc

/// Columns of a rotation in other numbers than three angles, with those of a translation where a table has them.
///
/// What the numbers mean - axes, direction, the translation's unit - no table tells, and a transposed matrix or a vector
/// in other axes looks as good as the right one. So the user names a notation (`PoseNotation`).
struct RotationColumns: Sendable, Equatable {
  /// How the rotation is written.
  enum Form: String, Sendable, CaseIterable {
    /// Axis times angle in radians.
    case vector = "rotation vector"
    /// A quaternion, w first; columns tell which is which by their names.
    case quaternion
    /// Nine numbers, row by row.
    case matrix

    var count: Int {
      switch self {
      case .vector: 3
      case .quaternion: 4
      case .matrix: 9
      }
    }

    /// The notations that such columns may be in, with or without a translation. A quaternion stands for its matrix.
    var notations: [PoseNotation] {
      let layouts: [PoseNotation.Layout] =
        switch self {
        case .vector: [.record, .img2pose, .rotationVector]
        case .quaternion: [.matrix, .bfm, .sixDRepNet]
        case .matrix: [.matrix, .bfm, .sixDRepNet, .wcpa, .perspNetPnP, .biwi]
        }
      return layouts.map { PoseNotation.numbers($0) }
    }
  }

  var form: Form
  /// As many as the form has.
  var rotation: [String]
  /// Three, or none.
  var translation: [String] = []
  /// The notation that the columns' names tell, as those of our own tables do; nil where the user has to name it.
  var known: PoseNotation?

  var columns: [String] { rotation + translation }

  /// The pose that numbers mean; nil where they are no rotation.
  ///
  /// - Parameters:
  ///   - rotation: in the order of the columns.
  ///   - translation: three numbers in the notation's unit, or none.
  ///   - notation: of those of `form`. Without a translation only its rotation is read.
  static func pose(
    _ form: Form, _ rotation: [Double], _ translation: [Double], in notation: PoseNotation
  ) -> PoseNotation.Pose? {
    guard let numbers = form == .quaternion ? matrix(ofQuaternion: rotation) : rotation else {
      return nil
    }
    let all = numbers + translation
    if all.count == notation.count { return notation.pose(of: all) }
    if numbers.count == notation.count { return notation.pose(of: numbers) }
    return form == .vector ? PoseNotation.numbers(.rotationVector).pose(of: numbers) : nil
  }

  /// The matrix of a quaternion w, x, y, z whose length is 1 to a hundredth.
  private static func matrix(ofQuaternion q: [Double]) -> [Double]? {
    let axis = SIMD3(q[1], q[2], q[3])
    let (sine, norm) = (length(axis), (q[0] * q[0] + dot(axis, axis)).squareRoot())
    guard abs(norm - 1) <= 1e-2 else { return nil }
    guard sine > 0 else { return Rotation.identity.rowMajor }
    return Rotation(rotationVector: (2 * atan2(sine, q[0]) / sine) * axis).rowMajor
  }

  // MARK: Names

  /// The columns that plain names of a header give.
  ///
  /// - Parameter column: the header's own name of a plain one; nil where there is none.
  init?(named column: (String) -> String?) {
    if let own = Self(ownNames: column) {
      self = own
      return
    }
    func columns(_ names: [String]) -> [String]? {
      var found: [String] = []
      for name in names {
        guard let own = column(name) else { return nil }
        found.append(own)
      }
      return found
    }
    func first(_ lists: [[String]]) -> [String]? {
      for list in lists { if let found = columns(list) { return found } }
      return nil
    }
    let axes = ["x", "y", "z"]
    let vectors =
      ["r", "r_", "rvec_", "rotvec_", "rot_", "rotation_vector_", "axis_angle_"].map { stem in
        axes.map { stem + $0 }
      }
    let quaternions = ["q", "q_", "quat_", "quaternion_"].map { stem in
      (["w"] + axes).map { stem + $0 }
    }
    if let found = first(quaternions) {
      (form, rotation) = (.quaternion, found)
    } else if let found = first(Self.matrices) {
      (form, rotation) = (.matrix, found)
    } else if let found = first(vectors) {
      (form, rotation) = (.vector, found)
    } else {
      return nil
    }
    let places = Self.placeStems.map { stem in
      axes.map { stem + $0 }
    }
    translation = first(places) ?? []
  }

  /// How names of translations begin.
  static let placeStems = ["t", "t_", "tvec_", "trans_", "translation_"]

  /// Our own tables' names of rotation vectors and translations (`TableColumn`).
  private init?(ownNames column: (String) -> String?) {
    let rotation = TableColumn.rotation.header.compactMap(column)
    guard rotation.count == 3 else { return nil }
    let translation = TableColumn.translation.header.compactMap(column)
    self.init(.vector, rotation, translation: translation.count == 3 ? translation : [])
    known = .numbers(.record)
  }

  /// From a user's map.
  init(_ form: Form, _ rotation: [String], translation: [String] = []) {
    (self.form, self.rotation, self.translation) = (form, rotation, translation)
  }

  /// Row by row, with rows and columns counted from 0 or from 1, or one count for all nine.
  private static let matrices: [[String]] = {
    let stems = ["r", "r_", "m", "m_", "rot_", "mat_", "matrix_", "rotation_", "rotation_matrix_"]
    var lists: [[String]] = []
    for stem in stems {
      for first in [0, 1] {
        let places = (first..<first + 3).flatMap { i in (first..<first + 3).map { (i, $0) } }
        lists.append(places.map { "\(stem)\($0.0)\($0.1)" })
        lists.append(places.map { "\(stem)\($0.0)_\($0.1)" })
        lists.append((first..<first + 9).map { "\(stem)\($0)" })
      }
    }
    return lists
  }()
}
