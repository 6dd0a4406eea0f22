internal import Codecs
internal import Schema

/// Where the rows of a list are, those of one image together, in the order in which images occur first. It takes 24
/// bytes a row.
struct RowIndex {
  /// A row.
  struct Entry {
    /// Of the image's name; of the position where there is none.
    var image: UInt64
    /// Where the line begins.
    var position: Int
    /// 1-based.
    var line: Int32
    /// Whether the row names an image.
    var hasName: Bool
  }

  private(set) var entries: [Entry] = []
  /// Whether a row is a JSON value, over however many lines, and not a line.
  private let areValues: Bool
  /// Why JSON cannot be read on.
  private(set) var fault: JSONError?

  /// Looks through a text.
  ///
  /// - Parameters:
  ///   - start: where the first row begins, which is line `line`.
  ///   - options: tell which names mean one image.
  ///   - name: the image's name in a line; nil where it has none, which is a row of its own.
  init(
    _ bytes: UnsafeRawBufferPointer, from start: Int, line: Int, _ options: ReadingOptions,
    _ name: (UnsafeRawBufferPointer) -> UnsafeRawBufferPointer?
  ) {
    areValues = false
    var lines = TextLines(bytes: bytes, position: start)
    var number = line - 1
    while true {
      let position = lines.position
      guard let next = lines.next() else { break }
      number += 1
      let text = lines.text(next.content)
      guard text.contains(where: { !isSpace($0) }) else { continue }
      add(name(text), at: position, line: number, options)
    }
    gather()
  }

  /// Looks through JSON: the elements of a list, or values one after the other.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - options: tell which names mean one image.
  ///   - name: the image's name in a value; nil where it has none, which is a row of its own.
  init(
    valuesOf bytes: UnsafeRawBufferPointer, _ options: ReadingOptions,
    _ name: (UnsafeRawBufferPointer) -> UnsafeRawBufferPointer?
  ) {
    areValues = true
    var (cursor, lines) = (JSONCursor(bytes, at: TextForm.start(of: bytes)), LineCount())
    do throws(JSONError) {
      let isList = cursor.kind() == .array
      if isList { try cursor.enterArray() }
      while isList ? try cursor.nextElement() : Self.hasMore(&cursor, bytes) {
        _ = cursor.kind()
        let position = cursor.position
        let value = UnsafeRawBufferPointer(rebasing: bytes[try cursor.skipValue()])
        add(name(value), at: position, line: lines.line(of: position, in: bytes), options)
      }
    } catch {
      fault = error
    }
    gather()
  }

  private static func hasMore(_ cursor: inout JSONCursor, _ bytes: UnsafeRawBufferPointer) -> Bool {
    _ = cursor.kind()
    return cursor.position < bytes.count
  }

  private mutating func add(
    _ name: UnsafeRawBufferPointer?, at position: Int, line: Int, _ options: ReadingOptions
  ) {
    let hash = name.map { Self.hash($0, options) }
    entries.append(
      Entry(
        image: hash ?? UInt64(truncatingIfNeeded: ~position), position: position,
        line: Int32(clamping: line), hasName: hash != nil))
  }

  /// Of an image's name however it is spelt.
  private static func hash(_ name: UnsafeRawBufferPointer, _ options: ReadingOptions) -> UInt64 {
    guard ImagePathVerdict.isSpeltOtherwise(name) else { return fastHash(of: name) }
    var plain = options.recordPath(of: String(decoding: name, as: UTF8.self))
    return plain.withUTF8 { fastHash(of: UnsafeRawBufferPointer($0)) }
  }

  /// The text of a row.
  func text(of entry: Entry, in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    if areValues {
      var cursor = JSONCursor(bytes, at: entry.position)
      return (try? cursor.skipValue()).map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
    }
    var lines = TextLines(bytes: bytes, position: entry.position)
    return lines.next().map { lines.text($0.content) }
  }

  /// Brings rows of one image together, where others lie between them.
  private mutating func gather() {
    var first: [UInt64: Int32] = [:]
    var isGathered = true
    for (i, entry) in entries.enumerated() {
      if i > 0, entries[i - 1].image == entry.image { continue }
      if first.updateValue(first[entry.image] ?? entry.line, forKey: entry.image) != nil {
        isGathered = false
      }
    }
    guard !isGathered else { return }
    entries.sort {
      let (left, right) = (first[$0.image] ?? 0, first[$1.image] ?? 0)
      return (left, $0.position) < (right, $1.position)
    }
  }

  /// The place after the rows of the image whose first row is at a place.
  func end(of place: Int) -> Int {
    var end = place
    while end < entries.count, entries[end].image == entries[place].image { end += 1 }
    return end
  }
}

