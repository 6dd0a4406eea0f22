public import Codecs
public import Schema

/// An annotation file that is open, with the tree in which its images and further files are looked for.
public struct AnnotationFile: Sendable {
  /// What the file holds.
  public let contents: FileContents
  /// Relative to the tree, with `/` between folders.
  public let path: String
  /// The file's folder where it was named alone; nil for standard input.
  public let tree: FileTree?

  /// The name in messages.
  public let name: String

  /// The path of the file's folder with its last slash; empty at the tree's top.
  public var folder: Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? ""
  }

  /// The file's name without its ending.
  public var stem: Substring { ImageReference.stem(of: name[...]) }

  private static let largest = 1 << 40

  /// Opens a file that the user named; `-` is standard input.
  ///
  /// - Throws: `FileError` where it cannot be read.
  public init(path: String) throws {
    contents = FileContents(try PackedFile.open(path))
    name = SourceLocation.fileName(of: path)
    self.path = name
    let parent = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
    tree = path == "-" ? nil : try FileTree(path: parent.isEmpty ? "/" : parent)
  }

  /// Opens a file of a tree.
  ///
  /// - Throws: `FileError` or `ArchiveError` where it cannot be read.
  public init(path: String, in tree: FileTree) throws {
    contents = try tree.contents(of: path, limit: Self.largest)
    (self.path, self.tree) = (path, tree)
    name = SourceLocation.fileName(of: path)
  }

  /// A place in the file, for messages.
  public func place(line: Int? = nil) -> SourceLocation { SourceLocation(file: name, line: line) }

  /// Where a record of this file comes from.
  public func source(_ options: ReadingOptions, line: Int? = nil) -> RecordSource {
    var source = RecordSource(annotationPath: path, options: options)
    source.line = line
    return source
  }

  /// The header of a table: its first line that is not empty, where rows begin after it, and that line's number; nil where
  /// `read` takes the line for no header.
  func header<Header>(
    _ read: (UnsafeRawBufferPointer) -> Header?
  ) -> (header: Header, rows: Int, line: Int)? {
    contents.withBytes { bytes in
      var (lines, number) = (TextLines(bytes: bytes, position: TextForm.start(of: bytes)), 1)
      while let line = lines.next() {
        number += 1
        if line.content.isEmpty { continue }
        return read(lines.text(line.content)).map { ($0, lines.position, number) }
      }
      return nil
    }
  }

  /// The record's path for an image that the file names relative to its own folder. Windows writes backslashes. An absolute
  /// path or a URL stays as it is, for `ImageDraft` to make relative.
  func imagePath(_ path: String) -> String {
    if path.isAbsoluteImagePath || ImageAddress(path) != nil { return path }
    let plain = path.plainImagePath
    var folders = folder.split(separator: "/")
    var parts = plain.split(separator: "/")
    while parts.first == "..", !folders.isEmpty {
      parts.removeFirst()
      folders.removeLast()
    }
    let joined = (folders + parts).joined(separator: "/")
    // Many files hold the bare name of an image that lies elsewhere; that is left as it is.
    return plain.hasPrefix("../") || tree?.contains(joined) == true ? joined : plain
  }

  /// The path of the image that a name without an ending means: one beside the file, else one among the images; nil where
  /// there is none.
  func image(ofStem stem: String, _ options: ReadingOptions) -> String? {
    tree?.image(ofStem: folder + stem)
      ?? options.images?.path(ofStem: stem, with: ImageHeaderReader())
  }

  /// A text file beside it; nil where there is none.
  ///
  /// - Throws: `FileError` or `ArchiveError` where it is there and cannot be read.
  public func neighbour(_ name: String) throws -> FileContents? {
    guard let tree, tree.contains(folder + name) else { return nil }
    return try tree.contents(of: folder + name, limit: Self.largest)
  }
}
