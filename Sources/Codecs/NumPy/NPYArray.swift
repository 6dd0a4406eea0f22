/// An array of a `.npy` file, or of a member of an `.npz`, read in place.
///
/// It holds no copy, and is valid as long as the bytes that it was made from. An array of any size takes a few
/// words of memory. So does `self[i]`, the i-th part along the first axis, whatever the stored order.
public struct NPYArray {
  /// How an element is stored.
  public struct Element: Sendable, Equatable {
    /// Signed integers are `int`, unsigned ones `uint`.
    public enum Kind: String, Sendable { case float, int, uint }

    /// With `width`, this is the type.
    public let kind: Kind
    /// In bytes: 1, 2, 4 or 8; for floats 2, 4 or 8.
    public let width: Int
    /// Whether the most significant byte comes first.
    public let isBigEndian: Bool

    static let float64 = Element(kind: .float, width: 8, isBigEndian: false)

    /// NumPy's name, such as "float32".
    public var name: String { kind.rawValue + "\(8 * width)" }

    /// NumPy's name for the type in little-endian order: "<f4", "|u1".
    public var littleEndianType: String {
      "\(width == 1 ? "|" : "<")\(kind.rawValue.prefix(1))\(width)"
    }

    private init(kind: Kind, width: Int, isBigEndian: Bool) {
      (self.kind, self.width, self.isBigEndian) = (kind, width, isBigEndian)
    }

    /// - Parameter type: as in a header: '<f4', '>i8', '|u1'.
    init?(_ type: String) {
      let parts = Array(type.utf8)
      guard parts.count == 3, "<>|=".utf8.contains(parts[0]) else { return nil }
      let kind: Kind
      switch parts[1] {
      case UInt8(ascii: "f"): kind = .float
      case UInt8(ascii: "i"): kind = .int
      case UInt8(ascii: "u"): kind = .uint
      default: return nil
      }
      let width = Int(parts[2] &- 0x30)
      guard [1, 2, 4, 8].contains(width), kind != .float || width > 1 else { return nil }
      self.init(kind: kind, width: width, isBigEndian: parts[0] == UInt8(ascii: ">"))
    }
  }

  /// The path or the archive's member; what errors call it.
  public let name: String
  /// The type of all elements.
  public let element: Element
  /// The size along each axis; empty for a single number.
  public let shape: [Int]
  /// The product of the shape.
  public let count: Int

  /// The distance in bytes from one element to the next along each axis.
  private let strides: [Int]
  private let bytes: UnsafeRawBufferPointer
  /// The position of the first element in `bytes`.
  private let start: Int

  /// From a `.npy` file in memory, of format version 1, 2 or 3.
  ///
  /// - Parameters:
  ///   - bytes: a whole file. The array points into it.
  ///   - name: what errors call it: the path, or an archive's member.
  /// - Throws: `NPYError` where the bytes are not an array of numbers, or are more or fewer than the header
  ///   announces.
  public init(_ bytes: UnsafeRawBufferPointer, name: String) throws(NPYError) {
    let header = try NPYHeader(bytes, name: name)
    var strides = Array(repeating: 0, count: header.shape.count)
    var extent = header.element.width
    let axes = header.shape.indices
    for axis in header.isFortranOrder ? Array(axes) : axes.reversed() {
      strides[axis] = extent
      // With an axis of length 0 the other strides must still not overflow.
      let (product, isTooGreat) = extent.multipliedReportingOverflow(by: max(header.shape[axis], 1))
      guard !isTooGreat else {
        throw NPYError(
          name: name, detail: "shape: expected one that memory can hold, found \(header.shape)")
      }
      extent = product
    }
    let size = header.shape.contains(0) ? 0 : extent
    guard bytes.count - header.dataOffset == size else {
      throw NPYError(
        name: name,
        detail:
          "elements: expected \(size) bytes for \(Self.text(header.shape)) of \(header.element.name), found \(bytes.count - header.dataOffset)"
      )
    }
    self.init(
      name: name, element: header.element, shape: header.shape, strides: strides, bytes: bytes,
      start: header.dataOffset)
  }

  private init(
    name: String, element: Element, shape: [Int], strides: [Int], bytes: UnsafeRawBufferPointer,
    start: Int
  ) {
    self.name = name
    self.element = element
    self.shape = shape
    self.strides = strides
    self.bytes = bytes
    self.start = start
    // This does not overflow: `init` has multiplied the whole shape, and a part's is smaller.
    count = shape.contains(0) ? 0 : shape.reduce(1, *)
  }

  /// The shape as Python writes it, for messages: "(68, 3)".
  public var shapeText: String { Self.text(shape) }

