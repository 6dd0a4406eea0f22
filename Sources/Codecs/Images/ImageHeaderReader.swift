internal import Glibc
internal import SystemPackage

/// Reads image headers through a buffer of its own; use one for each thread.
public final class ImageHeaderReader {
  private let examiner: ImageExaminer
  /// Aligned to a page, as `PieceBuffer` is.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ImageExaminer.headerBytes, alignment: 4096)

  /// Makes a reader.
  ///
  /// - Parameter limit: headers of more pixels are refused.
  public init(limit: PixelLimit = .standard) { examiner = ImageExaminer(limit: limit) }

  deinit { buffer.deallocate() }

  func header(of bytes: [UInt8]) throws(ImageError) -> ImageHeader {
    var result: Result<ImageHeader, ImageError>?
    bytes.withUnsafeBytes { bytes in
      do throws(ImageError) {
        guard let header = try examiner.header(bytes, isWhole: true) else { return }
        try ImageExaminer.checkEnd(of: bytes, format: header.format)
        result = .success(header)
      } catch {
        result = .failure(error)
      }
    }
    guard let result else { preconditionFailure("a whole file always has a header or an error") }
    return try result.get()
  }

  func header(of descriptor: FileDescriptor, size: Int, path: String) throws -> ImageHeader {
    let count = try readFully(descriptor, at: 0, into: buffer, path: path)
    let start = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    let isWhole = count == size
    if let header = try examiner.header(start, isWhole: isWhole) {
      if try isEnd(of: descriptor, size: size, start: start, header.format, path: path) {
        return header
      }
      try withWhole(path) { bytes in try ImageExaminer.checkEnd(of: bytes, format: header.format) }
      return header
    }
    // A large colour profile or preview can push the image's size beyond the first bytes.
    return try withWhole(path) { bytes in
      guard let header = try examiner.header(bytes, isWhole: true) else {
        preconditionFailure("a whole file always has a header or an error")
      }
      try ImageExaminer.checkEnd(of: bytes, format: header.format)
      return header
    }
  }

  private func withWhole<Result>(
    _ path: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try MappedFile(path: path).withBytes(body)
  }

  private func isEnd(
    of descriptor: FileDescriptor, size: Int, start: UnsafeRawBufferPointer,
    _ format: ImageHeader.Format, path: String
  ) throws -> Bool {
    if start.count == size { return ImageExaminer.isEnd(start, format: format) }
    return try withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { tail in
      let count = try readFully(descriptor, at: size - 8, into: tail, path: path)
      return ImageExaminer.isEnd(tail.prefix(count), format: format)
    }
  }
}
