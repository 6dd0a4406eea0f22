/// Named NumPy arrays in one file, which is in memory: a zip archive of `.npy` members as `numpy.savez` and
/// `numpy.savez_compressed` write it.
///
/// Stored members are read in place. Deflated ones are unpacked when they are asked for.
public struct NPZFile {
  private let bytes: UnsafeRawBufferPointer
  private let members: [ZipDirectory.Member]
  /// The arrays' names, without `.npy`, in the file's order.
  public let names: [String]

  /// Reads the archive's directory.
  ///
  /// - Parameter bytes: the whole file. It must stay valid as long as this value.
  /// - Throws: `NPYError` where the bytes are not a whole zip archive, with the name "zip", or where two arrays
  ///   have one name.
  public init(_ bytes: UnsafeRawBufferPointer) throws(NPYError) {
    self.bytes = bytes
    members = try ZipDirectory(bytes).members.filter { $0.name.hasSuffix(".npy") }
    names = members.map { String($0.name.dropLast(4)) }
    for (i, name) in names.enumerated() where names[..<i].contains(name) {
      throw NPYError(name: name, detail: "expected one array of this name, found two")
    }
  }

  /// Gives an array to the closure, during which it is valid.
  ///
  /// - Parameters:
  ///   - name: the array's name, without `.npy`.
  ///   - limit: larger members, in unpacked bytes, are refused before memory is taken for them.
  ///   - body: what is done with it.
  /// - Throws: `NPYError` with the array's name, where there is no such array or it is broken; what the closure
  ///   throws.
  public func withArray<Result>(
    _ name: String, limit: Int, _ body: (NPYArray) throws -> Result
  ) throws -> Result {
    guard let index = names.firstIndex(of: name) else {
      let found = names.isEmpty ? "none" : names.joined(separator: ", ")
      throw NPYError(name: name, detail: "expected an array, found \(found)")
    }
    switch try content(of: index, limit: limit) {
    case .inPlace(let bytes): return try body(array(bytes, index))
    case .unpacked(let bytes): return try bytes.withUnsafeBytes { try body(array($0, index)) }
    }
  }

  private static let largestHeader = 1 << 16

  /// The size of each of an array's dimensions, for which only its first bytes are read.
  ///
  /// - Throws: `NPYError` where there is no such array, or its header is broken.
  public func shape(of name: String) throws -> [Int] {
    guard let index = names.firstIndex(of: name) else {
      throw NPYError(name: name, detail: "expected an array, found none")
    }
    let packed = try packedBytes(of: members[index], name: name)
    guard members[index].method == 8 else { return try NPYHeader(packed, name: name).shape }
    let head = Deflate.head(of: packed, atMost: Self.largestHeader)
    return try head.withUnsafeBytes { try NPYHeader($0, name: name).shape }
  }

  /// Where an array's elements stand in the file; nil where they are deflated, or not in C order.
  ///
  /// - Throws: as `shape(of:)`. The array's checksum is not looked at.
  public func storedElements(of name: String) throws -> Range<Int>? {
    guard let index = names.firstIndex(of: name), members[index].method == 0 else { return nil }
    let packed = try packedBytes(of: members[index], name: name)
    let array = try NPYArray(packed, name: name)
    guard let elements = array.contiguousBytes, let first = elements.baseAddress,
      let start = bytes.baseAddress
    else { return nil }
    return first - start..<first - start + elements.count
  }

  /// An array by its name, or why it cannot be read.
  public typealias Entry = (name: String, array: Result<NPYArray, NPYError>)

  /// Gives all arrays in the file's order to the closure, during which they are valid. Each is unpacked once.
  ///
  /// - Parameters:
  ///   - limit: the total of unpacked bytes. An array that would exceed it, together with the unpacked ones before it,
  ///     is refused before memory is taken for it.
  ///   - body: gets an entry an array.
  /// - Throws: what the closure throws. A broken array is an error in its own entry.
  public func withArrays<Value>(limit: Int, _ body: ([Entry]) throws -> Value) throws -> Value {
    try withArrays(from: 0, limit: limit, [], body)
  }

  private func withArrays<Value>(
    from index: Int, limit: Int, _ before: [Entry], _ body: ([Entry]) throws -> Value
  ) throws -> Value {
    guard index < members.count else { return try body(before) }
    func adding(_ array: Result<NPYArray, NPYError>, room: Int) throws -> Value {
      try withArrays(
        from: index + 1, limit: room, before + [(name: names[index], array: array)], body)
    }
    func result(_ bytes: UnsafeRawBufferPointer) -> Result<NPYArray, NPYError> {
      Result { () throws(NPYError) in try array(bytes, index) }
    }
    switch Result(catching: { () throws(NPYError) in try content(of: index, limit: limit) }) {
    case .success(.inPlace(let bytes)): return try adding(result(bytes), room: limit)
    case .success(.unpacked(let bytes)):
      return try bytes.withUnsafeBytes { try adding(result($0), room: limit - bytes.count) }
    case .failure(let error): return try adding(.failure(error), room: limit)
    }
  }

  private enum Content {
    case inPlace(UnsafeRawBufferPointer)
    case unpacked([UInt8])
  }

  private func content(of index: Int, limit: Int) throws(NPYError) -> Content {
    let (member, name) = (members[index], names[index])
    func fault(_ detail: String) -> NPYError { NPYError(name: name, detail: detail) }
    guard !member.isEncrypted else { throw fault("expected plain bytes, found encrypted ones") }
    guard member.size <= limit else {
      throw fault("expected at most \(limit) bytes, found \(member.size)")
    }
    let packed = try packedBytes(of: member, name: name)
    switch member.method {
    case 0:
      guard member.size == packed.count else {
        throw fault("expected \(member.size) bytes, found \(packed.count)")
      }
      return .inPlace(packed)
    case 8:
      // Memory is taken for the size that the archive claims, so the claim has to be possible.
      guard member.size <= packed.count * Deflate.greatestRatio,
        let unpacked = Deflate.unpacked(packed, size: member.size)
      else { throw fault("expected \(member.size) bytes, found broken compressed data") }
      return .unpacked(unpacked)
    default:
      throw fault("expected stored or deflated bytes, found compression method \(member.method)")
    }
  }

  private func array(
    _ content: UnsafeRawBufferPointer, _ index: Int
  ) throws(NPYError) -> NPYArray {
    let (member, name) = (members[index], names[index])
    let found = Deflate.checksum(content)
    guard found == member.checksum else {
      throw NPYError(
        name: name,
        detail:
          "checksum: expected \(String(member.checksum, radix: 16)), found \(String(found, radix: 16))"
      )
    }
    return try NPYArray(content, name: name)
  }

  /// The bytes after the member's local header, which repeats its name and may have fields of its own.
  private func packedBytes(
    of member: ZipDirectory.Member, name: String
  ) throws(NPYError) -> UnsafeRawBufferPointer {
    let fields = ZipFields(bytes: bytes)
    let header = member.headerOffset
    guard fields.has(30, at: header), fields.word(header) == ZipFields.localHeader else {
      throw NPYError(name: name, detail: "expected its header at byte \(header), found none")
    }
    let start = header + 30 + fields.half(header + 26) + fields.half(header + 28)
    guard start <= bytes.count, member.packedSize <= bytes.count - start else {
      throw NPYError(
        name: name,
        detail: "expected \(member.packedSize) bytes, found \(max(bytes.count - start, 0))")
    }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + member.packedSize])
  }
}
