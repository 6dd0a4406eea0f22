internal import Geometry
internal import Schema

extension DatasetComparison {
  /// All that was found about the dataset, the surest findings first.
  public var report: ValidationReport {
    var report = ValidationReport(
      images: images, labels: labels, predictions: predictions, matched: matched,
      besideSingleFaces: besideSingleFaces, overlaps: overlaps, errors: errors, angles: angles)
    report.findings += (survey.boxes + Reading.ofBoxes).distinct.compactMap {
      Self.boxFinding($0, boxReadings[$0])
    }
    report.findings += (survey.landmarks + Reading.ofLandmarks).distinct.compactMap {
      Self.landmarkFinding($0, landmarkReadings[$0])
    }
    report.findings += shiftFindings
    let hasOtherFrame = frame.map { $0 != .bfm } ?? false
    let verdict = RotationVerdict(rotations.elements, hasOtherFrame: hasOtherFrame, thresholds)
    report.rotation = verdict
    if let verdict { report.findings += rotationFindings(verdict, hasOtherFrame: hasOtherFrame) }
    report.findings += faceFindings
    return report
  }

  private static func boxFinding(_ reading: Reading, _ tally: FindingTally?) -> Finding? {
    guard let tally, let before = Robust.median(tally.before.elements),
      let after = Robust.median(tally.after.elements)
    else { return nil }
    return Finding(
      id: "boxes-\(reading.name)", count: tally.count,
      text:
        "boxes \(reading.fault): overlap with the detected faces rises from \(decimal(before, 2)) to \(decimal(after, 2)) \(reading.remedy)",
      numbers: [.init("iou_before", before), .init("iou_after", after)] + reading.numbers,
      examples: tally.examples)
  }

  private static func landmarkFinding(_ reading: Reading, _ tally: FindingTally?) -> Finding? {
    guard let tally, let before = Robust.median(tally.before.elements),
      let after = Robust.median(tally.after.elements)
    else { return nil }
    return Finding(
      id: "landmarks-\(reading.name)", count: tally.count,
      text:
        "landmarks \(reading.fault): error falls from \(percent(before)) to \(percent(after)) \(reading.remedy)",
      numbers: [
        .init("error_percent_before", 100 * before), .init("error_percent_after", 100 * after),
      ] + reading.numbers, examples: tally.examples)
  }

  private var shiftFindings: [Finding] {
    var findings: [Finding] = []
    let landmarks = ShiftEstimate(landmarkShifts.elements)
    // From the faces that a reading has left over, nothing is concluded about the dataset.
    if let landmarks, 2 * landmarkShifts.count > errors.count,
      landmarks.isFinding(limit: thresholds.shift, thresholds)
    {
      findings.append(shiftFinding("landmarks", landmarks, landmarkShifts.count))
    }
    // Boxes of other conventions end higher or lower, but are not shifted sideways.
    let boxes = ShiftEstimate(
      boxShifts.elements.map { (SIMD2($0.difference.x, 0), $0.size) })
    if let boxes, 2 * boxShifts.count > overlaps.count,
      boxes.isFinding(limit: thresholds.boxShift, thresholds)
    {
      findings.append(shiftFinding("boxes", boxes, boxShifts.count))
    }
    return findings
  }

  private func shiftFinding(_ what: String, _ shift: ShiftEstimate, _ count: Int) -> Finding {
    func signed(_ number: Double) -> String { (number < 0 ? "" : "+") + decimal(number, 1) }
    let place =
      what == "boxes"
      ? "\(signed(shift.pixels.x)) px in x"
      : "\(signed(shift.pixels.x)), \(signed(shift.pixels.y)) px"
    let length = (shift.relative * shift.relative).sum().squareRoot()
    return Finding(
      id: "\(what)-shifted", count: count,
      text:
        "\(what) look \(shift.isOffByOne ? "off by one: shifted" : "shifted") by \(place), \(percent(length)) of a face; standard error \(decimal(max(shift.error.x, shift.error.y), 1)) px",
      numbers: [
        .init("x_px", shift.pixels.x), .init("y_px", shift.pixels.y),
        .init("x_error_px", shift.error.x), .init("y_error_px", shift.error.y),
        .init("percent_of_face", 100 * length),
      ])
  }

  private func rotationFindings(
    _ verdict: RotationVerdict, hasOtherFrame: Bool
  ) -> [Finding] {
    let degrees = 180 / Double.pi
    if let (reading, meanAngle) = verdict.reading {
      let others = verdict.alternatives.prefix(4).map(\.name)
      let also = others.isEmpty ? "" : "; as well by \(others.joined(separator: ", "))"
      return [
        Finding(
          id: "rotations-other-convention", count: rotations.count,
          text:
            "rotations look like \(reading.name): mean angle to the predicted poses falls from \(decimal(verdict.asIs.meanAngle * degrees, 1)) to \(decimal(meanAngle * degrees, 1)) degrees\(also)",
          numbers: [
            .init("mean_angle_deg_before", verdict.asIs.meanAngle * degrees),
            .init("mean_angle_deg_after", meanAngle * degrees),
          ])
      ]
    }
    let limit =
      hasOtherFrame ? thresholds.rotationOffsetOfOtherFrames : thresholds.rotationOffset
    guard verdict.hasOffset(limit: limit, thresholds) else { return [] }
    let offset = length(verdict.asIs.offset.rotationVector) * degrees
    return [
      Finding(
        id: "rotations-offset", count: rotations.count,
        text:
          "rotations differ from the predicted ones by a constant turn of \(decimal(offset, 1)) degrees; without it the median angle is \(decimal(verdict.asIs.spread * degrees, 1)) degrees",
        numbers: [
          .init("offset_deg", offset), .init("spread_deg", verdict.asIs.spread * degrees),
        ])
    ]
  }

  private var faceFindings: [Finding] {
    let kinds: [(String, FindingTally, String)] = [
      (
        "misplaced-box", misplacedBoxes,
        "boxes are elsewhere than their faces, whose landmarks agree"
      ),
      (
        "misplaced-landmarks", misplacedLandmarks,
        "landmarks are off by more than \(percent(thresholds.misplacedLandmarks)) of a face that is found without doubt"
      ),
      (
        "missed-face", missed,
        "annotated where nothing is detected, though large and in plain sight"
      ),
      (
        "unlabelled-face", unlabelled,
        "detected without doubt where nothing is annotated"
      ),
    ]
    return kinds.filter { $0.1.count > 0 }.map {
      Finding(id: $0.0, count: $0.1.count, text: $0.2, numbers: [], examples: $0.1.examples)
    }
  }
}

extension [Reading] {
  /// The readings without repetitions, in the order in which they first occur.
  fileprivate var distinct: [Reading] {
    enumerated().filter { firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }
}

extension Reading {
  fileprivate var numbers: [Finding.Number] {
    if case .scaled(let factor) = self { [.init("scale", factor)] } else { [] }
  }
}

func percent(_ fraction: Double) -> String {
  let number = 100 * fraction
  return "\(decimal(number, number < 10 ? 1 : 0)) %"
}
