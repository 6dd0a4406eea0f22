internal import Glibc
internal import SystemPackage

/// Keeps values in nameless temporary files, or in an output, to be read again by their numbers. Memory does not grow with
/// them.
public final class Spool {
  private let descriptor: FileDescriptor
  /// The output whose bytes the values are; nil where they are in a temporary file.
  private let output: OutputFile?
  /// Where values end in the file: those of `ends` are the last ones, all before them are in `places`.
  private let places: FileDescriptor
  private var ends: [UInt64] = []
  private var placed = 0
  private static let mostEnds = 1 << 9
  /// Ends that were read, for values are mostly read in turn.
  private var cached: (range: Range<Int>, ends: [UInt64]) = (0..<0, [])
  private var buffer: [UInt8] = []
  private var flushed = 0
  private static let bufferSize = 1 << 18
  /// In messages: the file has none of its own.
  private let name: String

  /// Makes an empty spool.
  ///
  /// - Parameter folder: on whose disk it is, for values that take as much room as an output; nil for the system's
  ///   folder of temporary files.
  /// - Throws: `FileError` where no temporary file can be made.
  public init(in folder: String? = nil) throws {
    output = nil
    name = nameOfTemporaryFile(in: folder)
    descriptor = try namelessTemporaryFile(in: folder)
    places = try namelessTemporaryFile(in: folder)
  }

  /// Makes an empty spool whose values are an output's bytes, which are written once, where the output can be read again,
  /// and elsewhere one in `folder`. `finish` has to be called.
  ///
  /// - Throws: `FileError` where the output cannot be read, or no temporary file be made.
  public convenience init(for output: OutputFile, in folder: String?) throws {
    guard let reading = try output.openForReading() else {
      try self.init(in: folder)
      return
    }
    try self.init(over: output, reading)
  }

  private init(over output: OutputFile, _ descriptor: FileDescriptor) throws {
    (self.output, self.descriptor) = (output, descriptor)
    name = output.path
    places = try namelessTemporaryFile()
  }

  deinit {
    try? descriptor.close()
    try? places.close()
  }

  /// How many values were appended.
  public var count: Int { placed + ends.count }

  /// The size of all values in bytes.
  public var size: Int { flushed + buffer.count }

  /// Appends a value.
  ///
  /// - Returns: its number, from 0.
  /// - Throws: `FileError` where the temporary file cannot be written.
  @discardableResult
  public func append(_ value: some Collection<UInt8>) throws -> Int {
    buffer.append(contentsOf: value)
    ends.append(UInt64(flushed + buffer.count))
    if ends.count == Self.mostEnds { try placeEnds() }
    if buffer.count >= Self.bufferSize { try flush() }
    return count - 1
  }

  private func placeEnds() throws {
    do {
      try ends.withUnsafeBytes {
        _ = try places.writeAll(toAbsoluteOffset: Int64(8 * placed), $0)
      }
    } catch let error as Errno {
      throw FileError(action: "write", path: name, errno: error)
    }
    placed += ends.count
    ends.removeAll(keepingCapacity: true)
  }

  /// Where a value lies among the bytes of all of them.
  ///
  /// - Throws: `FileError` where the temporary file cannot be read.
  public func range(_ index: Int) throws -> Range<Int> {
    precondition((0..<count).contains(index), "the number of a value")
    return try end(index - 1)..<end(index)
  }

  private func end(_ index: Int) throws -> Int {
    if index < 0 { return 0 }
    if index >= placed { return Int(ends[index - placed]) }
    if !cached.range.contains(index) {
      let start = index / Self.mostEnds * Self.mostEnds
      let bytes = try readBytes(
        places, 8 * start..<8 * min(placed, start + Self.mostEnds), path: name)
      cached = (
        start..<start + bytes.count / 8,
        bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
      )
    }
    guard cached.range.contains(index) else {
      throw FileError(action: "read", path: name, errno: .ioError)
    }
    return Int(cached.ends[index - cached.range.lowerBound])
  }

  /// The bytes of all values, one after the other, as they lie in the file.
  ///
  /// - Parameter range: of `size` bytes.
  /// - Throws: `FileError` where the temporary file cannot be written or read.
  public func bytes(_ range: Range<Int>) throws -> [UInt8] {
    if range.upperBound > flushed { try flush() }
    let bytes = try readBytes(descriptor, range, path: name)
    guard bytes.count == range.count else {
      throw FileError(action: "read", path: name, errno: .ioError)
    }
    return bytes
  }

  /// The value of a number, from 0 to `count` - 1.
  ///
  /// - Throws: `FileError` where the temporary file cannot be written or read.
  public subscript(index: Int) -> [UInt8] {
    get throws { try bytes(range(index)) }
  }

  /// Makes an output of all values but some, one right after the other. Nothing can be appended after that.
  ///
  /// - Parameters:
  ///   - output: that which the spool was made for.
  ///   - nextDropped: the number of the next value that is left out, in ascending order; nil after the last one.
  /// - Throws: `FileError` where it cannot be read or written; what `nextDropped` throws.
  public func finish(
    _ output: OutputFile, without nextDropped: () throws -> Int?
  ) throws {
    try flush()
    let isInPlace = self.output != nil
    var (start, written) = (0, 0)
    func move(to end: Int) throws {
      while start < end {
        let next = min(end, start + 4 * Self.bufferSize)
        if !isInPlace {
          try output.write(bytes(start..<next))
        } else if start > written {
          // Later values move down, over what is left out.
          try output.replace(at: written, with: bytes(start..<next))
        }
        written += next - start
        start = next
      }
    }
    while let number = try nextDropped() {
      let range = try range(number)
      try move(to: range.lowerBound)
      start = range.upperBound
    }
    try move(to: size)
    if isInPlace, written < size { try output.cut(after: written) }
  }

  /// Writes all values to a file, one right after the other.
  ///
  /// - Throws: `FileError` where the temporary file cannot be read or the other one not be written.
  public func copy(to file: OutputFile) throws {
    try flush()
    for start in stride(from: 0, to: flushed, by: Self.bufferSize) {
      let piece = start..<min(start + Self.bufferSize, flushed)
      let bytes = try readBytes(descriptor, piece, path: name)
      guard bytes.count == piece.count else {
        throw FileError(action: "read", path: name, errno: .ioError)
      }
      try file.write(bytes)
    }
  }

  private func flush() throws {
    if let output {
      try output.write(buffer)
      try output.flush()
    } else {
      do {
        try descriptor.writeAll(toAbsoluteOffset: Int64(flushed), buffer)
      } catch let error as Errno {
        throw FileError(action: "write", path: name, errno: error)
      }
    }
    flushed += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }
}
