/// A zip or tar file whose members are read in place and in any order.
///
/// libarchive reads from front to back. One pass over the headers of the memory-mapped file notes where each
/// member begins. A member is then read by opening libarchive at that place. Members whose paths are absolute or
/// contain `..` are left out of the index, as they could lie outside of a folder; they are told (`leftOut`).
public final class ImageArchive: Sendable {
  private let file: MappedFile
  private let members: [String: Member]
  /// Members that stand for files and are not read, in the archive's order.
  let leftOut: [LeftMember]

  private struct Member: Sendable {
    var offset: Int
    /// Size of the unpacked data in bytes, where the header states it.
    var size: Int?
  }

  /// Whether a path names an archive of any kind. The file's content decides; where there is no such file, or it
  /// is not recognised as an archive, the path's ending does.
  public static func isArchive(_ path: String) -> Bool {
    if let signature = try? FileSignature(path: path), signature.isArchive { return true }
    guard !isFolder(path) else { return false }
    return hasEnding(path)
  }

  /// Whether a name ends as those of archives that are read.
  public static func hasEnding(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst"].contains {
      name.hasSuffix($0)
    }
  }

  /// Opens an archive and lists its members. A compressed tar is unpacked first (`PackedFile`).
  ///
  /// - Throws: `FileError` where the file cannot be read; `ArchiveError` where it is not a readable archive, or is a zip
  ///   that contradicts itself.
  public init(path: String) throws {
    switch try? FileSignature(path: path) {
    case .compressed(let program, _):
      let inner = try PackedFile.open(path).signature
      guard inner == .tar else {
        throw ArchiveError(
          path: path,
          detail:
            "expected a zip or tar, found \(inner.description) that is packed by \(program)")
      }
    case nil, .zip, .tar, .npz, .binary: break
    case let signature?:
      let remedy = signature.isArchive ? "; unpack it and name the folder" : ""
      throw ArchiveError(
        path: path,
        detail: "expected a zip or tar archive, found: \(signature.description)\(remedy)")
    }
    file = try PackedFile.open(path)
    var (found, left): ([String: Member], [LeftMember]) = ([:], [])
    var count = 0
    let reader = try MemberReader(file: file, offset: 0)
    while let header = try reader.nextHeader() {
      count += 1
      // A tar holds a file with two names only once.
      if let first = header.linked, let member = found[first], header.isSafe {
        found[header.path] = member
        continue
      }
      guard !SystemLitter.isLitter(header.path) else { continue }
      guard header.isRegularFile else {
        let fault = header.fault ?? header.linked.map { .link(to: $0) }
        if let fault { left.append(LeftMember(header.path, fault)) }
        continue
      }
      let member = Member(offset: header.offset, size: header.size)
      // As programs that unpack do, where a later one takes the place of that before.
      if found.updateValue(member, forKey: header.path) != nil {
        left.append(LeftMember(header.path, .repeated(read: "last")))
      }
    }
    (members, leftOut) = (found, left)
    if reader.isZip { try checkDirectory(ofMembers: count) }
  }

  /// Checks that a zip's directory agrees with the headers before its members. Where they differ, programs see
  /// different images in it.
  private func checkDirectory(ofMembers count: Int) throws {
    do {
      let listed = try file.withBytes { bytes in
        let directory = try ZipDirectory(bytes, mostMembers: .max)
        try directory.checkLocalHeaders(bytes)
        return directory.members
      }
      guard listed.count == count, Set(listed.map(\.headerOffset)).count == count else {
        throw NPYError(
          name: "zip",
          detail:
            "expected the directory at its end to list its \(count) members, found \(listed.count) listed"
        )
      }
    } catch let error as NPYError {
      throw ArchiveError(path: file.path, detail: "\(error.detail); pack it anew")
    }
  }

  /// The paths of all files in it.
  var names: some Collection<String> { members.keys }

  /// The paths of all files with the sizes of their unpacked data, where headers state these.
  var files: [(name: String, size: Int?)] { members.map { ($0.key, $0.value.size) } }

  func contains(_ name: String) -> Bool { members[name] != nil }

  /// The full name of a member: `path` itself, or `path` below a leading folder of the archive. nil where there
  /// is no such member.
  ///
  /// WIDER's own zips hold `WIDER_train/images/...` where annotations say `0--Parade/...`.
  ///
  /// - Parameters:
  ///   - path: as an annotation spells it.
  ///   - prefix: the leading folder; "" for none.
  public func name(ofMember path: String, below prefix: String) -> String? {
    let full = prefix.isEmpty ? path : prefix + "/" + path
    return members[full] == nil ? nil : full
  }

  /// The folders, shortest first, below which there is a member `path`: "" or "WIDER_train/images", for example.
  public func prefixes(of path: String) -> [String] {
    var prefixes: [String] = []
    for name in members.keys {
      if name == path {
        prefixes.append("")
      } else if name.hasSuffix("/" + path) {
        prefixes.append(String(name.dropLast(path.count + 1)))
      }
    }
    return prefixes.sorted { ($0.count, $0) < ($1.count, $1) }
  }

  /// A member's unpacked bytes.
  ///
  /// - Parameters:
  ///   - name: the full name, as `name(ofMember:below:)` gives it.
  ///   - limit: members of more bytes are refused before memory is taken for them.
  /// - Throws: `ArchiveError` where there is no such member, or its data are broken or over the limit.
  public func contents(ofMember name: String, limit: Int) throws -> [UInt8] {
    guard let member = members[name] else {
      throw ArchiveError(path: file.path, detail: "member '\(name)': expected one, found none")
    }
    if let size = member.size, size > limit { throw tooLarge(name, limit) }
    let reader = try MemberReader(file: file, offset: member.offset)
    guard try reader.nextHeader() != nil else {
      throw ArchiveError(path: file.path, detail: "member '\(name)': expected data, found none")
    }
    guard let bytes = try reader.contents(size: member.size, limit: limit) else {
      throw tooLarge(name, limit)
    }
    return bytes
  }

  private func tooLarge(_ name: String, _ limit: Int) -> ArchiveError {
    ArchiveError(
      path: file.path, detail: "member '\(name)': expected at most \(limit) bytes, found more",
      isOversized: true)
  }
}

/// A failed archive operation.
public struct ArchiveError: Error, CustomStringConvertible {
  /// The archive's.
  public let path: String
  /// "expected X, found Y", with the member where one is to blame.
  public let detail: String
  /// Whether the reason is a member larger than the caller's limit.
  var isOversized = false
  /// What was found in a member's place, with the remedy; nil where `detail` alone says it.
  var found: String?

  public var description: String { "\(path): \(detail)" }
}
