internal import Codecs
internal import Geometry
internal import Schema

/// What is wrong with a text file of BIWI, and in which line.
public struct BiwiTextProblem: Error, Equatable {
  /// The line's number, 1-based; nil where the whole file is meant.
  public var line: Int?
  /// What was expected and what was found.
  public var detail: String
}

/// Rows of numbers, as `_pose.txt` and `.cal` hold them (FORMATS §5.2): separated by blanks, with empty
/// lines between blocks. A byte order mark and carriage returns are accepted, with a warning.
struct BiwiText {
  /// In bytes; larger files do not belong to the dataset.
  static let largestFile = 1 << 16

  private(set) var rows: [[Double]] = []
  /// The line of each row, 1-based.
  private(set) var lines: [Int] = []
  private(set) var hasByteOrderMark = false
  private(set) var hasCarriageReturn = false

  /// - Parameter layout: for each row its name and the count of its numbers.
  init(
    _ bytes: UnsafeRawBufferPointer, layout: [(name: String, count: Int)]
  ) throws(BiwiTextProblem) {
    if let fault = TextForm.fault(of: bytes) {
      throw BiwiTextProblem(line: nil, detail: fault.detail)
    }
    let start = TextForm.start(of: bytes)
    hasByteOrderMark = start > 0
    var text = TextLines(bytes: bytes, position: start)
    var numbers = NumberRow()
    var line = 0
    while let next = text.next() {
      line += 1
      hasCarriageReturn = hasCarriageReturn || text.hasCarriageReturn(next)
      if next.content.isEmpty { continue }
      guard rows.count < layout.count else {
        let found = String(decoding: text.text(next.content).prefix(40), as: UTF8.self)
        throw BiwiTextProblem(line: line, detail: "expected the end of the file, found '\(found)'")
      }
      let (name, count) = layout[rows.count]
      do throws(NumberRow.Problem) {
        _ = try numbers.read(bytes, from: next.content.lowerBound)
      } catch {
        throw BiwiTextProblem(
          line: line, detail: "\(name): expected \(count) numbers, found \(error.found(in: text))")
      }
      guard numbers.count == count else {
        throw BiwiTextProblem(
          line: line, detail: "\(name): expected \(count) numbers, found \(numbers.count)")
      }
      let row = (0..<count).map { numbers[$0] }
      // The numbers are millimetres and pixels, so anything beyond a kilometre is no measurement.
      if let wild = row.first(where: { !($0.magnitude < 1e6) }) {
        throw BiwiTextProblem(
          line: line, detail: "\(name): expected numbers below 1000000, found \(wild)")
      }
      rows.append(row)
      lines.append(line)
    }
    guard rows.count == layout.count else {
      throw BiwiTextProblem(
        line: nil, detail: "\(layout[rows.count].name): expected a row, found the end of the file")
    }
  }

  /// A row of three numbers.
  func vector(_ row: Int) -> SIMD3<Double> { SIMD3(rows[row][0], rows[row][1], rows[row][2]) }

  /// The rotation in three rows from `row` on, with the rounding of its six digits removed.
  func rotation(at row: Int) throws(BiwiTextProblem) -> Rotation {
    let (a, b, c) = (vector(row), vector(row + 1), vector(row + 2))
    let products = [
      dot(a, a) - 1, dot(b, b) - 1, dot(c, c) - 1, dot(a, b), dot(a, c), dot(b, c),
    ]
    let error = products.map(\.magnitude).max() ?? 0
    guard error < 1e-3 else {
      throw BiwiTextProblem(
        line: lines[row],
        detail: "rotation: expected orthonormal rows, found some that are \(error.shortText) off")
    }
    guard dot(a, cross(b, c)) > 0 else {
      throw BiwiTextProblem(
        line: lines[row], detail: "rotation: expected a determinant of 1, found -1")
    }
    return .polarFactor(ofRows: a, b, c)
  }

  /// The warnings about the form of the text.
  func warnings(file: String) -> [RecordIssue] {
    var issues: [RecordIssue] = []
    if hasByteOrderMark {
      issues.append(
        RecordIssue(
          .byteOrderMark, at: SourceLocation(file: file, line: 1),
          "text: expected numbers, found a byte order mark before them"))
    }
    if hasCarriageReturn {
      issues.append(
        RecordIssue(
          .windowsLineEnds, at: SourceLocation(file: file),
          "line ends: expected line feeds, found carriage returns before them"))
    }
    return issues
  }

  /// A row as the dataset writes it: with a blank after each number.
  static func row(_ numbers: some Sequence<Double>) -> String {
    numbers.map { "\($0.shortText) " }.joined() + "\n"
  }

  static func rows(_ rotation: Rotation) -> String {
    [rotation.rows.0, rotation.rows.1, rotation.rows.2].map { row([$0.x, $0.y, $0.z]) }.joined()
  }
}
