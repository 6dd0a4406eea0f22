/// An array of an HDF5 file. It is valid as long as the file's bytes.
public struct HDF5Dataset {
  /// The type of the elements.
  public enum Element: Sendable, Equatable {
    /// Whole numbers of a width in bytes.
    case integer(width: Int, isSigned: Bool)
    /// Numbers of 4 or 8 bytes.
    case float(width: Int)
    /// Addresses of objects.
    case reference

    /// In bytes.
    var width: Int {
      switch self {
      case .integer(let width, _), .float(let width): width
      case .reference: 8
      }
    }
  }

  /// The size of each dimension, the last of which is the fastest: MATLAB's in reverse.
  public private(set) var shape: [Int] = []
  /// Of all elements.
  public private(set) var element = Element.float(width: 8)
  private let fields: HDF5Fields
  private var layout = Layout.none
  private var filters: [Filter] = []

  private enum Layout {
    case none
    case contiguous(address: Int, size: Int)
    case chunked(tree: Int, shape: [Int])
  }

  private enum Filter {
    case deflate
    case shuffle
  }

  init(_ fields: HDF5Fields, header: Int) throws {
    self.fields = fields
    for message in try fields.messages(ofHeader: header) {
      switch message.type {
      case 0x01: try readShape(message)
      case 0x03: try readType(message)
      case 0x08: try readLayout(message)
      case 0x0B: try readFilters(message)
      default: break
      }
    }
    guard !shape.isEmpty else { throw HDF5Error("expected an array, found none") }
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue } }

  /// Level 2A2b, dataspace.
  private mutating func readShape(_ message: HDF5Fields.Message) throws {
    let version = try fields.number(message.offset, bytes: 1)
    let rank = try fields.number(message.offset + 1, bytes: 1)
    guard (1...2).contains(version), rank <= 32 else {
      throw HDF5Error("expected a dataspace of version 1, found \(version)")
    }
    let start = message.offset + (version == 1 ? 8 : 4)
    shape = try (0..<rank).map { try fields.number(start + 8 * $0, bytes: 8) }
    var product = 1
    for side in shape {
      let (next, isTooGreat) = product.multipliedReportingOverflow(by: side)
      guard !isTooGreat, next <= Int.max / 16 else {
        throw HDF5Error("expected a size, found one beyond all bounds")
      }
      product = next
    }
    // A scalar is an array of one element.
    if shape.isEmpty { shape = [1] }
  }

  /// Level 2A2d, datatype: fixed-point, floating-point and object reference.
  private mutating func readType(_ message: HDF5Fields.Message) throws {
    let kind = try fields.number(message.offset, bytes: 1) & 0x0F
    let flags = try fields.number(message.offset + 1, bytes: 1)
    let width = try fields.number(message.offset + 4, bytes: 4)
    switch (kind, width) {
    case (0, 1), (0, 2), (0, 4), (0, 8):
      element = .integer(width: width, isSigned: flags & 0x08 != 0)
    case (1, 4), (1, 8): element = .float(width: width)
    case (7, 8): element = .reference
    default: throw HDF5Error("expected numbers or references, found a datatype of class \(kind)")
    }
    guard kind == 7 || flags & 1 == 0 else {
      throw HDF5Error("expected little-endian numbers, found big-endian ones")
    }
  }

  /// Level 2A2i, data layout.
  private mutating func readLayout(_ message: HDF5Fields.Message) throws {
    let version = try fields.number(message.offset, bytes: 1)
    guard version == 3 else {
      throw HDF5Error("expected a data layout of version 3, found \(version)")
    }
    switch try fields.number(message.offset + 1, bytes: 1) {
    case 0:
      layout = .contiguous(
        address: message.offset + 4, size: try fields.number(message.offset + 2, bytes: 2))
    case 1:
      // An array of which nothing was written has an undefined address.
      guard let address = try? fields.address(message.offset + 2) else { return }
      layout = .contiguous(
        address: address, size: try fields.number(message.offset + 10, bytes: 8))
    default:
      let rank = try fields.number(message.offset + 2, bytes: 1)
      guard let tree = try? fields.address(message.offset + 3) else { return }
      // The last side is the element's width.
      let sides = try (0..<max(rank - 1, 0)).map {
        try fields.number(message.offset + 11 + 4 * $0, bytes: 4)
      }
      layout = .chunked(tree: tree, shape: sides)
    }
  }

  /// Level 2A2l, filter pipeline of version 1.
  private mutating func readFilters(_ message: HDF5Fields.Message) throws {
    guard try fields.number(message.offset, bytes: 1) == 1 else {
      throw HDF5Error("expected a filter pipeline of version 1, found another")
    }
    var place = message.offset + 8
    for _ in 0..<(try fields.number(message.offset + 1, bytes: 1)) {
      let name = try fields.number(place + 2, bytes: 2)
      let values = try fields.number(place + 6, bytes: 2)
      switch try fields.number(place, bytes: 2) {
      case 1: filters.append(.deflate)
      case 2: filters.append(.shuffle)
      case let other: throw HDF5Error("expected deflate and shuffle, found filter \(other)")
      }
      place += 8 + (name + 7) / 8 * 8 + 4 * values + (values % 2 == 1 ? 4 : 0)
    }
  }

  /// The elements as they are stored, in the order of the shape.
  ///
  /// - Parameter limit: larger arrays, in bytes, are refused before memory is taken for them.
  /// - Throws: `HDF5Error` where they cannot be read.
  public func bytes(limit: Int) throws -> [UInt8] {
    let size = count * element.width
    guard size <= limit else { throw HDF5Error("expected at most \(limit) bytes, found \(size)") }
    switch layout {
    case .none: return [UInt8](repeating: 0, count: size)
    case .contiguous(let address, let stored):
      guard stored >= size else { throw HDF5Error("expected \(size) bytes, found \(stored)") }
      return [UInt8](try fields.data(address, count: size))
    case .chunked(let tree, let sides):
      guard sides.count == shape.count, let chunk = Self.bytes(of: sides, element) else {
        throw HDF5Error("expected chunks of \(shape.count) dimensions, found \(sides)")
      }
      var target = [UInt8](repeating: 0, count: size)
      var budget = fields.nodeBudget
      budget.allowChunks(for: size)
      try readChunks(tree, sides, of: chunk, into: &target, &budget)
      return target
    }
  }

  /// The size of a chunk; nil where it is none.
  private static func bytes(of sides: [Int], _ element: Element) -> Int? {
    var product = element.width
    for side in sides {
      let (next, isTooGreat) = product.multipliedReportingOverflow(by: side)
      guard !isTooGreat, next > 0 else { return nil }
      product = next
    }
    return product
  }

  /// The elements as numbers.
  ///
  /// - Throws: likewise, and where they are references.
  public func numbers(limit: Int) throws -> [Double] {
    let type: MATArray.Element
    switch element {
    case .float(let width): type = width == 4 ? .float32 : .float64
    case .integer(let width, let isSigned):
      let types: [(MATArray.Element, MATArray.Element)] = [
        (.int8, .uint8), (.int16, .uint16), (.int32, .uint32), (.int64, .uint64),
      ]
      let pair = types[width.trailingZeroBitCount]
      type = isSigned ? pair.0 : pair.1
    case .reference: throw HDF5Error("expected numbers, found references")
    }
    return try bytes(limit: limit).withUnsafeBytes { data in
      (0..<count).map { StoredNumber(data, at: $0, type, isLittleEndian: true).double }
    }
  }

  /// The elements as references.
  ///
  /// - Throws: likewise, and where they are numbers.
  public func references(limit: Int) throws -> [UInt64] {
    guard element == .reference else { throw HDF5Error("expected references, found numbers") }
    return try bytes(limit: limit).withUnsafeBytes { data in
      (0..<count).map {
        data.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self).littleEndian
      }
    }
  }

  /// Level 1A1, a version 1 B-tree of chunks. A key holds the chunk's size, the filters that it was not given to, and its
  /// place; a child is the chunk's address.
  private func readChunks(
    _ node: Int, _ sides: [Int], of chunkBytes: Int, into target: inout [UInt8],
    _ budget: inout HDF5NodeBudget
  ) throws {
    try budget.take()
    defer { budget.depth -= 1 }
    guard try fields.isSignature("TREE", at: node),
      try fields.number(node + 4, bytes: 1) == 1
    else { throw HDF5Error("expected a tree of chunks, found other bytes") }
    let isLeaf = try fields.number(node + 5, bytes: 1) == 0
    let keyBytes = 8 + 8 * (sides.count + 1)
    for i in 0..<(try fields.number(node + 6, bytes: 2)) {
      let key = node + 24 + (keyBytes + 8) * i
      let child = try fields.address(key + keyBytes)
      guard isLeaf else {
        try readChunks(child, sides, of: chunkBytes, into: &target, &budget)
        continue
      }
      let size = try fields.number(key, bytes: 4)
      let skipped = try fields.number(key + 4, bytes: 4)
      let place = try (0..<sides.count).map { try fields.number(key + 8 + 8 * $0, bytes: 8) }
      try budget.takeChunk(chunkBytes)
      let chunk = try unpacked(fields.data(child, count: size), size: chunkBytes, skipping: skipped)
      try copy(chunk, of: sides, at: place, into: &target)
    }
  }

  private func unpacked(
    _ data: UnsafeRawBufferPointer, size: Int, skipping skipped: Int
  ) throws -> [UInt8] {
    var bytes = [UInt8](data)
    for (i, filter) in filters.enumerated().reversed() where skipped >> i & 1 == 0 {
      switch filter {
      case .deflate:
        // zlib's own header of two bytes and checksum of four are round the stream.
        let inner = bytes.withUnsafeBytes { all -> [UInt8]? in
          guard all.count > 6, size <= all.count * Deflate.greatestRatio else { return nil }
          return Deflate.unpacked(
            UnsafeRawBufferPointer(rebasing: all[2..<all.count - 4]), size: size)
        }
        guard let inner else { throw HDF5Error("expected a packed chunk, found a broken one") }
        bytes = inner
      case .shuffle: bytes = unshuffled(bytes)
      }
    }
    guard bytes.count == size else {
      throw HDF5Error("expected chunks of \(size) bytes, found \(bytes.count)")
    }
    return bytes
  }

  /// All first bytes of the elements come before all second ones.
  private func unshuffled(_ bytes: [UInt8]) -> [UInt8] {
    let (width, count) = (element.width, bytes.count / element.width)
    var target = bytes
    for i in 0..<count {
      for byte in 0..<width { target[i * width + byte] = bytes[byte * count + i] }
    }
    return target
  }

  /// Copies what of a chunk lies in the array, row by row of the last dimension.
  private func copy(
    _ chunk: [UInt8], of sides: [Int], at place: [Int], into target: inout [UInt8]
  ) throws {
    guard zip(place, shape).allSatisfy({ $0 < $1 }) else { return }
    let last = sides.count - 1
    let run = min(sides[last], shape[last] - place[last]) * element.width
    let rows = sides.dropLast().reduce(1, *)
    for row in 0..<rows {
      var (rest, source, offset, isInside) = (row, 0, 0, true)
      var (sourceStep, targetStep) = (sides[last], shape[last])
      for axis in stride(from: last - 1, through: 0, by: -1) {
        let index = rest % sides[axis]
        rest /= sides[axis]
        isInside = isInside && place[axis] + index < shape[axis]
        source += index * sourceStep
        offset += (place[axis] + index) * targetStep
        sourceStep *= sides[axis]
        targetStep *= shape[axis]
      }
      guard isInside else { continue }
      let from = source * element.width
      let to = (offset + place[last]) * element.width
      target.replaceSubrange(to..<to + run, with: chunk[from..<from + run])
    }
  }
}