/// How the rows of a list become images with faces.
protocol RowForm: FileForm {
  /// The image's name in a line; nil where the line is no row.
  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer?
  /// Why a line in which `name` finds none is no row.
  func refusal(of line: UnsafeRawBufferPointer) -> RowProblem
  /// The record's path for a name.
  func path(of name: String) -> String
  /// Adds the face of a row that is written as most are, with nothing to say of it.
  ///
  /// - Parameter number: the row's line.
  /// - Returns: false where `read` must tell.
  mutating func addUsualFace(
    in line: UnsafeRawBufferPointer, number: Int32, to faces: inout [Face]
  ) -> Bool
  /// Counts the sides of a row's points.
  mutating func countSides(in line: UnsafeRawBufferPointer, at place: SourceLocation)
  /// Adds what a row says to its image.
  ///
  /// - Throws: `RowProblem` where the line is not such a row.
  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem)
  /// What is said of the file as a whole, at its end.
  func notes(at place: SourceLocation) -> [RecordIssue]
}

extension RowForm {
  func path(of name: String) -> String { name }
  func refusal(of line: UnsafeRawBufferPointer) -> RowProblem {
    RowProblem(expected: "the name of an image", foundIn: line)
  }
  func notes(at place: SourceLocation) -> [RecordIssue] { [] }
  var hasNamedSides: Bool { false }
  mutating func addUsualFace(
    in line: UnsafeRawBufferPointer, number: Int32, to faces: inout [Face]
  ) -> Bool {
    false
  }

  mutating func countSides(in line: UnsafeRawBufferPointer, at place: SourceLocation) {
    var draft = ImageDraft(path: "")
    try? read(line, into: &draft, at: place)
  }
}

/// Reads a list of rows that each name an image, image by image. Rows of one image make one record.
typealias RowListReader<Form: RowForm> = FormReader<RowImages<Form>>

extension FormReader {
  /// - Parameters:
  ///   - start: where the first row begins, which is line `line`.
  ///   - areValues: whether rows are JSON values, over however many lines.
  init<Row: RowForm>(
    _ file: AnnotationFile, _ options: ReadingOptions, _ form: Row, from start: Int? = nil,
    line: Int = 1, areValues: Bool = false
  ) where Images == RowImages<Row> {
    let index = file.contents.withBytes { bytes in
      areValues
        ? RowIndex(valuesOf: bytes, options) { form.name(in: $0) }
        : RowIndex(bytes, from: start ?? TextForm.start(of: bytes), line: line, options) {
          form.name(in: $0)
        }
    }
    self.init(RowImages(file: file, source: file.source(options), index: index), form, options)
  }
}

/// The images of a list of rows, whose places are those rows.
struct RowImages<Form: RowForm>: FormImages {
  let file: AnnotationFile
  let source: RecordSource
  let index: RowIndex

  func end(_ form: Form) -> Int { index.entries.count }
  func place(after place: Int) -> Int { index.end(of: place) }
  func offset(of place: Int, _ form: Form) -> Int { index.entries[place].position }

  func countSides(_ places: Range<Int>, _ form: inout Form, in bytes: UnsafeRawBufferPointer) {
    let place = file.place()
    for entry in index.entries[places] {
      guard entry.hasName, let text = index.text(of: entry, in: bytes) else { continue }
      form.countSides(in: text, at: place)
    }
  }

  func read(
    _ places: Range<Int>, _ form: inout Form, _ lines: inout LineCount,
    in bytes: UnsafeRawBufferPointer, _ options: ReadingOptions
  ) -> [Outcome] {
    var outcomes: [Outcome] = []
    var next = places.lowerBound
    while next < places.upperBound {
      let rows = next..<index.end(of: next)
      outcomes.append(outcome(of: index.entries[rows], &form, bytes, options))
      next = rows.upperBound
    }
    return outcomes
  }

  func remarks(_ form: Form) -> [RecordIssue] {
    form.notes(at: file.place()) + file.issues(of: index.fault)
  }

  private func outcome(
    of rows: ArraySlice<RowIndex.Entry>, _ form: inout Form, _ bytes: UnsafeRawBufferPointer,
    _ options: ReadingOptions
  ) -> Outcome {
    var draft = ImageDraft(path: "")
    draft.finished.reserveCapacity(min(rows.count, 1024))
    var (isNamed, isRead) = (false, false)
    var source = source
    for row in rows {
      guard let text = index.text(of: row, in: bytes) else { continue }
      let place = file.place(line: Int(row.line))
      do throws(RowProblem) {
        guard let name = form.name(in: text) else { throw form.refusal(of: text) }
        if !isNamed {
          draft.path = form.path(of: String(decoding: name, as: UTF8.self))
          source.line = Int(row.line)
          isNamed = true
        }
        if draft.faces.isEmpty,
          form.addUsualFace(in: text, number: row.line, to: &draft.finished)
        {
          isRead = true
          continue
        }
        let known = draft.faces.count
        try form.read(text, into: &draft, at: place)
        isRead = true
        for i in known..<max(known, draft.faces.count) { draft.faces[i].line = Int(row.line) }
      } catch {
        draft.issues.append(
          RecordIssue(.malformedLine, at: place, error.detail))
      }
    }
    // An image none of whose rows can be read is not one without faces.
    guard isRead else { return Outcome(record: nil, issues: draft.issues) }
    return draft.outcome(source, in: file.name, options)
  }
}
