internal import Codecs
internal import Geometry

/// The 68 landmarks of the Basel face model. From them 300W-LP's landmarks are rebuilt by `Shape_Para` and
/// `Exp_Para`, where its own landmark files are missing (FORMATS §3.2; Zhu et al., CVPR 2016).
///
/// The model's licence forbids passing it on, so the user brings the tables, named as in 3DDFA: `u_base`
/// (mean), `w_shp_base` and `w_exp_base`, as `.txt` or `.npy`. A table has 204 rows, for x, y and z of each
/// landmark in turn, and one column for each coefficient it knows.
public struct MorphableLandmarks: Sendable {
  /// 204 rows, one after the other.
  private struct Table {
    var numbers: [Double]
    var columns: Int { numbers.count / MorphableLandmarks.rows }
  }

  private static let rows = 3 * 68
  private let mean: Table
  private let shape: Table
  private let expression: Table

  /// - Parameter folder: the folder with the three tables.
  /// - Throws: `NPYError` with the file's name, where it is not such a table; `FileError` where it cannot be read.
  public init(folder: String) throws {
    mean = try Self.table("u_base", in: folder)
    shape = try Self.table("w_shp_base", in: folder)
    expression = try Self.table("w_exp_base", in: folder)
    guard mean.columns == 1 else {
      throw NPYError(
        name: "u_base", detail: "expected \(Self.rows) numbers, found \(mean.numbers.count)")
    }
    guard mean.numbers.contains(where: { abs($0) > 1000 }) else {
      throw NPYError(
        name: "u_base", detail: "expected the Basel face model's unit of 1e-6 m, found a larger one"
      )
    }
  }

  /// The landmarks of a face, in metres and canonical axes. Coefficients beyond the tables' columns are ignored.
  func points(shape: [Double], expression: [Double]) -> [SIMD3<Double>] {
    let coordinates = (0..<Self.rows).map { row in
      mean.numbers[row] + Self.product(self.shape, row, shape)
        + Self.product(self.expression, row, expression)
    }
    return (0..<68).map { i in
      // The model's y points up and its z towards the viewer.
      WeakPerspectivePose.metresPerUnit
        * (Rotation.yUp
          * SIMD3(coordinates[3 * i], coordinates[3 * i + 1], coordinates[3 * i + 2]))
    }
  }

  private static func product(_ table: Table, _ row: Int, _ coefficients: [Double]) -> Double {
    let start = row * table.columns
    return (0..<min(table.columns, coefficients.count)).reduce(0) {
      $0 + table.numbers[start + $1] * coefficients[$1]
    }
  }

  private static func table(_ name: String, in folder: String) throws -> Table {
    let array = "\(folder)/\(name).npy"
    let isArray = fileExists(array)
    let file = name + (isArray ? ".npy" : ".txt")
    let numbers = try NumberTable.numbers(path: "\(folder)/\(file)", name: file)
    guard !numbers.isEmpty, numbers.count.isMultiple(of: rows) else {
      throw NPYError(
        name: file, detail: "expected \(rows) rows of numbers, found \(numbers.count) numbers")
    }
    return Table(numbers: numbers)
  }
}
