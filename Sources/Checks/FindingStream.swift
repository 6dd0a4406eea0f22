public import Schema

/// Findings as bytes of one form. They are written as they come, so memory stays constant.
public protocol FindingStream {
  /// The bytes before the first finding.
  mutating func start() throws -> [UInt8]
  /// The bytes of the next finding; may be none.
  mutating func add(_ finding: Finding, isAccepted: Bool) throws -> [UInt8]
  /// The bytes after the last finding.
  mutating func finish(_ summary: CheckSummary) throws -> [UInt8]
}

/// For people: only the summary, at the end.
public struct TextFindings: FindingStream {
  /// A stream that writes the summary only.
  public init() {}
  public func start() throws -> [UInt8] { [] }
  public func add(_ finding: Finding, isAccepted: Bool) throws -> [UInt8] { [] }
  public func finish(_ summary: CheckSummary) throws -> [UInt8] { Array(summary.text.utf8) }
}

/// JSON Lines: one finding a line.
public struct FindingLines: FindingStream {
  private var writer = JSONWriter()

  /// A stream of JSON Lines.
  public init() {}
  public func start() throws -> [UInt8] { [] }
  public mutating func add(_ finding: Finding, isAccepted: Bool) throws -> [UInt8] {
    writer.removeAll()
    finding.write(to: &writer, isAccepted: isAccepted)
    writer.endLine()
    return try writer.bytes
  }
  public func finish(_ summary: CheckSummary) throws -> [UInt8] { [] }
}

/// One JSON document, `sixdof.check/1`: the findings, then the checks with their counts.
public struct JSONFindings: FindingStream {
  /// The value of the document's member `schema`.
  public static let schemaName = "sixdof.check/1"

  private var writer = JSONWriter()
  private var isFirst = true

  /// A stream of one JSON document.
  public init() {}

  public func start() throws -> [UInt8] {
    Array(#"{"schema":"\#(Self.schemaName)","findings":["#.utf8)
  }

  public mutating func add(_ finding: Finding, isAccepted: Bool) throws -> [UInt8] {
    writer.removeAll()
    finding.write(to: &writer, isAccepted: isAccepted)
    defer { isFirst = false }
    return Array((isFirst ? "\n" : ",\n").utf8) + (try writer.bytes)
  }

  public func finish(_ summary: CheckSummary) throws -> [UInt8] {
    var end = JSONWriter()
    end.array {
      for entry in summary.found {
        $0.object {
          $0.key("id")
          $0.value(entry.check.id)
          $0.key("severity")
          $0.value(entry.check.severity.rawValue)
          $0.key("title")
          $0.value(entry.check.title)
          $0.key("count")
          $0.value(entry.count)
          $0.key("accepted")
          $0.value(entry.accepted)
        }
      }
    }
    var counts = JSONWriter()
    counts.object {
      $0.key("images")
      $0.value(summary.images)
      $0.key("faces")
      $0.value(summary.faces)
      for severity in Check.Severity.allCases.reversed() {
        $0.key(named: severity.rawValue + "s")
        $0.value(summary.count(severity))
      }
      $0.key("accepted")
      $0.value(summary.accepted)
    }
    return Array("\n],\"checks\":".utf8) + (try end.bytes) + Array(",\"counts\":".utf8)
      + (try counts.bytes)
      + Array("}\n".utf8)
  }
}

extension Finding {
  /// Reads what `write` wrote. Whether it is accepted is for the reader's own settings to say.
  ///
  /// - Returns: nil where a member is missing or of another type, or no check has the id.
  public init?(json: JSONValue) {
    guard let id = json["check"]?.text, let file = json["file"]?.text,
      let detail = json["detail"]?.text,
      let check = CheckCatalogue.check(id: id)
        ?? RecordIssue.Code(rawValue: id).map(CheckCatalogue.check(for:))
    else { return nil }
    self.init(
      check, at: SourceLocation(file: file, line: json["line"]?.wholeNumber),
      record: json["record"]?.text, face: json["face"]?.wholeNumber,
      measure: json["measure"]?.number, detail)
  }

  /// As `write` writes it.
  public var json: JSONValue {
    func value<Value>(_ value: Value?, _ make: (Value) -> JSONValue) -> JSONValue {
      value.map(make) ?? .null
    }
    return .object([
      ("check", .text(check.id)), ("file", .text(location.file)),
      ("line", value(location.line, JSONValue.integer)),
      ("record", value(record, JSONValue.text)), ("face", value(face, JSONValue.integer)),
      ("measure", value(measure, JSONValue.double)), ("detail", .text(detail)),
    ])
  }

  /// Writes the finding as a JSON object.
  func write(to writer: inout JSONWriter, isAccepted: Bool) {
    writer.object {
      $0.key("check")
      $0.value(check.id)
      $0.key("severity")
      $0.value(check.severity.rawValue)
      $0.key("file")
      $0.value(location.file)
      $0.key("line")
      if let line = location.line { $0.value(line) } else { $0.null() }
      $0.key("record")
      if let record { $0.value(record) } else { $0.null() }
      $0.key("face")
      if let face { $0.value(face) } else { $0.null() }
      $0.key("measure")
      if let measure, measure.isFinite { $0.value(measure) } else { $0.null() }
      $0.key("detail")
      $0.value(detail)
      if isAccepted {
        $0.key("accepted")
        $0.value(true)
      }
    }
  }
}
