public import Codecs
public import Schema

/// The lists by which a dataset's split is published: one or several files for each part.
///
/// A list has one name a line: an image's path, with or without its ending and leading folders (WIDER FACE's
/// file lists, `files.txt` of Hopenet, img2pose's lists, of which the numbers after the path are skipped), a
/// record's id, a folder of images (a BIWI sequence), or a person. ARKitFace's comma-separated lists are
/// recognised by their header. Takes about 450 bytes a name.
public struct SplitLists {
  /// One name of a list.
  private struct Entry {
    var name: String
    var part: Int
    var file: Int
    var line: Int
    var isUsed = false
    /// The first record whose image it names; nil where it names a folder or person.
    var record: SourceLocation?
  }

  private var entries: [Entry] = []
  private var files: [String] = []
  /// The entry of each name, without the name's ending.
  private var numbers: [String: Int] = [:]
  /// The entry of the last two components of a path, for lists whose paths begin with other folders; nil where
  /// several names end with the same two.
  private var tails: [String: Int?] = [:]
  private let attributes: [String]

  /// - Parameter attributes: names of the face attributes whose values a list may name.
  public init(attributes: [String] = RecordGroups.usualAttributes) { self.attributes = attributes }

  /// Reads a list of the part with index `part`.
  ///
  /// - Returns: what is wrong with the list; the other lines are used.
  public mutating func add(_ file: MappedFile, part: Int) -> [RecordIssue] {
    files.append(SourceLocation.fileName(of: file.path))
    return file.withBytes { bytes in
      var issues: [RecordIssue] = []
      if let fault = TextForm.fault(of: bytes) {
        let place = SourceLocation(file: files[files.count - 1])
        return [RecordIssue(.malformedLine, at: place, fault.detail)]
      }
      var lines = TextLines(bytes: bytes, position: 0)
      var number = 0
      let samples = ARKitFaceList(&lines)
      if samples == nil { lines.position = TextForm.start(of: bytes) } else { number = 1 }
      while let line = lines.next() {
        number += 1
        let content = lines.text(line.content)
        if content.allSatisfy(isSpace) { continue }
        let place = SourceLocation(file: files[files.count - 1], line: number)
        guard let text = String(validating: content, as: UTF8.self) else {
          issues.append(
            RecordIssue(.pathNotUTF8, at: place, "name: expected UTF-8, found other bytes"))
          continue
        }
        var name = Self.name(text)
        if let samples {
          guard let sample = samples.sample(ARKitFaceList.fields(content)) else {
            issues.append(
              RecordIssue(
                .malformedLine, at: place,
                "sample: expected \(samples.columns.count) fields with a subject, an action and an image, found '\(text)'"
              ))
            continue
          }
          name = sample.path(.image)
        }
        if let issue = add(name, part: part, at: place) { issues.append(issue) }
      }
      return issues
    }
  }

  private mutating func add(_ name: String, part: Int, at place: SourceLocation) -> RecordIssue? {
    let key = Self.withoutEnding(name)
    if let earlier = numbers[key] {
      return RecordIssue(
        .conflictingList, at: place,
        "name '\(name)': expected it once in all lists, found it in \(location(earlier)) too; that holds"
      )
    }
    let number = entries.count
    entries.append(Entry(name: name, part: part, file: files.count - 1, line: place.line ?? 0))
    numbers[key] = number
    let parts = key.split(separator: "/")
    if parts.count > 2 {
      let tail = parts.suffix(2).joined(separator: "/")
      tails[tail] = tails[tail] == nil ? .some(number) : .some(nil)
    }
    return nil
  }

  /// What the lists say of a record: its part, the number of the entry that decides, and any issues. Nil where
  /// no list names it.
  ///
  /// The image's own name comes before its folder's, and a folder before a person. If entries put the record into
  /// different parts, that is an issue, and the first entry decides.
  public mutating func part(
    of record: ImageRecord
  ) -> (part: Int, entry: Int, issues: [RecordIssue])? {
    let own = ownEntry(record)
    let found = (own.map { [$0] } ?? []) + commonEntries(record)
    guard let first = found.first else { return nil }
    for entry in found { entries[entry].isUsed = true }
    var issues: [RecordIssue] = []
    if let own {
      if let earlier = entries[own].record {
        issues.append(
          RecordIssue(
            .conflictingList, at: record.location,
            "image '\(record.image.path)': expected to be the only one that \(location(own)) names, '\(entries[own].name)', found \(earlier) before"
          ))
      } else {
        entries[own].record = record.location
      }
    }
    if let other = found.first(where: { entries[$0].part != entries[first].part }) {
      issues.append(
        RecordIssue(
          .conflictingList, at: location(other),
          "name '\(entries[other].name)': expected the image '\(record.image.path)' in one part, found it in that of \(location(first)) too; that holds"
        ))
    }
    return (entries[first].part, first, issues)
  }

  /// The file and line of an entry.
  public func location(_ entry: Int) -> SourceLocation {
    SourceLocation(file: files[entries[entry].file], line: entries[entry].line)
  }

  /// An issue for each name that matched no record. To be asked after the last record.
  public func unused() -> some Sequence<RecordIssue> {
    entries.indices.lazy.filter { !entries[$0].isUsed }.map {
      RecordIssue(
        .missingAnnotation, at: location($0),
        "name '\(entries[$0].name)': expected a record of this name, found none")
    }
  }

  /// The entry that names the image: by its path, by part of its path, by its id, or with other folders.
  private func ownEntry(_ record: ImageRecord) -> Int? {
    let key = Self.withoutEnding(record.image.path)
    let parts = key.split(separator: "/")
    for first in parts.indices {
      if let entry = numbers[parts[first...].joined(separator: "/")] { return entry }
    }
    if let entry = numbers[record.id] { return entry }
    return tails[parts.suffix(2).joined(separator: "/")] ?? nil
  }

  /// The entries that name one of the image's folders, or a person in it.
  private func commonEntries(_ record: ImageRecord) -> [Int] {
    let folders = record.image.path.split(separator: "/").dropLast()
    var found: [Int] = []
    for end in folders.indices.reversed() {
      for first in folders.startIndex...end {
        if let entry = numbers[folders[first...end].joined(separator: "/")] { found.append(entry) }
      }
    }
    for face in record.faces {
      for attribute in attributes {
        guard let name = face.attributes.name(in: attribute), let entry = numbers[name],
          !found.contains(entry)
        else { continue }
        found.append(entry)
      }
    }
    return found
  }

  /// The name in a line: the whole line, or its beginning up to an image's ending where numbers follow.
  private static func name(_ line: String) -> String {
    var name = line[...]
    if line.utf8.contains(UInt8(ascii: " ")) {
      for ending in FileEnding.images + FileEnding.images.map({ $0.uppercased() }) {
        guard let end = line.firstRange(of: ending + " ") else { continue }
        name = line[..<line.index(before: end.upperBound)]
        break
      }
    }
    while let first = name.first {
      if first == "/" || first == " " {
        name.removeFirst()
      } else if name.hasPrefix("./") {
        name.removeFirst(2)
      } else if name.hasPrefix("../") {
        name.removeFirst(3)
      } else {
        break
      }
    }
    return String(name)
  }

  private static func withoutEnding(_ name: String) -> String {
    guard let ending = FileEnding.images.first(where: { name.hasEnding($0) }) else { return name }
    return String(name.dropLast(ending.count))
  }
}
