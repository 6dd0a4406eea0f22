internal import Schema

extension EvaluationReport {
  /// How a report is written.
  public enum Form: String, Sendable, CaseIterable { case text, markdown, json, latex }

  /// The whole report in one form; it ends with a line feed.
  ///
  /// - Throws: `JSONError` where a number is not finite, for form `json`.
  public func rendered(as form: Form) throws -> String {
    switch form {
    case .text: plainText
    case .markdown: markdown
    case .json: try json.prettyText
    case .latex: latex
    }
  }

  private var plainText: String {
    var blocks = tables.map { table in
      let lines = [ReportTable.header] + table.lines.map(\.cells)
      let widths = (0..<4).map { column in lines.map { $0[column].count }.max() ?? 0 }
      let marks = [""] + table.lines.map { $0.note.map { "  (\($0))" } ?? "" }
      let text = zip(lines, marks).map { cells, mark in
        let name = cells[0] + spaces(widths[0] - cells[0].count)
        let numbers = (1...2).map { spaces(widths[$0] - cells[$0].count) + cells[$0] }
        let line = ([name] + numbers + [cells[3]]).joined(separator: "  ") + mark
        return "  " + String(line.reversed().drop { $0 == " " }.reversed())
      }
      return ([table.title] + text).joined(separator: "\n")
    }
    blocks.append(([countsText, pairing] + remarks).joined(separator: "\n"))
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }

  private var markdown: String {
    func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
    var blocks = tables.map { table in
      let rows = table.lines.map { line in
        let cells = line.cells.map(escaped).joined(separator: " | ")
        return "| \(cells) | \(line.note.map { "(\($0))" } ?? "") |"
      }
      return
        ([
          "### " + escaped(table.title), "", "| | as published | correct | unit | |",
          "|---|---:|---:|---|---|",
        ]
        + rows).joined(separator: "\n")
    }
    let lines = ([countsText, pairing] + remarks).map { "- " + escaped($0) }
    blocks.append(lines.joined(separator: "\n"))
    return blocks.joined(separator: "\n\n") + "\n"
  }

  /// Tables that need no LaTeX package, below the remarks as comments.
  private var latex: String {
    var blocks = [
      ([countsText, pairing] + remarks).map { "% " + $0 }.joined(separator: "\n")
    ]
    blocks += tables.map { table in
      let rows = table.lines.map { line in
        var cells = line.cells.map(Self.latexText)
        if let note = line.note { cells[0] += "$^{\(note)}$" }
        return cells.joined(separator: " & ") + " \\\\"
      }
      return
        ([
          "\\begin{tabular}{lrrl}",
          "\\multicolumn{4}{l}{\(Self.latexText(table.title))} \\\\ \\hline",
          " & as published & correct & unit \\\\ \\hline",
        ] + rows + ["\\hline", "\\end{tabular}"]).joined(separator: "\n")
    }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private static func latexText(_ text: String) -> String {
    let words: [Character: String] = [
      "°": "$^\\circ$", "%": "\\%", "_": "\\_", "|": "$|$", "–": "--", "²": "$^2$", "&": "\\&",
      "#": "\\#",
    ]
    return text.map { words[$0] ?? String($0) }.joined()
  }
}

extension EvaluationReport {
  private var json: JSONValue {
    .object([
      ("schema", .text("sixdof.evaluation/1")), ("protocol", .text(method.rawValue)),
      ("pairing", .text(pairing)),
      ("counts", .object(counts.map { ($0.name, .integer($0.value)) })),
      (
        "bootstrap",
        bootstrap.map {
          .object([
            ("draws", .integer($0.draws)), ("seed", .text(String($0.seed))),
            ("level", .double(0.95)),
          ])
        } ?? .null
      ),
      ("groups", .array(groups.map(json))),
      ("notes", .array(notes.map { .text($0) })),
    ])
  }

  private func json(_ group: Group) -> JSONValue {
    let bounds = group.bounds.map { bounds in
      JSONValue.array([
        bounds.lower.map { .double($0) } ?? .null, bounds.upper.map { .double($0) } ?? .null,
      ])
    }
    return .object([
      ("name", .text(group.name)), ("yaw_deg", bounds ?? .null), ("count", .integer(group.count)),
      ("metrics", .array(group.rows.map(json))),
    ])
  }

  private func json(_ row: Row) -> JSONValue {
    .object([
      ("name", .text(row.name)), ("title", .text(row.title)), ("unit", .text(row.unit)),
      ("published", row.published.map(json) ?? .null),
      ("correct", row.correct.map(json) ?? .null),
      ("difference", row.difference.map { .text($0) } ?? .null),
    ])
  }

  private func json(_ estimate: Estimate) -> JSONValue {
    .object([
      ("value", .double(estimate.value)), ("count", .integer(estimate.count)),
      (
        "interval",
        estimate.interval.map { .array([.double($0.lowerBound), .double($0.upperBound)]) } ?? .null
      ),
    ])
  }
}

extension Double {
  /// The number with `digits` decimals; never "-0.000".
  func fixed(_ digits: Int) -> String {
    let text = printed("%.\(digits)f")
    return text.contains { ("1"..."9").contains($0) }
      ? text : text.replacing("-", with: "")
  }
}
