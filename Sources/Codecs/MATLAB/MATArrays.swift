/// All arrays of a MATLAB v5 or v7 file, read from its bytes.
///
/// Each size is checked against the bytes that are there. Cell arrays and structures are left to `MATFile`.
/// The form is that of "MAT-File Format", The MathWorks, chapter 1: a 128-byte header, then elements of type,
/// size (32 bits each) and data, each a matrix or a zlib stream with one in it.
public struct MATArrays: Sendable {
  /// The real arrays of two dimensions, in the file's order.
  public private(set) var arrays: [MATArray] = []
  /// The other variables, and what each is: "a cell array".
  public private(set) var others: [(name: String, kind: String)] = []

  /// Decodes all arrays.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: what errors call it.
  ///   - limit: a compressed variable of more unpacked bytes is refused before memory is taken for it.
  /// - Throws: `MATError` where it is not a MATLAB v5 file, is cut short, or contradicts itself.
  public init(
    _ bytes: UnsafeRawBufferPointer, path: String, limit: Int = 64 << 20
  ) throws(MATError) {
    try Self.forEachVariable(bytes, path: path, limit: limit) { (element, _) throws(MATError) in
      try add(element, path: path)
    }
  }

  /// Gives each of the file's elements, unpacked, to the closure, and where it begins in the file. An element is valid
  /// only while the closure runs.
  static func forEachVariable(
    _ bytes: UnsafeRawBufferPointer, path: String, limit: Int,
    _ body: (MATElement, _ place: Int) throws(MATError) -> Void
  ) throws(MATError) {
    var count = 0
    let isLittleEndian = try Self.checkHeader(bytes, path: path)
    var inflater: MATInflater?
    var position = 128
    while position < bytes.count {
      guard
        let element = MATElement(
          bytes, at: position, isLittleEndian: isLittleEndian, isPadded: false)
      else {
        throw MATError(
          path: path, detail: "variable \(count + 1): expected a whole one, found the file's end")
      }
      let place = position
      position = element.end
      defer { count += 1 }
      guard element.type == MATElement.compressed else {
        try body(element, place)
        continue
      }
      let unpacker = inflater ?? MATInflater(limit: limit)
      inflater = unpacker
      let unpacked: UnsafeRawBufferPointer
      do throws(MATInflater.Failure) {
        unpacked = try unpacker.unpack(element.data, isLittleEndian: isLittleEndian)
      } catch {
        throw MATError(path: path, detail: "variable \(count + 1): \(error.detail)")
      }
      guard
        let inner = MATElement(unpacked, at: 0, isLittleEndian: isLittleEndian, isPadded: false),
        inner.end == unpacked.count
      else {
        throw MATError(
          path: path, detail: "variable \(count + 1): expected one matrix, found its data cut short"
        )
      }
      try body(inner, place)
    }
  }

  /// The array of this name; nil where there is none.
  public subscript(name: String) -> MATArray? { arrays.first { $0.name == name } }

  private var count: Int { arrays.count + others.count }

  /// Checks the 128-byte header.
  ///
  /// - Returns: whether the file is little-endian.
  static func checkHeader(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(MATError) -> Bool {
    func wrong(_ found: String) -> MATError {
      MATError(path: path, detail: "expected a MATLAB v5 file, found \(found)")
    }
    if let other = MATVersion.other(in: bytes) { throw wrong(other) }
    guard bytes.count >= 128 else { throw wrong("\(bytes.count) bytes") }
    let order = (bytes[126], bytes[127])
    let (i, m) = (UInt8(ascii: "I"), UInt8(ascii: "M"))
    guard order == (i, m) || order == (m, i) else {
      let isMATLAB = bytes.starts(with: "MATLAB".utf8)
      throw wrong((isMATLAB ? nil : FileSignature.name(of: bytes)) ?? "something else")
    }
    let isLittleEndian = order == (i, m)
    switch isLittleEndian ? bytes[125] : bytes[124] {
    case 1: return isLittleEndian
    case 2: throw wrong(MATVersion.hdf5)
    default: throw wrong("an unknown version")
    }
  }

  private mutating func add(_ element: MATElement, path: String) throws(MATError) {
    // Elements of other types are not variables.
    guard element.type == MATElement.matrix else { return }
    let variable: MATVariable
    do throws(MATVariable.Failure) {
      variable = try MATVariable(element)
    } catch {
      throw MATError(path: path, detail: "variable \(count + 1): \(error.detail)")
    }
    guard self[variable.name] == nil else {
      throw MATError(
        path: path, detail: "variable '\(variable.name)': expected it once, found it twice")
    }
    if let kind = variable.strangeKind {
      others.append((variable.name, kind))
      return
    }
    do throws(MATVariable.Failure) {
      arrays.append(try variable.array())
    } catch {
      throw MATError(path: path, detail: "variable '\(variable.name)': \(error.detail)")
    }
  }
}