  private static func text(_ shape: [Int]) -> String {
    "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
  }

  /// The part at one index of the first axis, which has one axis less. The index must be within that axis.
  public subscript(index: Int) -> NPYArray {
    precondition(
      !shape.isEmpty && (0..<shape[0]).contains(index), "an index within the first axis")
    return NPYArray(
      name: name, element: element, shape: Array(shape.dropFirst()),
      strides: Array(strides.dropFirst()), bytes: bytes, start: start + index * strides[0])
  }

  /// The elements' bytes, where they are stored one after the other in C order, as images are; nil otherwise.
  public var contiguousBytes: UnsafeRawBufferPointer? {
    guard count > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard isContiguous else { return nil }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + count * element.width])
  }

  private var isContiguous: Bool {
    var extent = element.width
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      if strides[axis] != extent { return false }
      extent *= shape[axis]
    }
    return true
  }

  /// All elements in C order (last index fastest). Integers beyond 2⁵³ are rounded.
  public var doubles: [Double] {
    switch (element.kind, element.width) {
    case (.float, 2): values(UInt16.self) { Double(Float16(bitPattern: $0)) }
    case (.float, 4): values(UInt32.self) { Double(Float(bitPattern: $0)) }
    case (.float, _): values(UInt64.self) { Double(bitPattern: $0) }
    case (.int, 1): values(Int8.self) { Double($0) }
    case (.int, 2): values(Int16.self) { Double($0) }
    case (.int, 4): values(Int32.self) { Double($0) }
    case (.int, _): values(Int64.self) { Double($0) }
    case (.uint, 1): values(UInt8.self) { Double($0) }
    case (.uint, 2): values(UInt16.self) { Double($0) }
    case (.uint, 4): values(UInt32.self) { Double($0) }
    case (.uint, _): values(UInt64.self) { Double($0) }
    }
  }

  /// All elements in C order (last index fastest).
  ///
  /// - Throws: `NPYError` for an array of floats, or with a number that `Int` cannot hold.
  public func integers() throws(NPYError) -> [Int] {
    switch (element.kind, element.width) {
    case (.float, _):
      throw NPYError(name: name, detail: "expected integers, found \(element.name)")
    case (.int, 1): return values(Int8.self) { Int($0) }
    case (.int, 2): return values(Int16.self) { Int($0) }
    case (.int, 4): return values(Int32.self) { Int($0) }
    case (.int, _): return values(Int64.self) { Int($0) }
    case (.uint, 1): return values(UInt8.self) { Int($0) }
    case (.uint, 2): return values(UInt16.self) { Int($0) }
    case (.uint, 4): return values(UInt32.self) { Int($0) }
    case (.uint, _):
      let values = values(UInt64.self) { $0 }
      if let greatest = values.max(), greatest > Int.max {
        throw NPYError(
          name: name, detail: "expected integers up to \(Int.max), found \(greatest)")
      }
      return values.map { Int($0) }
    }
  }

  /// All elements' bytes, least significant first, in C order.
  public var littleEndianBytes: [UInt8] {
    if let bytes = contiguousBytes, !element.isBigEndian || element.width == 1 {
      return Array(bytes)
    }
    var result: [UInt8] = []
    result.reserveCapacity(count * element.width)
    let places = 0..<element.width
    forEachOffset { offset in
      for i in element.isBigEndian ? Array(places.reversed()) : Array(places) {
        result.append(bytes[offset + i])
      }
    }
    return result
  }

  @inline(__always)
  private func values<Stored: FixedWidthInteger, Value>(
    _ stored: Stored.Type, _ convert: (Stored) -> Value
  ) -> [Value] {
    let isBigEndian = element.isBigEndian
    return [Value](unsafeUninitializedCapacity: count) { values, filled in
      forEachOffset { offset in
        let raw = bytes.loadUnaligned(fromByteOffset: offset, as: Stored.self)
        let value = convert(isBigEndian ? Stored(bigEndian: raw) : raw.littleEndian)
        values.initializeElement(at: filled, to: value)
        filled += 1
      }
    }
  }

  /// Calls `body` with the position of each element, in C order.
  @inline(__always)
  private func forEachOffset(_ body: (Int) -> Void) {
    if isContiguous {
      for i in 0..<count { body(start + i * element.width) }
      return
    }
    var index = Array(repeating: 0, count: shape.count)
    var offset = start
    for _ in 0..<count {
      body(offset)
      // Counts like an odometer: the last index first, which returns to zero where its axis ends.
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < shape[axis] { break }
        offset -= index[axis] * strides[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
