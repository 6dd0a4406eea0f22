internal import Geometry
internal import Schema

/// Which faces or images a contact sheet shows. It holds at most twice as many as that, whatever comes by.
public struct SheetSelection {
  /// What tiles are sorted by: the fit's residual, the yaw or the size of the face, greatest first, or nothing.
  public enum Order: String, CaseIterable, Sendable { case residual, yaw, size, none }

  struct Choice: Sendable {
    var place: RecordFile.Place
    /// 0 for a whole image.
    var face: Int
    /// What it is sorted by; nil where the face has none.
    var value: Double?
    /// How many came before it.
    var number: Int
    /// Decides whether a sample takes it: the smallest do.
    fileprivate var draw: UInt64
  }

  private let order: Order
  private let most: Int
  private let takesWorst: Bool
  private let seed: UInt64
  private let imagesWhole: Bool
  private var kept: [Choice] = []
  /// How many have come by.
  private(set) var seen = 0

  /// - Parameters:
  ///   - order: what the chosen are sorted by.
  ///   - most: how many are chosen.
  ///   - takesWorst: whether by their value, the greatest, and not by chance.
  ///   - seed: another seed draws another sample.
  ///   - imagesWhole: whether images are chosen, and not faces.
  public init(order: Order, most: Int, takesWorst: Bool, seed: UInt64, imagesWhole: Bool) {
    (self.order, self.most, self.takesWorst) = (order, most, takesWorst)
    (self.seed, self.imagesWhole) = (seed, imagesWhole)
  }

  mutating func add(_ record: ImageRecord, at place: RecordFile.Place) {
    let values = record.faces.map(value)
    if imagesWhole {
      add(place, face: 0, values.compactMap(\.self).max())
    } else {
      for (i, value) in values.enumerated() { add(place, face: i, value) }
    }
  }

  private mutating func add(_ place: RecordFile.Place, face: Int, _ value: Double?) {
    defer { seen += 1 }
    if takesWorst, value == nil { return }
    kept.append(
      Choice(place: place, face: face, value: value, number: seen, draw: Self.drawn(seed, seen)))
    if kept.count >= 2 * most + 1024 { thin() }
  }

  private mutating func thin() {
    kept = kept.sorted { a, b in
      if takesWorst { return isBefore(a, b) }
      return (a.draw, a.number) < (b.draw, b.number)
    }
    kept.removeLast(max(0, kept.count - most))
  }

  /// In the order in which they are shown.
  var choices: [Choice] {
    var selection = self
    selection.thin()
    return selection.kept.sorted(by: isBefore)
  }

  private func isBefore(_ a: Choice, _ b: Choice) -> Bool {
    guard order != .none, a.value != b.value else { return a.number < b.number }
    // Those without a value are last.
    guard let first = a.value, let second = b.value else { return a.value != nil }
    return order == .yaw && !takesWorst ? first < second : first > second
  }

  private func value(of face: Face) -> Double? {
    let value: Double? =
      switch order {
      case .none: nil
      case .residual: face.fit?.relativeError
      case .size: max(face.box.width, face.box.height)
      case .yaw:
        face.pose.map {
          let yaw = EulerConvention.aflw.angles(of: $0.rotation).yaw
          return takesWorst ? abs(yaw) : yaw
        }
      }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// A number as good as random that follows from two.
  private static func drawn(_ seed: UInt64, _ number: Int) -> UInt64 {
    SplitMix64.mixed(
      seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(number) &* 0xD1B5_4A32_D192_ED03)
  }
}
