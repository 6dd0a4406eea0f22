/// Named NumPy arrays in one file, a zip archive of `.npy` members as `numpy.savez` and
/// `numpy.savez_compressed` write it, over bytes in memory.
///
/// Stored members are seen in place; deflated ones are unpacked when they are asked for.
public struct NPZFile {
  private let bytes: UnsafeRawBufferPointer
  private let members: [ZipDirectory.Member]
  /// The arrays' names, without `.npy`, in the file's order.
  public let names: [String]

  /// - Parameter bytes: the whole file; it is to stay as long as this value.
  /// - Throws: `NPYError`, named "zip", where the bytes are no whole zip archive.
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
  /// - Parameter limit: larger arrays, in bytes, are refused before memory is taken for them.
  /// - Throws: `NPYError` with the array's name, where there is none or it is broken; what the closure
  ///   throws.
  public func withArray<Result>(
    _ name: String, limit: Int, _ body: (NPYArray) throws -> Result
  ) throws -> Result {
    func fault(_ detail: String) -> NPYError { NPYError(name: name, detail: detail) }
    guard let index = names.firstIndex(of: name) else {
      throw fault(
        "expected an array, found \(names.isEmpty ? "none" : names.joined(separator: ", "))")
    }
    let member = members[index]
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
      return try body(array(packed, member, name))
    case 8:
      // Memory is taken for what the archive claims, so the claim has to be possible.
      guard member.size <= packed.count * Deflate.greatestRatio,
        let unpacked = Deflate.unpacked(packed, size: member.size)
      else { throw fault("expected \(member.size) bytes, found broken compressed data") }
      return try unpacked.withUnsafeBytes { try body(array($0, member, name)) }
    default:
      throw fault("expected stored or deflated bytes, found compression method \(member.method)")
    }
  }

  private func array(
    _ content: UnsafeRawBufferPointer, _ member: ZipDirectory.Member, _ name: String
  ) throws(NPYError) -> NPYArray {
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

  /// What follows the member's local header, which repeats its name and may have fields of its own.
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
