internal import Foundation
internal import Geometry

// The dataset's text has C++'s six significant digits.

extension Double {
  /// The number that six significant digits leave.
  var sixDigits: Double { Double(String(format: "%.6g", self)) ?? self }
}

extension SIMD2<Double> {
  var sixDigits: SIMD2<Double> { SIMD2(x.sixDigits, y.sixDigits) }
}

extension SIMD3<Double> {
  var sixDigits: SIMD3<Double> { SIMD3(x.sixDigits, y.sixDigits, z.sixDigits) }
}

extension Rotation {
  /// Rows of six digits, which are orthonormal to a millionth only.
  var sixDigits: Rotation {
    Rotation(rows: rows.0.sixDigits, rows.1.sixDigits, rows.2.sixDigits)
  }

  /// The nearest rotation, as readers take rows of six digits.
  var orthonormal: Rotation { .polarFactor(ofRows: rows.0, rows.1, rows.2) }
}

extension BiwiCalibration {
  var orthonormal: BiwiCalibration {
    var calibration = self
    calibration.rig.rotation = rig.rotation.orthonormal
    return calibration
  }
}
