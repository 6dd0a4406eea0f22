/// Writes a value in Python's pickle form, protocol 3, as `pickle.load` reads it.
///
/// An array is a call of `numpy.ndarray` on a shape, a type and a `bytearray`: it names nothing that is private to
/// a version of NumPy, so that every version reads it, and the array can be written to. Values go to the
/// file as they come; a container's closure writes its members.
/// https://docs.python.org/3/library/pickletools.html has the operations.
public struct PickleWriter {
  private let file: OutputFile

  /// Begins a pickle in a file.
  ///
  /// - Throws: `FileError` where the file cannot be written.
  public init(_ file: OutputFile) throws {
    self.file = file
    try file.write([Operation.protocol, 3])
  }

  /// The operations of the virtual machine that reads pickles.
  private enum Operation {
    static let `protocol` = UInt8(0x80)
    static let stop = UInt8(ascii: ".")
    static let mark = UInt8(ascii: "(")
    static let emptyList = UInt8(ascii: "]")
    static let appendItems = UInt8(ascii: "e")
    static let emptyDictionary = UInt8(ascii: "}")
    static let setItems = UInt8(ascii: "u")
    static let integer4 = UInt8(ascii: "J")
    static let integerOfLength = UInt8(0x8A)
    static let unicode = UInt8(ascii: "X")
    static let bytes = UInt8(ascii: "B")
    /// Of protocol 4; readers take it under any number.
    static let longBytes = UInt8(0x8E)
    static let global = UInt8(ascii: "c")
    static let tuple = UInt8(ascii: "t")
    static let tuple1 = UInt8(0x85)
    static let tuple3 = UInt8(0x87)
    static let reduce = UInt8(ascii: "R")
  }

  /// Writes an `int`.
  public func integer(_ value: Int) throws {
    if let small = Int32(exactly: value) {
      try file.write([Operation.integer4] + small.littleEndianBytes)
    } else {
      try file.write([Operation.integerOfLength, 8] + Int64(value).littleEndianBytes)
    }
  }

  /// Writes a `str`.
  public func text(_ value: String) throws {
    try file.write([Operation.unicode] + UInt32(value.utf8.count).littleEndianBytes)
    try file.write(value.utf8)
  }

  /// Writes a `list`; the closure writes its elements.
  public func list(_ elements: () throws -> Void) throws {
    try file.write([Operation.emptyList, Operation.mark])
    try elements()
    try file.write([Operation.appendItems])
  }

  /// Writes a `dict`; the closure writes each key, then its value.
  public func dictionary(_ members: () throws -> Void) throws {
    try file.write([Operation.emptyDictionary, Operation.mark])
    try members()
    try file.write([Operation.setItems])
  }

  /// Writes a `numpy.ndarray` in C order.
  ///
  /// - Parameters:
  ///   - type: NumPy's name for the elements' type, such as "<f4".
  ///   - shape: the sizes of the axes, the slowest first.
  ///   - data: the elements' bytes, as many as shape and type need; this is not checked.
  public func array(type: String, shape: [Int], data: [UInt8]) throws {
    try array(type: type, shape: shape, byteCount: data.count) { try $0(data) }
  }

  /// Writes a `numpy.ndarray` in C order, piece after piece.
  ///
  /// - Parameters:
  ///   - type: NumPy's name for the elements' type, such as "<f4".
  ///   - shape: the sizes of the axes, the slowest first.
  ///   - byteCount: as many bytes as shape and type need.
  ///   - data: calls its argument with pieces that are `byteCount` bytes together; this is not checked.
  public func array(
    type: String, shape: [Int], byteCount: Int,
    data: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    try global("numpy", "ndarray")
    try file.write([Operation.mark])
    for extent in shape { try integer(extent) }
    try file.write([Operation.tuple])
    try text(type)
    try global("builtins", "bytearray")
    if let count = UInt32(exactly: byteCount) {
      try file.write([Operation.bytes] + count.littleEndianBytes)
    } else {
      try file.write([Operation.longBytes] + Int64(byteCount).littleEndianBytes)
    }
    try data { try file.write($0) }
    try file.write([Operation.tuple1, Operation.reduce, Operation.tuple3, Operation.reduce])
  }

  /// Ends the pickle, which holds one value, and its file.
  ///
  /// - Throws: `FileError` where the file cannot be written.
  public func finish() throws {
    try file.write([Operation.stop])
    try file.finish()
  }

  private func global(_ module: String, _ name: String) throws {
    try file.write([Operation.global] + Array("\(module)\n\(name)\n".utf8))
  }
}
