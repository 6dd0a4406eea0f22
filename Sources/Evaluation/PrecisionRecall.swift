/// The area under a curve of precision over recall, as PASCAL VOC has computed it since 2010: under its
/// smallest falling envelope.
enum PrecisionRecall {
  /// - Parameter curve: points with rising recall. A precision of NaN (nothing proposed yet) counts as 0.
  static func area(_ curve: [(recall: Double, precision: Double)]) -> Double {
    var envelope = curve.map { $0.precision.isNaN ? 0 : $0.precision }
    for i in envelope.indices.dropLast().reversed() {
      envelope[i] = max(envelope[i], envelope[i + 1])
    }
    var (area, reached) = (0.0, 0.0)
    for (point, precision) in zip(curve, envelope) where point.recall != reached {
      area += (point.recall - reached) * precision
      reached = point.recall
    }
    return area
  }
}
