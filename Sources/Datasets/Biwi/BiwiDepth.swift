internal import Codecs

/// A `_depth.bin`: depths in millimetres, 0 where nothing was measured, with runs of zeros left out
/// (FORMATS §5.3).
///
/// Little endian: int32 width and int32 height; then, until all pixels are there, int32 number of zeros, int32
/// number of depths, and those depths as int16.
public struct BiwiDepth: Sendable, Equatable {
  /// Why the bytes are not such a file.
  public struct Problem: Error, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// The longest side that is read, in pixels. It limits the memory that a few bytes can claim to 32 MB.
  public static let longestSide = 4096

  /// In pixels.
  public let width: Int
  /// In pixels.
  public let height: Int
  /// width x height depths, row by row from the top; 0 where there is none.
  public private(set) var millimetres: [Int16]

  /// - Precondition: there are width x height depths.
  public init(width: Int, height: Int, millimetres: [Int16]) {
    precondition(millimetres.count == width * height, "one depth a pixel")
    (self.width, self.height, self.millimetres) = (width, height, millimetres)
  }

  /// - Throws: `Problem` where a size or a count is not allowed, or the data end too early or too late.
  public init(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
    var position = 0
    func number(_ what: String) throws(Problem) -> Int {
      guard bytes.count - position >= 4 else {
        throw Problem(description: "\(what): expected 4 bytes, found \(bytes.count - position)")
      }
      defer { position += 4 }
      return Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int32.self)))
    }
    width = try number("width")
    height = try number("height")
    let sides = 1...Self.longestSide
    guard sides.contains(width), sides.contains(height) else {
      throw Problem(
        description:
          "size: expected sides from 1 to \(Self.longestSide), found \(width) x \(height)")
    }
    let count = width * height
    millimetres = []
    var filled = 0
    while filled < count {
      let empty = try number("count of empty pixels")
      let full = try number("count of depths")
      guard empty >= 0, full >= 0, empty + full <= count - filled else {
        throw Problem(
          description:
            "run: expected at most \(count - filled) pixels, found \(empty) empty ones and \(full) depths"
        )
      }
      guard bytes.count - position >= 2 * full else {
        throw Problem(
          description: "depths: expected \(2 * full) bytes, found \(bytes.count - position)")
      }
      if filled == 0 { millimetres.reserveCapacity(count) }
      millimetres.append(contentsOf: repeatElement(0, count: empty))
      for _ in 0..<full {
        millimetres.append(
          Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int16.self)))
        position += 2
      }
      filled += empty + full
    }
    guard position == bytes.count else {
      throw Problem(
        description: "end: expected the file to end, found \(bytes.count - position) bytes more")
    }
  }

  /// The bytes of the file, with as few runs as possible.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ number: Int) { bytes += Int32(number).littleEndianBytes }
    add(width)
    add(height)
    var next = 0
    while next < millimetres.count {
      let full = millimetres[next...].firstIndex { $0 != 0 } ?? millimetres.count
      let end = millimetres[full...].firstIndex(of: 0) ?? millimetres.count
      add(full - next)
      add(end - full)
      bytes += millimetres[full..<end].littleEndianBytes
      next = end
    }
    return bytes
  }

  /// The number of pixels that have a depth.
  public var measured: Int { millimetres.count { $0 != 0 } }

  /// The nearest and farthest depth in millimetres; nil where no pixel has one.
  public var range: ClosedRange<Int>? {
    var (low, high): (Int16, Int16) = (.max, .min)
    for depth in millimetres where depth != 0 { (low, high) = (min(low, depth), max(high, depth)) }
    return low <= high ? Int(low)...Int(high) : nil
  }
}
