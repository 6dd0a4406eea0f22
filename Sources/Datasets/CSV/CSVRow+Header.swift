internal import Codecs
internal import Geometry
internal import Schema

extension CSVRow {
  /// Whether a file is text of fields, whatever their names.
  static func isTable(_ file: FileGlance) -> Bool {
    guard file.json == nil, file.xml == nil, let line = file.lines.first else { return false }
    let names = CSVHeader(line).names
    return names.count > 1 && !FaceCropRow.areNames(Set(names))
  }

  /// Why a file is such a table; nil where it is none.
  static func reason(for file: FileGlance, _ map: ColumnMap?) -> String? {
    guard file.json == nil, file.xml == nil, let line = file.lines.first else { return nil }
    let header = CSVHeader(line)
    guard header.names.count > 1, !FaceCropRow.areNames(Set(header.names)) else { return nil }
    if let map {
      return (try? resolve(map, header, line)) != nil ? "a table with the columns of the map" : nil
    }
    guard let plain = header.map, let image = plain.image else { return nil }
    if file.lines.count > 1 {
      // The first row tells, unless it may be the one that is broken.
      let rows = file.tolerance == .none ? file.lines[1...1] : file.lines[1...]
      let fitting = rows.count { TextFields($0, at: header.mark).count == header.names.count }
      guard file.accepts(fitting, of: rows.count) else { return nil }
    }
    let what = [
      plain.box.isEmpty ? nil : "a box", plain.points.isEmpty ? nil : "points",
      plain.yaw != nil ? "angles" : nil, plain.rotation.map { "a \($0.form.rawValue)" },
    ].compactMap { $0 }.joined(separator: ", ")
    return "a table with a column '\(image)' and columns of \(what)"
  }

  /// Whether the map's columns are names of a header; a table without one has numbers.
  ///
  /// - Throws: `RowProblem` where columns are missing.
  private static func resolve(
    _ map: ColumnMap, _ header: CSVHeader, _ line: UnsafeRawBufferPointer
  ) throws(RowProblem) -> Bool {
    let columns = map.columns
    if columns.allSatisfy({ header.place(of: $0, hasNames: true) != nil }) { return true }
    if columns.allSatisfy({ header.place(of: $0, hasNames: false) != nil }) { return false }
    let missing = columns.filter { header.place(of: $0, hasNames: true) == nil }
    let shown = missing.prefix(4).map {
      "'\($0)'" + NearestWord.hint(for: $0, among: header.names)
    }
    throw RowProblem(
      expected: "the columns of the map",
      found:
        "none named \(shown.joined(separator: ", ")) among \(header.names.prefix(32).joined(separator: ", "))"
    )
  }

  /// - Throws: `AnnotationFault` where the header has not the columns that are needed.
  static func reader(
    _ file: AnnotationFile, _ options: ReadingOptions
  ) throws -> RowListReader<CSVRow> {
    try file.contents.withBytes { bytes in
      var lines = TextLines(bytes: bytes, position: TextForm.start(of: bytes))
      var (start, number) = (lines.position, 0)
      while let line = lines.next() {
        number += 1
        let text = lines.text(line.content)
        guard text.contains(where: { !isSpace($0) }) else {
          start = lines.position
          continue
        }
        let header = CSVHeader(text)
        guard let map = options.columns ?? header.map else { break }
        let isOnlyRotation = map.box.isEmpty && map.points.isEmpty && map.yaw == nil
        if isOnlyRotation, let demand = CSVRotation.demand(of: map.rotation, options) {
          throw AnnotationFault(.malformedRecord, at: file.place(line: number), demand)
        }
        if let yaw = map.yaw, map.rotation == nil, case .numbers(let layout)? = options.notation {
          throw AnnotationFault(
            .malformedRecord, at: file.place(line: number),
            "angles in '\(yaw)': expected a convention of angles, found \(layout.rawValue)")
        }
        do throws(RowProblem) {
          let hasNames = try resolve(map, header, text)
          let row = CSVRow(map, header, hasNames: hasNames, options)
          return RowListReader(
            file, options, row, from: hasNames ? lines.position : start,
            line: hasNames ? number + 1 : number)
        } catch {
          throw AnnotationFault(
            .malformedLine, at: file.place(line: number),
            "header: expected \(error.expected), found \(error.found)")
        }
      }
      throw AnnotationFault(
        .malformedRecord, at: file.place(),
        "header: expected names of an image's column and of a box, points or angles, found none")
    }
  }
}
