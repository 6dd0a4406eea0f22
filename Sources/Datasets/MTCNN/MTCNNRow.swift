internal import Codecs
internal import Geometry
internal import Schema

/// What the numbers after an image's path are.
enum MTCNNLayout: Equatable {
  /// Boxes of left, top, right and bottom.
  case corners(hasPoints: Bool)
  /// A box of left, right, top and bottom, and five points: LFW's and Net's `trainImageList.txt`.
  case sides
  /// A box of x, y, width and height, and five points.
  case size
  /// The number of boxes, then x, y, width and height of each: PyramidBox.
  case countedSizes
  /// MTFL: five x, five y, then gender, smile, glasses and pose.
  case tasks

  private static let mostRows = 4096

  /// In words that follow "each with".
  var words: String {
    switch self {
    case .corners(let hasPoints):
      "boxes of left, top, right and bottom" + (hasPoints ? ", and five points" : "")
    case .sides: "a box of left, right, top and bottom, and five points"
    case .size: "a box of x, y, width and height, and five points"
    case .countedSizes: "a number of boxes of x, y, width and height"
    case .tasks: "five points and four classes, as MTFL has them"
    }
  }

  /// By the first rows of a text.
  static func sample(_ bytes: UnsafeRawBufferPointer) -> MTCNNLayout? {
    var lines = TextLines(bytes: bytes, position: TextForm.start(of: bytes))
    var rows: [UnsafeRawBufferPointer] = []
    while rows.count < mostRows, let line = lines.next() {
      let text = lines.text(line.content)
      if text.contains(where: { !isSpace($0) }) { rows.append(text) }
    }
    return most(rows)?.layout
  }

  /// The layout of a file; nil where too many lines are no such row.
  init?(_ file: FileGlance) {
    guard let (layout, count) = Self.most(file.lines), file.accepts(count) else { return nil }
    self = layout
  }

  /// The layout that most rows fit, with how many they are: broken ones do not decide what the others are.
  private static func most(_ lines: [UnsafeRawBufferPointer]) -> (layout: Self, count: Int)? {
    let rows = lines.compactMap(Self.numbers)
    let pointed = rows.filter { $0.count == 14 }
    let counted = rows.count(where: Self.isCounted)
    let boxes = rows.count { !$0.isEmpty && $0.count.isMultiple(of: 4) }
    let most = max(pointed.count, counted, boxes)
    guard most > 0 else { return nil }
    if pointed.count == most { return (withPoints(pointed), most) }
    return (counted == most ? .countedSizes : .corners(hasPoints: false), most)
  }

  private static func isCounted(_ numbers: [Double]) -> Bool {
    guard let first = numbers.first, let count = Int(exactly: first), count >= 0 else {
      return false
    }
    return count == (numbers.count - 1) / 4 && numbers.count % 4 == 1
  }

  /// The numbers of a row that begins with a path; nil for another line.
  private static func numbers(of line: UnsafeRawBufferPointer) -> [Double]? {
    let fields = TextFields(line)
    guard fields.count > 1, isPath(fields[0]) else { return nil }
    guard let numbers = fields.numbers(from: 1),
      numbers.allSatisfy(PlausibleRange.coordinate.contains)
    else { return nil }
    return numbers
  }

  /// A path has an image's ending or a folder, and is no number.
  static func isPath(_ field: UnsafeRawBufferPointer) -> Bool {
    let slashes = [UInt8(ascii: "/"), UInt8(ascii: "\\")]
    return FileEnding.isImage(field)
      || DecimalNumber.value(of: field) == nil && slashes.contains(where: field.contains)
        && field.first != UInt8(ascii: "#")
  }

