internal import Datasets
public import Schema

/// What `formats` lists: all forms of annotation, what each holds, and what reads and writes it.
public struct FormTable {
  private struct Row {
    var name: String
    var title: String
    var reads: [String] = []
    var writes: [String] = []
    var contents = FormContents()
  }

  private let rows: [Row]

  /// Of all forms that are known.
  ///
  /// - Parameters:
  ///   - files: how a front end is given annotation files.
  ///   - trees: how it is given a folder or archive.
  public init(files: String, trees: String) {
    var rows = DatasetDescription.all.map { dataset in
      var row = Row(name: dataset.name, title: dataset.title, contents: dataset.contents)
      if dataset.readFiles != nil { row.reads.append(files) }
      if dataset.readTree != nil { row.reads.append(trees) }
      row.writes = dataset.forms.map(\.name)
      return row
    }
    let named = Set(rows.flatMap(\.writes))
    for form in ExportForm.all where !named.contains(form.name) {
      if let i = rows.firstIndex(where: { $0.name == form.name }) {
        rows[i].writes.append(form.name)
      } else {
        rows.append(
          Row(name: form.name, title: form.title, writes: [form.name], contents: form.contents))
      }
    }
    self.rows = rows
  }

  /// For people.
  public var text: String {
    var text = """
      Forms of annotation. 'sixdof convert NAME' and 'build NAME' read those with "reads";
      'convert auto' recognises them. 'sixdof export --format FORM' writes those with "writes".

      """
    for row in rows {
      text += "\n\(row.name)" + (row.title.isEmpty ? "\n" : "  \(row.title)\n")
      var lines: [(String, String)] = []
      if !row.reads.isEmpty { lines.append(("reads", row.reads.joined(separator: " or "))) }
      if !row.writes.isEmpty { lines.append(("writes", row.writes.joined(separator: ", "))) }
      lines += row.contents.members.map { ($0.name, $0.text) }
      for (name, value) in lines {
        text += "  \(name)" + String(repeating: " ", count: 12 - name.count) + value + "\n"
      }
    }
    return text
  }

  /// For programs: a list of objects.
  public var json: JSONValue {
    .array(
      rows.map { row in
        .object(
          [
            ("name", .text(row.name)), ("title", .text(row.title)),
            ("reads", .array(row.reads.map { .text($0) })),
            ("writes", .array(row.writes.map { .text($0) })),
          ] + row.contents.members.map { ($0.name, .text($0.text)) })
      })
  }
}
