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
public struct IntegerLandmarks: PartedCheck {
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

  /// For each layout the number of landmarks, all on whole pixels; -1 where one was between them.
  public var state: JSONValue {
    .array((0..<4).map { .integer(hasFraction[$0] ? -1 : counts[$0]) })
  }

  public mutating func merge(_ state: JSONValue) -> Bool {
    let more = (state.elements ?? []).compactMap { element -> Int? in
      if case .integer(let count) = element, (-1..<1 << 50).contains(count) { count } else { nil }
    }
    guard more.count == 4 else { return false }
    for (index, count) in more.enumerated() {
      if count < 0 { hasFraction[index] = true } else { counts[index] += count }
    }
    return true
  }

  public mutating func finish(_ body: (DatasetFinding) throws -> Void) throws {
    for layout in Landmarks.Layout.allCases {
      let index = Self.index(of: layout)
      guard !hasFraction[index], Double(counts[index]) >= thresholds.gridLandmarks else {
        continue
      }
      try body(
        DatasetFinding(
          .integerLandmarks,
          "landmarks of \(layout.rawValue): expected some between whole pixels, found none of \(counts[index])"
        ))
    }
  }
}
