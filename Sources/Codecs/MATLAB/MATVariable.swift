/// A matrix of a MATLAB file, split into its parts.
struct MATVariable {
  /// Why a matrix cannot be read. The text completes "variable 'x': ...".
  struct Failure: Error {
    let detail: String
  }

  static let cellArray: UInt32 = 1
  static let structure: UInt32 = 2
  static let text: UInt32 = 4

  let name: String
  /// MATLAB's number for the class: 1 is a cell array, 2 a structure, 4 text, 6 to 15 are numbers.
  let kind: UInt32
  let shape: [Int]
  private let flags: UInt32
  /// The numbers or characters as they are stored; nil where there are none.
  let storage: MATElement?
  /// What follows the name. In a cell array, its elements one after the other.
  let contents: UnsafeRawBufferPointer
  private let isLittleEndian: Bool

  /// - Parameter element: of type `MATElement.matrix`.
  init(_ element: MATElement) throws(Failure) {
    let little = element.isLittleEndian
    guard let head = MATElement(element.data, at: 0, isLittleEndian: little),
      let words = head.words(ofType: 6), words.count == 2
    else { throw Failure(detail: "expected flags, found none") }
    kind = words[0] & 0xFF
    flags = words[0] >> 8 & 0xFF
    guard let extents = MATElement(element.data, at: head.end, isLittleEndian: little),
      let dimensions = extents.words(ofType: 5), dimensions.count >= 2, dimensions.count <= 32,
      dimensions.allSatisfy({ $0 <= UInt32(Int32.max) })
    else { throw Failure(detail: "expected at least two dimensions, found none or too many") }
    shape = dimensions.map { Int($0) }
    guard let label = MATElement(element.data, at: extents.end, isLittleEndian: little),
      label.type == 1 || label.type == 2 || label.type == 16
    else { throw Failure(detail: "expected a name, found none") }
    name = String(decoding: label.data, as: UTF8.self)
    storage = MATElement(element.data, at: label.end, isLittleEndian: little)
    isLittleEndian = little
    contents = UnsafeRawBufferPointer(rebasing: element.data[label.end...])
  }

  /// What the matrix is, in words; nil where it is a real array of two dimensions.
  var strangeKind: String? {
    guard MATArray.Element(matlabClass: kind) != nil else {
      return [1: "a cell array", 2: "a structure", 3: "an object", 4: "text", 5: "a sparse array"][
        kind] ?? "something unknown"
    }
    if isComplex { return "complex numbers" }
    if flags & 0x02 != 0 { return "truth values" }
    return shape.count == 2 ? nil : "an array of \(shape.count) dimensions"
  }

  /// The number of elements; nil where it overflows.
  var count: Int? {
    var product = 1
    for extent in shape {
      let (next, isTooGreat) = product.multipliedReportingOverflow(by: extent)
      guard !isTooGreat else { return nil }
      product = next
    }
    return product
  }

  var isComplex: Bool { flags & 0x08 != 0 }

  /// The names of a structure's fields, and its values one after the other: all fields of the first element, then those
  /// of the next. Nil where they are not there.
  var fields: (names: [String], contents: UnsafeRawBufferPointer)? {
    guard let width = MATElement(contents, at: 0, isLittleEndian: isLittleEndian),
      let length = width.words(ofType: 5), length.count == 1, (1...64).contains(length[0]),
      let list = MATElement(contents, at: width.end, isLittleEndian: isLittleEndian),
      list.type == 1, list.data.count.isMultiple(of: Int(length[0]))
    else { return nil }
    let step = Int(length[0])
    let names = stride(from: 0, to: list.data.count, by: step).map { start in
      String(decoding: list.data[start..<start + step].prefix { $0 != 0 }, as: UTF8.self)
    }
    return (names, UnsafeRawBufferPointer(rebasing: contents[list.end...]))
  }

  /// The numbers, row by row. To be called only where `strangeKind` is nil.
  func array() throws(Failure) -> MATArray {
    guard let element = MATArray.Element(matlabClass: kind) else {
      throw Failure(detail: "expected numbers, found something else")
    }
    let (rows, columns) = (shape[0], shape[1])
    let text = "\(rows) x \(columns) numbers"
    // Both are below 2^31, so their product does not overflow.
    let count = rows * columns
    guard let numbers = storage else {
      // Writers leave out the data of an empty array.
      if count == 0 {
        return MATArray(name: name, element: element, rows: rows, columns: columns, bytes: [])
      }
      throw Failure(detail: "expected \(text), found none")
    }
    guard let stored = MATArray.Element(matlabType: numbers.type) else {
      throw Failure(detail: "expected numbers, found a piece of type \(numbers.type)")
    }
    guard numbers.data.count == count.multipliedReportingOverflow(by: stored.width).partialValue,
      count <= numbers.data.count
    else {
      throw Failure(
        detail:
          "expected \(text) of \(stored.width) bytes each, found \(numbers.data.count) bytes")
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: count * element.width) { buffer, filled in
      filled = count * element.width
      let target = UnsafeMutableRawBufferPointer(buffer)
      if stored == element, numbers.isLittleEndian {
        copyTransposed(
          numbers.data, to: target, rows: rows, columns: columns, width: element.width)
      } else if !convert(numbers, stored, to: element, target) {
        filled = 0
      }
    }
    guard bytes.count == count * element.width else {
      throw Failure(detail: "expected numbers that \(element) holds, found others")
    }
    return MATArray(name: name, element: element, rows: rows, columns: columns, bytes: bytes)
  }

  /// Converts numbers from the type that they are stored in to that of their class. MATLAB stores whole numbers
  /// in as few bytes as they need.
  ///
  /// - Returns: false where a number does not fit.
  private func convert(
    _ numbers: MATElement, _ stored: MATArray.Element, to element: MATArray.Element,
    _ target: UnsafeMutableRawBufferPointer
  ) -> Bool {
    let (rows, columns) = (shape[0], shape[1])
    for row in 0..<(columns > 0 ? rows : 0) {
      for column in 0..<columns {
        let number = StoredNumber(
          numbers.data, at: column * rows + row, stored, isLittleEndian: numbers.isLittleEndian)
        guard number.store(to: target, at: row * columns + column, as: element) else {
          return false
        }
      }
    }
    return true
  }
}

extension MATArray.Element {
  /// MATLAB's number of the class (mxDOUBLE_CLASS ...).
  var matlabClass: UInt32 { numbers.matlabClass }
  /// MATLAB's number of the storage type (miINT8 ...).
  var matlabType: UInt32 { numbers.matlabType }

  private var numbers: (matlabClass: UInt32, matlabType: UInt32) {
    switch self {
    case .float64: (6, 9)
    case .float32: (7, 7)
    case .int8: (8, 1)
    case .uint8: (9, 2)
    case .int16: (10, 3)
    case .uint16: (11, 4)
    case .int32: (12, 5)
    case .uint32: (13, 6)
    case .int64: (14, 12)
    case .uint64: (15, 13)
    }
  }

  /// From MATLAB's number of a class.
  init?(matlabClass kind: UInt32) {
    guard let found = Self.allCases.first(where: { $0.matlabClass == kind }) else { return nil }
    self = found
  }

  /// From the number of a storage type.
  init?(matlabType type: UInt32) {
    guard let found = Self.allCases.first(where: { $0.matlabType == type }) else { return nil }
    self = found
  }
}
