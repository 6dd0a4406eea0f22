public import Schema

/// SARIF 2.1.0 (OASIS, 2020), which code hosts and editors can show: the catalogue as rules, and a result for
/// each finding.
///
/// The place of a result is the annotation file and line. SARIF has no word for a record and face, so they are
/// given as a logical location.
public struct SARIFFindings: FindingStream {
  private let version: String
  private let rules: [Check]
  private let ruleIndices: [String: Int]
  private var isFirst = true

  /// - Parameter version: that of SixDoF.
  public init(version: String) {
    self.version = version
    rules = CheckCatalogue.all
    ruleIndices = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1.id, $0) })
  }

  public func start() throws -> [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.key("driver")
      $0.object {
        $0.key("name")
        $0.value("sixdof")
        $0.key("version")
        $0.value(version)
        $0.key("rules")
        $0.array { for rule in rules { $0.value(Self.json(rule)) } }
      }
    }
    let schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return Array(#"{"$schema":"\#(schema)","version":"2.1.0","runs":[{"tool":"#.utf8)
      + (try writer.bytes) + Array(",\"results\":[".utf8)
  }

  private static func json(_ rule: Check) -> JSONValue {
    let text = rule.explanation + (rule.threshold.map { " Limit: \($0)." } ?? "")
    return .object([
      ("id", .text(rule.id)),
      ("shortDescription", .object([("text", .text(rule.title))])),
      ("fullDescription", .object([("text", .text(text))])),
      ("defaultConfiguration", .object([("level", .text(rule.severity.rawValue))])),
    ])
  }

  public mutating func add(_ finding: Finding, isAccepted: Bool) throws -> [UInt8] {
    var physical: [(key: String, value: JSONValue)] = [
      ("artifactLocation", .object([("uri", .text(finding.location.file.percentEncoded))]))
    ]
    if let line = finding.location.line, line > 0 {
      physical.append(("region", .object([("startLine", .integer(line))])))
    }
    var location: [(key: String, value: JSONValue)] = [("physicalLocation", .object(physical))]
    if let record = finding.record {
      let name = record + (finding.face.map { "#\($0)" } ?? "")
      location.append(
        (
          "logicalLocations",
          .array([.object([("fullyQualifiedName", .text(name)), ("kind", .text("record"))])])
        ))
    }
    var result: [(key: String, value: JSONValue)] = [("ruleId", .text(finding.check.id))]
    if let index = ruleIndices[finding.check.id] { result.append(("ruleIndex", .integer(index))) }
    result += [
      ("level", .text(finding.check.severity.rawValue)),
      ("message", .object([("text", .text(finding.detail))])),
      ("locations", .array([.object(location)])),
    ]
    if isAccepted {
      result.append(("suppressions", .array([.object([("kind", .text("external"))])])))
    }
    var writer = JSONWriter()
    writer.value(.object(result))
    defer { isFirst = false }
    return Array((isFirst ? "\n" : ",\n").utf8) + (try writer.bytes)
  }

  public func finish(_ summary: CheckSummary) throws -> [UInt8] { Array("\n]}]}\n".utf8) }
}

extension String {
  /// The text as part of a URI: unreserved characters of RFC 3986 and '/' stay, others are percent-encoded.
  fileprivate var percentEncoded: String {
    var text = ""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }
}
