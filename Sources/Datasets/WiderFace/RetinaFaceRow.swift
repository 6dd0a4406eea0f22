internal import Geometry
internal import Schema

/// The contents of a row of label.txt: x y w h of the face's box, and then, by the number of fields,
///
///     4, 5       nothing, or a flag to ignore the face
///     14, 15     five times x y, and a detector's score in 15, as libfacedetection writes them
///     19, 20     five times x y visibility (0 visible, 1 occluded, -1 missing), and in 20 a quality, negative for none
enum RetinaFaceRow {
  /// The allowed numbers of fields, in words for messages.
  static let expected = "20, 19, 15, 14, 5 or 4 numbers"

  @inline(__always)
  static func isCount(_ count: Int) -> Bool {
    count == 20 || [4, 5, 14, 15, 19].contains(count)
  }

  static func box(_ numbers: borrowing NumberRow) -> BoundingBox {
    BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }

  /// Sets what the row says of a face beside its box.
  @inline(__always)
  static func readDetails(_ numbers: borrowing NumberRow, into face: inout Face) {
    let count = numbers.count
    if count == 5 { face.attributes.ignore = numbers[4] != 0 }
    guard count >= 14 else { return }
    if count == 20, numbers[19] >= 0, PlausibleRange.measure.contains(numbers[19]) {
      face.attributes.quality = numbers[19]
    }
    if count == 15, PlausibleRange.measure.contains(numbers[14]) {
      face.attributes.score = numbers[14]
    }
    let step = count >= 19 ? 3 : 2
    var positions = InlineArray<5, SIMD2<Double>>(repeating: .zero)
    var visibilities = InlineArray<5, Landmarks.Visibility>(repeating: .missing)
    var isAnyPresent = false
    for i in 0..<5 {
      let (x, y) = (numbers[4 + step * i], numbers[5 + step * i])
      let state = step == 3 ? numbers[6 + step * i] : 0
      if state < 0 || (x == -1 && y == -1) { continue }
      if !numbers.isPlausible, !PlausibleRange.coordinate.contains(SIMD3(x, y, state)) { continue }
      positions[i] = SIMD2(x, y)
      visibilities[i] = state > 0 ? .occluded : .visible
      isAnyPresent = true
    }
    guard isAnyPresent else { return }
    face.landmarks = Landmarks(fivePositions: positions, visibilities: visibilities)
  }

  /// Points with implausible numbers: their index, counted from 1, and their coordinates.
  static func badPoints(_ numbers: borrowing NumberRow) -> [(index: Int, x: Double, y: Double)] {
    guard numbers.count >= 14 else { return [] }
    let step = numbers.count >= 19 ? 3 : 2
    var found: [(index: Int, x: Double, y: Double)] = []
    for i in 0..<5 {
      let first = 4 + step * i
      let state = step == 3 ? numbers[first + 2] : 0
      let point = SIMD3(numbers[first], numbers[first + 1], state)
      if PlausibleRange.coordinate.contains(point) { continue }
      found.append((i + 1, point.x, point.y))
    }
    return found
  }

  /// The face that a line describes; nil where it is not such a row.
  static func face(of line: some StringProtocol) -> Face? {
    Array(line.utf8).withUnsafeBytes { bytes -> Face? in
      var numbers = NumberRow()
      do throws(NumberRow.Problem) {
        _ = try numbers.read(bytes, from: 0)
      } catch {
        guard let row = try? LooseRow(bytes), let found = try? row.numbers(), found.count <= 21
        else { return nil }
        numbers.set(found)
      }
      guard isCount(numbers.count) else { return nil }
      var face = Face(box: box(numbers))
      readDetails(numbers, into: &face)
      return face
    }
  }
}
