internal import Schema

/// A row of a table whose cells are all numbers but for the image's name, as most are: read in one pass, without looking
/// for its cells first. One is read after another, into the same memory.
struct PlainRow {
  /// By their columns; that of the image is 0.
  private(set) var numbers: [Double]
  /// Whether the row that was read last is such a row.
  private(set) var isRead = false
  private let image: Int
  private let mark: UInt8

  /// - Parameters:
  ///   - columns: how many there are.
  ///   - image: the column of the image's name.
  ///   - mark: what separates cells.
  init(columns: Int, image: Int, mark: UInt8) {
    numbers = [Double](repeating: 0, count: columns)
    (self.image, self.mark) = (image, mark)
  }

  /// - Returns: false where a cell is no number, is empty or in quotation marks, and where there are more or fewer cells.
  mutating func read(_ line: UnsafeRawBufferPointer) -> Bool {
    let (image, mark) = (image, mark)
    isRead = numbers.withUnsafeMutableBufferPointer {
      Self.read(line, into: $0, image: image, mark: mark)
    }
    return isRead
  }

  private static func read(
    _ line: UnsafeRawBufferPointer, into numbers: UnsafeMutableBufferPointer<Double>, image: Int,
    mark: UInt8
  ) -> Bool {
    guard let base = line.baseAddress, !numbers.isEmpty else { return false }
    var position = 0
    for column in numbers.indices {
      let (start, rest) = (position, line.count - position)
      guard rest > 0 else { return false }
      if column != image, let short = ShortDecimal(at: base + start, available: rest) {
        position += short.length
        numbers[column] = short.value
      } else {
        guard let end = TextFields.end(of: line, from: start, at: mark) else { return false }
        position = end
        if column != image {
          let cell = UnsafeRawBufferPointer(rebasing: line[start..<position])
          guard let number = DecimalNumber.value(of: cell), number.isFinite else { return false }
          numbers[column] = number
        }
      }
      guard position == line.count ? column == numbers.count - 1 : line[position] == mark else {
        return false
      }
      position += 1
    }
    return position == line.count + 1
  }
}