  /// Of the ways to read the box, the one by which most points lie in it. MTFL has none: four classes of 1 to 5.
  private static func withPoints(_ rows: [[Double]]) -> MTCNNLayout {
    let areClasses = rows.allSatisfy {
      $0[10...].allSatisfy { (1...5).contains($0) && Int(exactly: $0) != nil }
    }
    if areClasses { return .tasks }
    let ways: [MTCNNLayout] = [.corners(hasPoints: true), .sides, .size]
    let counts = ways.map { way in
      rows.reduce(0) { count, row in
        let box = way.box(row[0..<4])
        return count
          + way.points(row).count { point in
            (box.left...max(box.left, box.right)).contains(point.x)
              && (box.top...max(box.top, box.bottom)).contains(point.y)
          }
      }
    }
    let most = counts.max() ?? 0
    return zip(ways, counts).first { $0.1 == most }?.0 ?? .corners(hasPoints: true)
  }

  /// A box of four numbers.
  func box(_ numbers: ArraySlice<Double>) -> BoundingBox {
    let n = Array(numbers)
    return switch self {
    case .corners, .tasks: BoundingBox(left: n[0], top: n[1], right: n[2], bottom: n[3])
    case .sides: BoundingBox(left: n[0], top: n[2], right: n[1], bottom: n[3])
    case .size, .countedSizes: BoundingBox(x: n[0], y: n[1], width: n[2], height: n[3])
    }
  }

  /// The five points of a row of 14 numbers.
  func points(_ numbers: [Double]) -> [SIMD2<Double>] {
    (0..<5).map { i in
      self == .tasks
        ? SIMD2(numbers[i], numbers[5 + i]) : SIMD2(numbers[4 + 2 * i], numbers[5 + 2 * i])
    }
  }
}

/// A line of a path and numbers. Points have the image's left first.
struct MTCNNRow: RowForm {
  private let layout: MTCNNLayout
  private var fields = TextFields()

  init(_ layout: MTCNNLayout) { self.layout = layout }

  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let fields = TextFields(line)
    return fields.count > 0 && MTCNNLayout.isPath(fields[0]) ? fields[0] : nil
  }

  /// Some lists leave out the ending `.jpg`.
  func path(of name: String) -> String { FileEnding.completed(name) }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    fields.read(line, at: nil)
    guard let numbers = fields.numbers(from: 1) else {
      let word = (1..<fields.count).first { fields.number($0) == nil }.map(fields.text) ?? ""
      throw RowProblem(expected: "numbers", found: "'\(word.prefix(40))'")
    }
    switch layout {
    case .tasks, .sides, .size, .corners(hasPoints: true):
      guard numbers.count == 14 else {
        throw RowProblem(expected: "14 numbers", found: "\(numbers.count)")
      }
      draft.faces.append(face(numbers))
    case .corners:
      guard numbers.count.isMultiple(of: 4) else {
        throw RowProblem(expected: "4 numbers for each box", found: "\(numbers.count)")
      }
      addBoxes(numbers[...], to: &draft)
    case .countedSizes:
      guard let first = numbers.first, first == Double((numbers.count - 1) / 4),
        numbers.count % 4 == 1
      else {
        throw RowProblem(
          expected: "a number of boxes and 4 numbers for each", found: "\(numbers.count) numbers")
      }
      addBoxes(numbers.dropFirst(), to: &draft)
    }
  }

  private func addBoxes(_ numbers: ArraySlice<Double>, to draft: inout ImageDraft) {
    for start in stride(from: numbers.startIndex, to: numbers.endIndex, by: 4) {
      var face = FaceDraft()
      face.box = layout.box(numbers[start..<start + 4])
      draft.faces.append(face)
    }
  }

  private func face(_ numbers: [Double]) -> FaceDraft {
    var face = FaceDraft()
    let points = layout.points(numbers).map { point in
      point == SIMD2(-1, -1) ? Landmarks.Point.missing : Landmarks.Point(point)
    }
    face.landmarks = Landmarks(layout: .face5, points: points)
    if layout == .tasks {
      let names = ["gender", "smile", "glasses", "pose"]
      face.native = zip(names, numbers[10...]).map { ($0, .double($1)) }
    } else {
      face.box = layout.box(numbers[0..<4])
    }
    return face
  }
}
