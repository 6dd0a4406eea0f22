/// Why bytes are not an HDF5 file that can be read. The text completes "file.mat: ...".
public struct HDF5Error: Error, CustomStringConvertible {
  /// "expected X, found Y".
  public let description: String

  init(_ description: String) { self.description = description }
}

/// The datasets of an HDF5 file as MATLAB 7.3 and h5py's default write it: a superblock of version 0, groups of symbol
/// tables, datasets of numbers or references that are contiguous, or chunked and deflated.
///
/// Every address and size is checked against the bytes that are there. The form is that of "HDF5 File Format
/// Specification Version 2.0" (https://docs.hdfgroup.org/hdf5/develop/_f_m_t2.html), whose section names are given below.
public struct HDF5File {
  private let fields: HDF5Fields
  /// The object headers of the root group's members, by name.
  private var members: [String: Int] = [:]

  /// Reads the root group's directory.
  ///
  /// - Parameter bytes: the whole file. It must stay valid as long as this value.
  /// - Throws: `HDF5Error` where it is no such file.
  public init(_ bytes: UnsafeRawBufferPointer) throws {
    // Disk Format, Level 0A.
    guard let base = Self.base(in: bytes) else {
      throw HDF5Error("expected an HDF5 file, found other bytes")
    }
    fields = HDF5Fields(bytes: bytes, base: base)
    let version = try fields.number(8, bytes: 1)
    guard version <= 1, try fields.number(13, bytes: 1) == 8, try fields.number(14, bytes: 1) == 8
    else {
      throw HDF5Error(
        "expected a superblock of version 0 with addresses of 8 bytes, found version \(version)")
    }
    // Four addresses, then the root group's entry: its name's offset, and the address of its header.
    let root = try fields.address(24 + (version == 1 ? 4 : 0) + 32 + 8)
    for message in try fields.messages(ofHeader: root) where message.type == 0x11 {
      let tree = try fields.address(message.offset)
      let heap = try fields.address(message.offset + 8)
      let texts = try fields.address(heap + 24)
      var budget = fields.nodeBudget
      try readGroup(tree, texts, &budget)
    }
  }

  /// Where the superblock is, before which MATLAB puts 512 bytes of its own; nil where there is none.
  static func base(in bytes: UnsafeRawBufferPointer) -> Int? {
    let magic: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    return [0, 512].first { bytes.count >= $0 + 8 && bytes[$0..<$0 + 8].elementsEqual(magic) }
  }

  /// The names of the root group's members.
  public var names: Set<String> { Set(members.keys) }

  /// Level 1A1, a version 1 B-tree of groups: nodes down to symbol tables (Level 1B).
  private mutating func readGroup(
    _ node: Int, _ texts: Int, _ budget: inout HDF5NodeBudget
  ) throws {
    try budget.take()
    defer { budget.depth -= 1 }
    if try fields.isSignature("SNOD", at: node) {
      let count = try fields.number(node + 6, bytes: 2)
      for i in 0..<count {
        let entry = node + 8 + 40 * i
        let name = try fields.text(texts + fields.address(entry))
        members[name] = try fields.address(entry + 8)
      }
      return
    }
    guard try fields.isSignature("TREE", at: node), try fields.number(node + 4, bytes: 1) == 0
    else {
      throw HDF5Error("expected a group's tree, found other bytes")
    }
    let count = try fields.number(node + 6, bytes: 2)
    for i in 0..<count {
      // A key of 8 bytes stands before each child.
      try readGroup(fields.address(node + 24 + 8 + 16 * i), texts, &budget)
    }
  }

  /// A dataset of the root group.
  ///
  /// - Throws: `HDF5Error` where there is none of this name, or it is of a form that is not read.
  public func dataset(_ name: String) throws -> HDF5Dataset {
    guard let header = members[name] else {
      throw HDF5Error("'\(name)': expected a dataset, found none")
    }
    return try HDF5Dataset(fields, header: header)
  }

  /// The dataset that an element of a dataset of references points to.
  ///
  /// - Throws: likewise.
  public func dataset(at reference: UInt64) throws -> HDF5Dataset {
    guard let header = Int(exactly: reference) else {
      throw HDF5Error("expected a reference, found \(reference)")
    }
    return try HDF5Dataset(fields, header: header)
  }
}

