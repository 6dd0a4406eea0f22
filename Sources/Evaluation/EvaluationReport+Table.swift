internal import Schema

/// A report as rows of text, which all forms for human readers share.
struct ReportTable {
  struct Line {
    var cells: [String]
    /// The number of the note that says why the two columns differ.
    var note: Int?
  }

  var title: String
  var lines: [Line]

  static let header = ["", "as published", "correct", "unit"]
  /// Stands for a number that could not be measured.
  static let absent = "–"
}

extension EvaluationReport {
  var tables: [ReportTable] {
    let differences = differences
    return groups.map { group in
      let rows = group.rows.filter { $0.published != nil || $0.correct != nil }
      let noun = method == .wider ? "image" : "face"
      let plural = group.count == 1 ? noun : noun + "s"
      let published = rows.compactMap { $0.published?.count }.max() ?? 0
      let correct = rows.compactMap { $0.correct?.count }.max() ?? 0
      return ReportTable(
        title: "\(method.rawValue), \(group.name.printable): \(group.count) \(plural)"
          + scored(group, published, correct),
        lines: rows.map { row in
          ReportTable.Line(
            cells: [
              row.title, text(row.published, published), text(row.correct, correct), row.unit,
            ],
            note: row.difference.flatMap { differences.firstIndex(of: $0) }.map { $0 + 1 })
        })
    }
  }

  /// How many faces each of the two columns covers, where that is not all.
  private func scored(_ group: Group, _ published: Int, _ correct: Int) -> String {
    guard method != .wider else { return "" }
    guard published < group.count || correct < group.count else { return "" }
    return ", \(published) scored as published, \(correct) correctly"
  }

  /// Three decimals, as in the papers; five for average precision, which is printed so.
  ///
  /// - Parameter most: of how many faces another number of the column is; where it is more, some lack what is measured, such
  ///   as a translation.
  private func text(_ estimate: Estimate?, _ most: Int) -> String {
    guard let estimate else { return ReportTable.absent }
    let digits = method == .wider ? 5 : 3
    let fewer = estimate.count < most && method != .wider ? " of \(estimate.count)" : ""
    let value = estimate.value.fixed(digits) + fewer
    guard let interval = estimate.interval else { return value }
    return
      "\(value) [\(interval.lowerBound.fixed(digits)), \(interval.upperBound.fixed(digits))]"
  }

  /// The notes below the tables.
  var remarks: [String] {
    var remarks = differences.enumerated().map { "(\($0 + 1)) \($1)" } + notes
    if let bootstrap {
      remarks.append(
        "[ ] are 95 % intervals of \(bootstrap.draws) bootstrap draws of \(method == .wider ? "images" : "faces"), seed \(bootstrap.seed)."
      )
    }
    return remarks.map(\.printable)
  }

  var countsText: String {
    counts.map { "\($0.title) \($0.value)" }.joined(separator: ", ")
  }
}
