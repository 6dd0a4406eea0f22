internal import Geometry
public import Schema

extension Check {
  static let integerLandmarks = Check(
    "integer-landmarks", .note, "landmarks on whole pixels only",
    threshold: "all of at least \(usualLimits.gridLandmarks.text) landmarks of a layout",
    "They were rounded, or placed by hand: half a pixel is a degree of pose on a face of 20 pixels."
  )
}

/// Finds layouts whose landmarks all lie on whole pixels.
public struct IntegerLandmarks: DatasetCheck {
  private let thresholds: CheckThresholds
  /// For each layout the number of landmarks, counted until one has a fraction.
  private var counts = InlineArray<4, Int>(repeating: 0)
  private var hasFraction = InlineArray<4, Bool>(repeating: false)

  /// A check that has seen no record.
  public init(thresholds: CheckThresholds = CheckThresholds()) { self.thresholds = thresholds }

  private static func index(of layout: Landmarks.Layout) -> Int {
    switch layout {
    case .face5: 0
    case .ibug68: 1
    case .aflw21: 2
    case .mediapipe468: 3
    }
  }

  public mutating func add(_ record: ImageRecord, input: Int, image: ImageSummary?) {
    for face in record.faces {
      guard let landmarks = face.landmarks else { continue }
      let index = Self.index(of: landmarks.layout)
      guard !hasFraction[index] else { continue }
      for i in 0..<landmarks.count {
        guard let point = landmarks.position(i) else { continue }
        counts[index] += 1
        if point != point.rounded(.toNearestOrEven) { hasFraction[index] = true }
      }
    }
  }

  public mutating func finish() -> [DatasetFinding] {
    Landmarks.Layout.allCases.compactMap { layout in
      let index = Self.index(of: layout)
      guard !hasFraction[index], Double(counts[index]) >= thresholds.gridLandmarks else {
        return nil
      }
      return DatasetFinding(
        .integerLandmarks,
        "landmarks of \(layout.rawValue): expected some between whole pixels, found none of \(counts[index])"
      )
    }
  }
}
