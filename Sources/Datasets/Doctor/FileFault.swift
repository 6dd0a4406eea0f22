internal import Codecs
internal import Schema

/// What is wrong with a single file of a download, judged by its name, its size and its two ends.
enum FileFault {
  private static let unfinished = [
    "crdownload", "part", "partial", "download", "aria2", "opdownload", "tmp",
  ]

  /// Whether the name is one that programs give to unfinished downloads.
  static func isUnfinished(_ file: SightedFile) -> Bool { unfinished.contains(file.ending) }

  /// Whether the file is an archive, or a part of a split one.
  static func isArchive(_ file: SightedFile) -> Bool {
    ["zip", "tar", "tgz", "gz", "rar", "7z"].contains(file.ending) || isPart(file.ending)
  }

  /// Whether the ending is one of a split archive's part, such as `z01` or `001`.
  private static func isPart(_ ending: String) -> Bool {
    ending.count == 3 && (ending.first == "z" || ending.first == "0")
      && ending.dropFirst().allSatisfy(\.isNumber)
  }

  /// What the file is instead of data, judged by its first bytes; nil where they show nothing wrong.
  static func stand(_ head: some Collection<UInt8>) -> String? {
    let text = String(decoding: head.prefix(256), as: UTF8.self)
      .trimmed.lowercased()
    if text.hasPrefix("version https://git-lfs") {
      return
        "a pointer of Git LFS, which stands for the file; run git lfs pull where it was cloned"
    }
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
      return
        "a web page; the server sent a form or an error in the file's place: open the link in a browser, or confirm the download there"
    }
    return nil
  }

  /// The fault of an archive; nil where its ends are those of a whole one.
  ///
  /// - Parameters:
  ///   - name: the archive's name in messages.
  ///   - siblings: whether a file of a name lies beside it.
  static func ofArchive(
    at path: String, name: String, siblings: (String) -> Bool
  ) throws -> (check: Check, detail: String)? {
    // The record at the end of a zip may be followed by a comment of up to 65,535 bytes.
    let ends = try FileEnds(path: path, tail: 22 + 65_535)
    let file = SightedFile(name, size: ends.size)
    guard ends.size > 0 else {
      return (SourceChecks.emptyFile, "\(name): expected an archive, found 0 bytes; fetch it again")
    }
    if let stand = stand(ends.head) {
      return (SourceChecks.notData, "\(name): expected an archive, found \(stand)")
    }
    if isPart(file.ending) {
      return (
        SourceChecks.partialArchive,
        "\(name): expected an archive, found one part of a split one; put all parts in a folder and join them: zip -s 0 NAME.zip --out whole.zip"
      )
    }
    if isUnfinished(file) {
      return (
        SourceChecks.unfinishedDownload,
        "\(name): expected an archive, found a download that is not finished (\(SourceDiagnosis.text(ends.size)) bytes so far); go on with it or fetch it again"
      )
    }
    let signature = FileSignature(head: ends.head)
    switch signature {
    case .zip: return zipFault(ends, name, siblings)
    case .tar: return tarFault(ends, name)
    // A compressed archive is reported when it is opened.
    case .compressed, .npz: return nil
    default: break
    }
    if signature.isArchive {
      return (
        SourceChecks.unknownLayout,
        "\(name): expected a zip or tar, found \(signature.description); unpack it and name the folder"
      )
    }
    switch file.ending {
    case "zip": return zipFault(ends, name, siblings)
    case "tar": return tarFault(ends, name)
    default: return nil
    }
  }

  private static func zipFault(
    _ ends: FileEnds, _ name: String, _ siblings: (String) -> Bool
  ) -> (check: Check, detail: String)? {
    guard ends.head.starts(with: [0x50, 0x4B]) else {
      return (
        SourceChecks.notData,
        "\(name): expected a zip, found other bytes at its beginning; fetch it again"
      )
    }
    // The end record begins with a signature, then the numbers of this disk and of the directory's first disk.
    var record: Int?
    if ends.tail.count >= 22 {
      record = stride(from: ends.tail.count - 22, through: 0, by: -1).first {
        ends.tail[$0..<$0 + 4].elementsEqual([0x50, 0x4B, 5, 6])
      }
    }
    let first = String(name.dropLast(3)) + "z01"
    guard let record else {
      return (
        SourceChecks.partialArchive,
        "\(name): expected the directory that ends a zip, found none in \(SourceDiagnosis.text(ends.size)) bytes; the download broke off: go on with it or fetch it again"
      )
    }
    let disk = Int(ends.tail[record + 4]) | Int(ends.tail[record + 5]) << 8
    // 0xFFFF means that the number is in a zip64 record.
    if disk != 0, disk != 0xFFFF {
      return (
        SourceChecks.partialArchive,
        "\(name): expected a whole zip, found the last of \(disk + 1) parts"
          + (siblings(first) ? "" : ", and no \(first) beside it")
          + "; with all parts in a folder join them: zip -s 0 \(name) --out whole.zip"
      )
    }
    func number(at offset: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(ends.tail[record + offset + $1]) << (8 * $1) }
    }
    let (length, start) = (number(at: 12), number(at: 16))
    let position = ends.size - ends.tail.count + record
    if start != 0xFFFF_FFFF, length != 0xFFFF_FFFF, start + length > position {
      return (
        SourceChecks.partialArchive,
        "\(name): expected \(SourceDiagnosis.text(start + length)) bytes before the zip's end, found \(SourceDiagnosis.text(position)); its beginning is missing: fetch it again"
      )
    }
    return nil
  }

  /// The fault of a tar, which must end with two blocks of zeros.
  private static func tarFault(_ ends: FileEnds, _ name: String) -> (check: Check, detail: String)?
  {
    guard ends.size % 512 == 0, ends.tail.count >= 1024,
      ends.tail.suffix(1024).allSatisfy({ $0 == 0 })
    else {
      return (
        SourceChecks.partialArchive,
        "\(name): expected the two empty blocks that end a tar, found other bytes; the download broke off: go on with it or fetch it again"
      )
    }
    return nil
  }
}
