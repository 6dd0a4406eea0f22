internal import Codecs
internal import Geometry
internal import Schema

/// The contents of a row of WIDER FACE's text: x y w h of the face's box, and then, by the number of fields,
///
///     4          nothing
///     10         six flags
///     15         five times x y, and a detector's score, as libfacedetection writes them
///
/// CVAT and Datumaro write `-` for a missing flag and Python's `True` and `False`. They have the flags in another
/// order, and add a label at the end unless it is `face`.
enum WiderFaceRow {
  /// The allowed numbers of fields, in words for messages.
  static let expected = "10, 4 or 15 numbers"

  /// The order of the flags' columns: the original's or CVAT's.
  enum Order { case original, exported }

  /// Why a line is not a row. `found` completes "face 2: expected 10 numbers, found ...".
  struct Problem: Error {
    var found: String
  }

  /// Reads a row with words, or with other marks than blanks between its fields. A missing flag becomes NaN.
  ///
  /// - Returns: the label after the numbers, if there is one.
  static func read(
    loosely text: UnsafeRawBufferPointer, into numbers: inout NumberRow
  ) throws(Problem) -> String? {
    let row: LooseRow
    do throws(LooseRow.Problem) {
      row = try LooseRow(text)
    } catch {
      throw Problem(found: error.found)
    }
    var count = row.count
    var label: String?
    if count == 5 || count == 11, row.number(count - 1) == nil {
      count -= 1
      label = row.text(count)
    }
    guard isCount(count) else { throw Problem(found: "\(count)") }
    var values: [Double] = []
    for i in 0..<count {
      guard let value = row.number(i) ?? (i >= 4 && count == 10 ? flag(row.text(i)) : nil)
      else { throw Problem(found: "'\(row.text(i))'") }
      values.append(value)
    }
    numbers.set(values)
    return label
  }

  private static func isCount(_ count: Int) -> Bool { count == 10 || count == 4 || count == 15 }

  /// The number that a word stands for; nil for an unknown word.
  private static func flag(_ word: String) -> Double? {
    switch word {
    case "-": .nan
    case "True", "true": 1
    case "False", "false": 0
    default: nil
    }
  }

  /// - Throws: `Problem` where there are too many or too few numbers, or one is too large.
  static func check(_ numbers: borrowing NumberRow) throws(Problem) {
    let count = numbers.count
    guard isCount(count) else { throw Problem(found: "\(count)") }
    for i in 0..<count {
      let number = numbers[i]
      // Flags are small; a large or fractional number shows that the row is shifted or broken.
      let isFlag = count == 10 && i >= 4
      if isFlag ? number.isNaN : number.magnitude < 1e9 { continue }
      guard isFlag, number == number.rounded(), number.magnitude < 100 else {
        throw Problem(found: number.shortText)
      }
    }
  }

  /// Whether the row means "no face": ten zeros.
  static func isDummy(_ numbers: borrowing NumberRow) -> Bool {
    guard numbers.count == 10 else { return false }
    for i in 0..<10 where numbers[i] != 0 { return false }
    return true
  }

  static func box(_ numbers: borrowing NumberRow) -> BoundingBox {
    BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }

  /// Sets what the row says of a face beside its box.
  static func readDetails(
    _ numbers: borrowing NumberRow, _ order: Order, into face: inout Face
  ) {
    switch numbers.count {
    case 10:
      let (invalid, occlusion, pose) = order == .original ? (7, 8, 9) : (9, 7, 8)
      face.attributes.blur = Int8(exactly: numbers[4])
      face.attributes.expression = Int8(exactly: numbers[5])
      face.attributes.illumination = Int8(exactly: numbers[6])
      face.attributes.invalid = Int8(exactly: numbers[invalid]).map { $0 != 0 }
      face.attributes.occlusion = Int8(exactly: numbers[occlusion])
      face.attributes.pose = Int8(exactly: numbers[pose])
    case 15:
      face.attributes.score = numbers[14]
      var landmarks = Landmarks(layout: .face5)
      for i in 0..<5 {
        let point = SIMD2(numbers[4 + 2 * i], numbers[5 + 2 * i])
        if point != SIMD2(-1, -1) { landmarks[i] = Landmarks.Point(point) }
      }
      if landmarks.presentCount > 0 { face.landmarks = landmarks }
    default: break
    }
  }

  /// The number of rows that a line announces, such as `3` or `3.0`; nil where it is not a whole number.
  static func count(_ text: UnsafeRawBufferPointer) -> Int? {
    guard let number = DecimalNumber.value(of: text), number >= 0, number < 1e9,
      number == number.rounded()
    else { return nil }
    return Int(number)
  }

  /// The face in a line of the original's form, ten numbers; nil where it is not such a line.
  static func originalFace(of line: Substring) -> Face? {
    let found = NativeLine(line).numbers
    guard found.count == 10 else { return nil }
    var numbers = NumberRow()
    numbers.set(found)
    guard (try? check(numbers)) != nil else { return nil }
    var face = Face(box: box(numbers))
    readDetails(numbers, .original, into: &face)
    return face
  }
}
