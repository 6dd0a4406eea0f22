internal import Geometry
internal import Schema

// The dataset's text has six significant digits, as C++ prints them.

extension Double {
  /// The number rounded to six significant digits.
  var sixDigits: Double { Double(printed("%.6g")) ?? self }
}

extension SIMD2<Double> {
  var sixDigits: SIMD2<Double> { SIMD2(x.sixDigits, y.sixDigits) }
}

extension SIMD3<Double> {
  var sixDigits: SIMD3<Double> { SIMD3(x.sixDigits, y.sixDigits, z.sixDigits) }
}

extension Rotation {
  /// The same rows rounded to six digits, which are orthonormal only to a millionth.
  var sixDigits: Rotation {
    Rotation(rows: rows.0.sixDigits, rows.1.sixDigits, rows.2.sixDigits)
  }

  /// The nearest rotation, which is how readers take rows of six digits.
  var orthonormal: Rotation { .polarFactor(ofRows: rows.0, rows.1, rows.2) }
}

extension BiwiCalibration {
  var orthonormal: BiwiCalibration {
    var calibration = self
    calibration.rig.rotation = rig.rotation.orthonormal
    return calibration
  }
}
