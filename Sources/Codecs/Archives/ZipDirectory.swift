/// The members of a zip archive in memory, as the directory at its end lists them (PKWARE's APPNOTE 6.3, §4.3),
/// 64-bit sizes included.
///
/// NumPy writes local headers without 32-bit sizes, whatever the archive's size, so only the directory has them.
struct ZipDirectory {
  struct Member {
    var name: String
    /// 0 for stored bytes, 8 for deflated ones.
    var method: Int
    var isEncrypted: Bool
    var checksum: UInt32
    /// The size in the archive, in bytes.
    var packedSize: Int
    /// The unpacked size in bytes, as the archive claims it; to be checked.
    var size: Int
    var headerOffset: Int
  }

  private(set) var members: [Member] = []
  /// An archive of arrays has a few members. More than this are refused before memory is taken for them.
  static let mostMembers = 1024

  /// - Throws: `NPYError`, whose name is "zip".
  init(
    _ bytes: UnsafeRawBufferPointer, mostMembers: Int = Self.mostMembers
  ) throws(NPYError) {
    let fields = ZipFields(bytes: bytes)
    guard bytes.count >= 4, fields.word(0) == ZipFields.localHeader || bytes.count == 22 else {
      throw Self.error("expected an archive, found \(bytes.isEmpty ? "nothing" : "something else")")
    }
    let end = try Self.end(fields)
    guard end.count <= mostMembers else {
      throw Self.error("expected at most \(mostMembers) members, found \(end.count)")
    }
    guard end.offset >= 0, end.offset <= bytes.count else {
      throw Self.error("expected a directory inside the file, found one at byte \(end.offset)")
    }
    var position = end.offset
    for i in 0..<end.count {
      guard fields.has(46, at: position), fields.word(position) == ZipFields.directoryHeader
      else { throw Self.error("expected \(end.count) members, found \(i)") }
      let nameCount = fields.half(position + 28)
      let extraCount = fields.half(position + 30)
      let next = position + 46 + nameCount + extraCount + fields.half(position + 32)
      guard next <= bytes.count else {
        throw Self.error("expected \(end.count) members, found \(i) and a broken one")
      }
      var member = Member(
        name: ZipName.text(bytes[position + 46..<position + 46 + nameCount]),
        method: fields.half(position + 10), isEncrypted: fields.half(position + 8) & 1 != 0,
        checksum: UInt32(fields.word(position + 16)), packedSize: fields.word(position + 20),
        size: fields.word(position + 24), headerOffset: fields.word(position + 42))
      let extraStart = position + 46 + nameCount
      try Self.widen(&member, fields, extra: extraStart..<extraStart + extraCount)
      members.append(member)
      position = next
    }
  }

  /// How many members there are, and where the list of them begins.
  private static func end(_ fields: ZipFields) throws(NPYError) -> (count: Int, offset: Int) {
    // Only a comment may follow this record, and NumPy writes none.
    var position = fields.bytes.count - 22
    let least = max(0, position - 0xFFFF)
    while position >= least {
      if fields.word(position) == ZipFields.endOfDirectory,
        position + 22 + fields.half(position + 20) == fields.bytes.count
      {
        break
      }
      position -= 1
    }
    guard position >= least else {
      throw error("expected a directory at the end, found none; the file may be truncated")
    }
    let (count, offset) = (fields.half(position + 10), fields.word(position + 16))
    guard count == 0xFFFF || offset == 0xFFFF_FFFF else { return (count, offset) }
    guard fields.has(20, at: position - 20),
      fields.word(position - 20) == ZipFields.locator64,
      let wide = fields.wide(position - 12), fields.has(56, at: wide),
      fields.word(wide) == ZipFields.endOfDirectory64,
      let count = fields.wide(wide + 32), let offset = fields.wide(wide + 48)
    else { throw error("expected a directory of 64-bit sizes, found none") }
    return (count, offset)
  }

  /// Takes sizes that do not fit into 32 bits from the member's extra field 1, in its order.
  private static func widen(
    _ member: inout Member, _ fields: ZipFields, extra: Range<Int>
  ) throws(NPYError) {
    let full = 0xFFFF_FFFF
    guard member.size == full || member.packedSize == full || member.headerOffset == full else {
      return
    }
    var position = extra.lowerBound
    while position + 4 <= extra.upperBound {
      let (kind, count) = (fields.half(position), fields.half(position + 2))
      position += 4
      guard kind == 1 else {
        position += count
        continue
      }
      let end = min(position + count, extra.upperBound)
      for path in [\Member.size, \.packedSize, \.headerOffset] where member[keyPath: path] == full {
        guard position + 8 <= end, let value = fields.wide(position) else {
          throw error("member '\(member.name)': expected 64-bit sizes, found none")
        }
        member[keyPath: path] = value
        position += 8
      }
      return
    }
    throw error("member '\(member.name)': expected 64-bit sizes, found none")
  }

  /// Compares the directory's entry of each member with the header before its data.
  ///
  /// - Throws: `NPYError`, whose name is "zip".
  func checkLocalHeaders(_ bytes: UnsafeRawBufferPointer) throws(NPYError) {
    let fields = ZipFields(bytes: bytes)
    for member in members {
      let start = member.headerOffset
      guard fields.has(30, at: start), fields.word(start) == ZipFields.localHeader else {
        throw Self.error("member '\(member.name)': expected its data at byte \(start), found none")
      }
      let nameEnd = start + 30 + fields.half(start + 26)
      guard nameEnd <= bytes.count, ZipName.text(bytes[start + 30..<nameEnd]) == member.name else {
        throw Self.error(
          "member '\(member.name)': expected this name before its data, found another")
      }
      // Archives written to a pipe, or with 64-bit sizes, have no sizes here.
      let isStreamed = fields.half(start + 6) & 8 != 0
      let (packed, size) = (fields.word(start + 18), fields.word(start + 22))
      guard fields.half(start + 8) == member.method,
        isStreamed || packed == 0xFFFF_FFFF || size == 0xFFFF_FFFF
          || (packed, size) == (member.packedSize, member.size)
      else {
        throw Self.error(
          "member '\(member.name)': expected \(member.size) bytes as the directory says, found \(size) said before its data"
        )
      }
    }
  }

  private static func error(_ detail: String) -> NPYError { NPYError(name: "zip", detail: detail) }
}

/// Reads little-endian numbers at positions that the caller has checked.
struct ZipFields {
  let bytes: UnsafeRawBufferPointer

  static let localHeader = 0x0403_4B50
  static let directoryHeader = 0x0201_4B50
  static let endOfDirectory = 0x0605_4B50
  static let endOfDirectory64 = 0x0606_4B50
  static let locator64 = 0x0706_4B50

  func has(_ count: Int, at position: Int) -> Bool {
    position >= 0 && position <= bytes.count - count
  }

  func half(_ position: Int) -> Int {
    Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self)))
  }

  func word(_ position: Int) -> Int {
    Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
  }

  /// A 64-bit number; nil where it is beyond `Int`.
  func wide(_ position: Int) -> Int? {
    let raw = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    return Int(exactly: UInt64(littleEndian: raw))
  }
}
