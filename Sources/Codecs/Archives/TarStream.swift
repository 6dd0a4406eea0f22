/// A tar that is read forward, once, as it comes through a pipe; a compressed one is unpacked on the way.
///
/// Nothing of it is kept but the file that was read last. Files whose paths are absolute or contain `..` are left out, as
/// in `ImageArchive`, and told (`takeLeftOut`).
public final class TarStream {
  private let reader: MemberReader
  /// The name of the stream in messages.
  public let path: String
  private var size: Int?
  private var leftOut: [LeftMember] = []

  /// - Parameters:
  ///   - descriptor: an open file or pipe; 0 is standard input.
  ///   - path: the name of the stream in messages.
  /// - Throws: `ArchiveError` where it does not begin as a tar.
  public init(descriptor: Int32, path: String) throws {
    self.path = path
    reader = try MemberReader(descriptor: descriptor, path: path)
  }

  /// The path of the next regular file; nil at the end.
  ///
  /// - Throws: `ArchiveError` where the stream is broken or ends too early.
  public func next() throws -> String? {
    while let header = try reader.nextHeader() {
      if let fault = header.fault, !SystemLitter.isLitter(header.path) {
        leftOut.append(LeftMember(header.path, fault))
      }
      // A second name of a file that went by has no bytes.
      guard header.isRegularFile, header.linked == nil, !header.path.isEmpty,
        !SystemLitter.isLitter(header.path)
      else { continue }
      size = header.size
      return header.path
    }
    return nil
  }

  /// What was passed over since this was asked last.
  public func takeLeftOut() -> [LeftMember] {
    defer { leftOut = [] }
    return leftOut
  }

  /// The bytes of the file that `next` gave last.
  ///
  /// - Parameter limit: a file of more bytes is passed over.
  /// - Returns: nil where it is larger.
  /// - Throws: `ArchiveError` where the stream is broken or ends too early.
  public func contents(limit: Int) throws -> [UInt8]? {
    if let size, size > limit { return nil }
    return try reader.contents(size: size, limit: limit)
  }
}
