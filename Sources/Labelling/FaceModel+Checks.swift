/// Checks that tell a face from a mistake in a user's file, in its unit or in its axes. Each check relies on the
/// ones before it.
extension FaceModel {
  /// In metres. Real interocular distances are 5 to 8 cm; the range is wider so that stylised heads pass, but
  /// no wrong unit does.
  private static let plausibleInterocular = 0.03...0.12

  /// Refuses points that lie in one place or on one line, for they determine no pose.
  func checkShape(_ path: String) throws {
    let centre = points.reduce(.zero, +) / Double(points.count)
    let offsets = points.map { $0 - centre }
    let farthest = offsets.max { length($0) < length($1) } ?? .zero
    let extent = length(farthest)
    // A thousandth is finer than any detail of a face that matters, and coarser than the rounding of coordinates.
    guard extent > 1e-9 * (points.map(length).max() ?? 0) else {
      throw FaceModelError(
        path, "face model: expected points that span a face, found all in one place")
    }
    let direction = farthest / extent
    let breadth = offsets.map { length($0 - direction * ($0 * direction).sum()) }.max() ?? 0
    guard breadth > 1e-3 * extent else {
      throw FaceModelError(
        path, "face model: expected points that span a face, found all on one line")
    }
  }

  func checkUnit(_ path: String, _ metresPerUnit: Double) throws {
    guard !Self.plausibleInterocular.contains(interocularDistance) else { return }
    let units: [(name: String, metres: Double)] = [
      ("metres", 1), ("0.1 m", 0.1), ("centimetres", 0.01), ("millimetres", 0.001),
      ("micrometres", 1e-6),
    ]
    let likely = units.first {
      Self.plausibleInterocular.contains(interocularDistance / metresPerUnit * $0.metres)
    }
    let question = likely.map {
      "; is the unit \($0.name)" + ($0.name == "0.1 m" ? "?" : " (scale \($0.metres))?")
    }
    throw FaceModelError(
      path,
      "face model: expected an interocular distance from 3 to 12 cm, found \(FaceModelError.text(interocularDistance))"
        + (question ?? ""),
      remedy: likely.map { .unit(metres: $0.metres) })
  }

  /// Checks the canonical frame: the nose is in front of the eyes, the mouth below them, and the image-left eye
  /// on the left.
  func checkAxes(_ path: String, _ axes: Axes) throws {
    let five = Self.fivePoints(of: points, layout)
    let eyes = (five[0] + five[1]) / 2
    let nose = five[2] - eyes
    let mouth = (five[3] + five[4]) / 2 - eyes
    let breadth = five[1].x - five[0].x
    let fault: String? =
      if nose.z >= 0 {
        "the nose tip in front of the eyes, found it \(FaceModelError.text(nose.z)) behind them"
      } else if mouth.y <= 0 {
        "the mouth below the eyes, found it \(FaceModelError.text(-mouth.y)) above them"
      } else if breadth <= 0 {
        "the image-left eye first, found it \(FaceModelError.text(-breadth)) right of the other"
      } else {
        nil
      }
    guard let fault else { return }
    // The other axes reverse y and z and keep x.
    let other = Axes.allCases.first { $0 != axes }
    if let other, nose.z > 0, mouth.y < 0, breadth > 0 {
      throw FaceModelError(
        path,
        "face model: expected \(fault); axes \(other.rawValue) (\(other.summary)) would fit",
        remedy: .axes(other))
    }
    throw FaceModelError(
      path,
      "face model: expected \(fault); neither axes fit, so turn the model or look at its points' order"
    )
  }
}
