internal import Schema

extension CheckReport {
  /// The whole page as one file, which loads nothing from a network.
  ///
  /// - Throws: `PageTemplate.Malformed` where the template, which is part of the program, is malformed, or
  ///   `JSONError` where a number of the findings is not finite.
  public func html() throws -> String {
    let template = try PageTemplate(Self.text(PackageResources.page_mustache))
    return template.render(try context())
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The values that the template uses.
  private func context() throws -> [String: Any] {
    let scripts = [
      PackageResources.data_js, PackageResources.pictures_js, PackageResources.groups_js,
      PackageResources.table_js, PackageResources.detail_js,
    ]
    let clean = tallies.filter { $0.count == 0 }
    let clear: [[String: Any]] = clean.map { Self.description(of: $0) }
    return [
      "title": title.printable,
      "facts": facts.map { ["name": $0.name.printable, "value": $0.value.printable] },
      "verdict": verdict,
      "coverage": coverage,
      "tiles": tiles,
      "meter": meter,
      "severities": severities,
      "hasFindings": count > 0,
      "clean": clear,
      "hasClean": !clean.isEmpty,
      "cleanCount": PageText.count(clean.count, "check"),
      "charts": charts,
      "maps": maps,
      "hasCharts": !charts.isEmpty,
      "hasAngles": distributions.yaw.count > 0,
      "behindCamera": distributions.behindCamera > 0
        ? [PageText.count(distributions.behindCamera, "pose")] : [],
      "worstCount": worst.count,
      "hasWorst": !worst.isEmpty,
      "checkOptions": tallies.filter { $0.kept > 0 }.map { Self.description(of: $0) },
      "leftOut": leftOut,
      "style": Self.text(PackageResources.style_css),
      "theme": Self.text(PackageResources.theme_js),
      "script": scripts.map(Self.text).joined(separator: "\n"),
      "data": try data,
    ]
  }

  private var verdict: String {
    count == 0 ? "Nothing found" : PageText.count(count, "finding")
  }

  private var coverage: String {
    "\(PageText.count(tallies.count, "check")) looked at \(PageText.count(faceCount, "face")) in "
      + "\(PageText.count(imageCount, "image"))."
      + (acceptedCount > 0 ? " \(PageText.count(acceptedCount, "accepted finding")) left out." : "")
  }

  private var tiles: [[String: Any]] {
    let found = Check.Severity.allCases.reversed().map { severity in
      let count = count(of: severity)
      return [
        "name": Self.plural(severity, count), "value": PageText.grouped(count),
        "style": count > 0 ? severity.rawValue : "zero",
      ]
    }
    return found + [
      ["name": "images", "value": PageText.grouped(imageCount), "style": "plain"],
      ["name": "faces", "value": PageText.grouped(faceCount), "style": "plain"],
    ]
  }

  /// The share of each severity in all findings, in percent.
  private var meter: [[String: Any]] {
    Check.Severity.allCases.reversed().filter { count(of: $0) > 0 }.map {
      ["style": $0.rawValue, "width": "\(100 * Double(count(of: $0)) / Double(count))"]
    }
  }

  private var severities: [[String: Any]] {
    Check.Severity.allCases.reversed().compactMap { severity -> [String: Any]? in
      let found = tallies.filter { $0.check.severity == severity && $0.count > 0 }
      guard let most = found.map(\.count).max() else { return nil }
      let checks = found.map { tally -> [String: Any] in
        var description = Self.description(of: tally)
        description["share"] = "\(100 * Double(tally.count) / Double(most))"
        return description
      }
      let total = count(of: severity)
      let noun = Self.plural(severity, total)
      return [
        "severity": severity.rawValue,
        "heading": "\(PageText.grouped(total)) \(noun)",
        "checks": checks,
      ]
    }
  }

  private static func description(of tally: Tally) -> [String: Any] {
    [
      "id": tally.check.id,
      "title": tally.check.title.prefix(1).uppercased() + tally.check.title.dropFirst(),
      "severity": tally.check.severity.rawValue,
      "explanation": tally.check.explanation,
      "threshold": tally.check.threshold.map { [$0] } ?? [],
      "count": PageText.grouped(tally.count),
    ]
  }

  private static func plural(_ severity: Check.Severity, _ count: Int) -> String {
    severity.rawValue + (count == 1 ? "" : "s")
  }

  /// What the table does not list, in words; empty where it lists everything.
  private var leftOut: [String] {
    let listed = findings.count
    guard listed < count else { return [] }
    let short = tallies.filter { $0.kept < $0.count }.map {
      "\(PageText.grouped($0.count - $0.kept)) of \($0.check.id)"
    }
    return [
      "The table lists \(PageText.grouped(listed)) of \(PageText.count(count, "finding")). "
        + "Not listed: \(short.joined(separator: ", "))."
    ]
  }

  private var charts: [[String: Any]] {
    let angle = DistributionChart.Axis.every(30, atLeast: -90...90)
    let charts = [
      DistributionChart(title: "Yaw", unit: "°", axis: angle, distribution: distributions.yaw),
      DistributionChart(title: "Pitch", unit: "°", axis: angle, distribution: distributions.pitch),
      DistributionChart(title: "Roll", unit: "°", axis: angle, distribution: distributions.roll),
      DistributionChart(
        title: "Face size, root of the box's area", unit: "px",
        axis: .octaves(atLeast: 8...512), distribution: distributions.size),
      DistributionChart(
        title: "Residual, of the interocular distance", unit: "%",
        axis: .every(5, atLeast: 0...20), distribution: distributions.residual),
      DistributionChart(
        title: "Depth", unit: "m", axis: .octaves(atLeast: 0.5...8),
        distribution: distributions.depth),
    ]
    return charts.compactMap { chart in
      chart.svg.map { ["title": chart.title, "svg": $0, "caption": chart.summary] }
    }
  }

  private var maps: [[String: Any]] {
    let maps = PoseMaps(distributions: distributions)
    let pictures = [
      (
        "Yaw and pitch", maps.angles,
        "Each square is 10° by 10°; the stronger the colour, the more faces."
      ),
      (
        "Seen from above", maps.places,
        "The camera looks up the page; rings are metres from it, to a logarithmic scale."
      ),
    ]
    return pictures.compactMap { title, svg, caption in
      svg.map { ["title": title, "svg": $0, "caption": caption] }
    }
  }
}
