import Codecs

/// Builds a small HDF5 file of contiguous arrays in the root group, after MATLAB's 512 bytes.
public struct HDF5Fixture {
  /// What an array's elements are.
  public enum Values {
    /// float64.
    case doubles([Double])
    /// uint8.
    case bytes([UInt8])
    /// The places of other arrays, by their names.
    case references([String])
  }

  private var arrays: [(name: String, shape: [Int], values: Values)] = []

  /// Without arrays.
  public init() {}

  /// Adds an array; names ascend, as the form asks for.
  public mutating func add(_ name: String, shape: [Int], _ values: Values) {
    arrays.append((name, shape, values))
  }

  /// The whole file.
  public var bytes: [UInt8] {
    let sizes = arrays.map { Self.header($0.shape, $0.values, data: 0, size: 0).count }
    let data = arrays.map { $0.values.count }
    // Superblock, the root's header, tree, names, symbol table; then headers, then data.
    let (root, tree, heap) = (96, 136, 136 + 48)
    let names = arrays.reduce(into: [UInt8](repeating: 0, count: 8)) { names, array in
      names += Array(array.name.utf8) + [UInt8](repeating: 0, count: 8 - array.name.utf8.count % 8)
    }
    let texts = heap + 32
    let symbols = texts + names.count
    var next = symbols + 8 + 40 * arrays.count
    let headers = sizes.map { size in
      defer { next += size }; return next
    }
    let places = data.map { size in
      defer { next += size }; return next
    }
    func number(_ value: Int) -> [UInt8] { UInt64(value).littleEndianBytes }
    let none = [UInt8](repeating: 0xFF, count: 8)

    var file: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0, 8, 8, 0]
    file += [4, 0, 16, 0, 0, 0, 0, 0]
    file += number(512) + none + number(next) + none
    file += number(0) + number(root) + [UInt8](repeating: 0, count: 24)
    // The root's object header has one message, the symbol table's.
    file += [1, 0, 1, 0, 1, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0]
    file += [0x11, 0, 16, 0, 0, 0, 0, 0] + number(tree) + number(heap)
    file += Array("TREE".utf8) + [0, 0, 1, 0] + none + none + number(0) + number(symbols)
    file += number(0)
    file += Array("HEAP".utf8) + [0, 0, 0, 0] + number(names.count) + number(1) + number(texts)
    file += names + Array("SNOD".utf8) + [1, 0] + UInt16(arrays.count).littleEndianBytes
    var text = 8
    for (array, header) in zip(arrays, headers) {
      file += number(text) + number(header) + [UInt8](repeating: 0, count: 24)
      text += array.name.utf8.count + 8 - array.name.utf8.count % 8
    }
    for (i, array) in arrays.enumerated() {
      file += Self.header(array.shape, array.values, data: places[i], size: data[i])
    }
    for array in arrays {
      switch array.values {
      case .doubles(let values): file += values.littleEndianBytes
      case .bytes(let values): file += values
      case .references(let targets):
        for target in targets {
          file += number(headers[arrays.firstIndex { $0.name == target } ?? 0])
        }
      }
    }
    let start = Array("MATLAB 7.3 MAT-file, made by a test".utf8)
    return start + [UInt8](repeating: 0x20, count: 124 - start.count) + [0, 2] + Array("IM".utf8)
      + [UInt8](repeating: 0, count: 384) + file
  }

  private static func header(
    _ shape: [Int], _ values: Values, data: Int, size: Int
  ) -> [UInt8] {
    func message(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
      let padded = content + [UInt8](repeating: 0, count: (8 - content.count % 8) % 8)
      return [type, 0] + UInt16(padded.count).littleEndianBytes + [0, 0, 0, 0] + padded
    }
    let type: [UInt8] =
      switch values {
      case .doubles: [0x11, 0x20, 0x3F, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 255, 3, 0, 0]
      case .bytes: [0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0]
      case .references: [0x17, 0, 0, 0, 8, 0, 0, 0]
      }
    let messages =
      message(
        0x01,
        [1, UInt8(shape.count), 0, 0, 0, 0, 0, 0]
          + shape.flatMap { UInt64($0).littleEndianBytes })
      + message(0x03, type)
      + message(
        0x08, [3, 1] + UInt64(data).littleEndianBytes + UInt64(size).littleEndianBytes)
    return [1, 0, 3, 0, 1, 0, 0, 0] + UInt32(messages.count).littleEndianBytes + [0, 0, 0, 0]
      + messages
  }
}

extension HDF5Fixture.Values {
  /// In bytes.
  fileprivate var count: Int {
    switch self {
    case .doubles(let values): 8 * values.count
    case .bytes(let values): values.count
    case .references(let targets): 8 * targets.count
    }
  }
}
