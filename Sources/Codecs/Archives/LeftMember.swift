/// A member of an archive that is not read though it stands for a file, so that somebody may miss it.
public struct LeftMember: Sendable, Equatable {
  /// Why it is left out.
  public enum Reason: Sendable, Equatable {
    /// The path begins at the root of the file system.
    case absolutePath
    /// The path has `..`.
    case climbingPath
    /// The bytes of the name are not UTF-8; repaired into text, several such names could become one.
    case nameNotUTF8
    /// The header has no name.
    case noName
    /// A symbolic link to this, or a hard link to what is not in the archive.
    case link(to: String)
    /// A device, a pipe or a socket.
    case notAFile
    /// A second member of the name; the text says which of them is read.
    case repeated(read: String)
  }

  /// The archive's path in the folder that is walked through; nil where the archive is all that is read.
  public let archive: String?
  /// As the archive spells it; odd bytes of a name that is not UTF-8 are written as `\xE9`.
  public let name: String
  /// What is wrong with it.
  public let reason: Reason

  /// From its parts.
  public init(_ name: String, _ reason: Reason, in archive: String? = nil) {
    (self.name, self.reason, self.archive) = (name, reason, archive)
  }

  /// What was expected, what was found, and what can be done.
  public var detail: String {
    switch reason {
    case .absolutePath:
      "expected a path inside the archive, found an absolute one; pack it anew from inside its folder"
    case .climbingPath:
      "expected a path inside the archive, found one with '..'; pack it anew from inside its folder"
    case .nameNotUTF8:
      "expected a name in UTF-8, found other bytes; unpack the archive and rename the file"
    case .noName: "expected a name, found none; pack the archive anew"
    case .link(let target):
      "expected a file, found a link to '\(target)', and links in archives are not followed; pack the file that it leads to in its place"
    case .notAFile: "expected a file, found a device or pipe; pack the archive anew without it"
    case .repeated(let read):
      "expected one member of this name, found another; the \(read) is read: rename one of them"
    }
  }
}