/// Numbers at places of an HDF5 file, all little-endian. Addresses count from the superblock.
struct HDF5Fields {
  let bytes: UnsafeRawBufferPointer
  let base: Int

  private static let mostMessages = 4096

  /// - Parameter count: at most 8.
  func number(_ address: Int, bytes count: Int) throws -> Int {
    let data = try data(address, count: count)
    var value: UInt64 = 0
    for byte in data.reversed() { value = value << 8 | UInt64(byte) }
    guard let number = Int(exactly: value) else {
      throw HDF5Error("expected a number below 2^63 at byte \(base + address), found \(value)")
    }
    return number
  }

  /// The address that stands at a place; it is within the file.
  func address(_ place: Int) throws -> Int {
    let address = try number(place, bytes: 8)
    guard address <= bytes.count - base else {
      throw HDF5Error("expected an address in the file at byte \(base + place), found \(address)")
    }
    return address
  }

  func data(_ address: Int, count: Int) throws -> UnsafeRawBufferPointer {
    guard address >= 0, count >= 0, address <= bytes.count - base,
      count <= bytes.count - base - address
    else {
      throw HDF5Error("expected \(count) bytes at byte \(address), found the file's end")
    }
    return UnsafeRawBufferPointer(rebasing: bytes[base + address..<base + address + count])
  }

  func isSignature(_ word: StaticString, at address: Int) throws -> Bool {
    let found = try data(address, count: 4)
    return word.withUTF8Buffer { found.elementsEqual($0) }
  }

  /// A text that ends with a zero byte.
  func text(_ address: Int) throws -> String {
    let rest = try data(address, count: min(256, max(bytes.count - base - address, 0)))
    return String(decoding: rest.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// What a walk through a tree of the file may take.
  var nodeBudget: HDF5NodeBudget {
    HDF5NodeBudget(nodes: bytes.count / HDF5NodeBudget.smallestNode)
  }

  /// A message of an object header.
  struct Message {
    var type: Int
    /// Where its data begin.
    var offset: Int
    /// In bytes.
    var size: Int
  }

  /// Level 2A1a, version 1 object header: all messages, with those of continuation blocks.
  func messages(ofHeader header: Int) throws -> [Message] {
    guard try number(header, bytes: 1) == 1 else {
      throw HDF5Error("expected an object header of version 1, found another")
    }
    var found: [Message] = []
    var blocks = [(start: header + 16, size: try number(header + 8, bytes: 4))]
    var next = 0
    while next < blocks.count, found.count < Self.mostMessages {
      var (place, end) = (blocks[next].start, blocks[next].start + blocks[next].size)
      next += 1
      while place + 8 <= end, found.count < Self.mostMessages {
        let (type, size) = (try number(place, bytes: 2), try number(place + 2, bytes: 2))
        _ = try data(place + 8, count: size)
        if type == 0x10 {
          guard blocks.count < 64 else { throw HDF5Error("expected few blocks, found many") }
          let start = try address(place + 8)
          let length = try number(place + 16, bytes: 8)
          _ = try data(start, count: length)
          blocks.append((start, length))
        } else {
          found.append(Message(type: type, offset: place + 8, size: size))
        }
        (place, end) = (place + 8 + size, end)
      }
    }
    return found
  }
}

/// Bounds a walk through a tree, whose nodes may point back to where they came from.
struct HDF5NodeBudget {
  static let smallestNode = 24
  var depth = 0
  private var nodes: Int
  private var chunkBytes = 0

  /// - Parameter nodes: as many as the file has room for.
  init(nodes: Int) { self.nodes = nodes }

  /// Enters a node.
  mutating func take() throws {
    (nodes, depth) = (nodes - 1, depth + 1)
    guard nodes >= 0, depth < 16 else { throw HDF5Error("expected a tree, found one without end") }
  }

  /// Allows chunks for an array of so many bytes; those at its edges reach beyond it.
  mutating func allowChunks(for bytes: Int) { chunkBytes = 4 * bytes + (64 << 20) }

  /// Takes a chunk's unpacked bytes.
  mutating func takeChunk(_ bytes: Int) throws {
    chunkBytes -= bytes
    guard chunkBytes >= 0 else {
      throw HDF5Error("expected chunks of the array's size, found more")
    }
  }
}
