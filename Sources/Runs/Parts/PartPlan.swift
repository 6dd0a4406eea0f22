internal import Codecs
internal import Schema

/// How a run is cut into parts, with an identity that all of its parts have in common. It is the same for the same
/// command, arguments, inputs, version and cuts.
public struct PartPlan: Sendable {
  /// Of a plan's file, as its first member says.
  public static let schemaName = "sixdof.plan/1"

  /// The command, and all of its arguments that decide what is made.
  public let command: [String]
  let inputs: [InputDigest]
  /// How many entries the source has.
  public let entries: Int
  /// How many parts there are.
  public let parts: Int
  /// For sources of lines: where each part begins, as byte and line; empty for others.
  private let marks: [(byte: Int, line: Int)]
  /// SHA-256 of all of the above but the marks, which follow from it.
  public let id: String

  init(
    command: [String], inputs: [InputDigest], entries: Int, parts: Int,
    marks: [(byte: Int, line: Int)] = []
  ) throws {
    (self.command, self.inputs, self.entries) = (command, inputs, entries)
    (self.parts, self.marks) = (parts, marks)
    let text = try JSONValue.object([
      ("sixdof", .text(Release.version)), ("command", .array(command.map(JSONValue.text))),
      // Names of files are in the arguments.
      (
        "inputs",
        .array(inputs.map { .array([.integer($0.bytes), .text($0.sha256)]) })
      ),
      ("entries", .integer(entries)), ("parts", .integer(parts)),
    ]).prettyText
    id = Array(text.utf8).withUnsafeBytes(sha256(of:))
  }

  /// Where a part's lines begin; nil where only reading on from the beginning tells it.
  func mark(_ part: Int) -> RecordLines.Mark? {
    marks.indices.contains(part)
      ? RecordLines.Mark(position: marks[part].byte, line: marks[part].line) : nil
  }

  var json: JSONValue {
    .object(
      [
        ("schema", .text(Self.schemaName)), ("sixdof", .text(Release.version)),
        ("id", .text(id)), ("command", .array(command.map(JSONValue.text))),
        ("inputs", .array(inputs.map(\.json))), ("entries", .integer(entries)),
        ("parts", .integer(parts)),
      ]
        + (marks.isEmpty
          ? []
          : [("marks", .array(marks.map { .array([.integer($0.byte), .integer($0.line)]) }))]))
  }

  /// Reads a plan's file.
  ///
  /// - Throws: `FileError` where it cannot be read; `RunFailure` where it is no plan, or another version's.
  public init(path: String) throws {
    let file = try MappedFile(path: path)
    func refusal(_ what: String) -> RunFailure { RunFailure("\(path): \(what)") }
    let json: JSONValue
    do {
      json = try file.withBytes { try JSONParser.value(of: $0) }
    } catch let error as JSONError {
      throw refusal("expected a plan, as 'sixdof plan' writes it, found: \(error)")
    }
    guard json["schema"]?.text == Self.schemaName else {
      throw refusal("expected a plan of \(Self.schemaName), found another file")
    }
    guard let version = json["sixdof"]?.text, version == Release.version else {
      throw refusal(
        "expected a plan of sixdof \(Release.version), found one of \(json["sixdof"]?.messageText ?? "none"); plan anew"
      )
    }
    let command = json["command"]?.elements?.compactMap(\.text) ?? []
    let inputs = json["inputs"]?.elements?.compactMap(InputDigest.init) ?? []
    let marks = (json["marks"]?.elements ?? []).compactMap { mark -> (byte: Int, line: Int)? in
      guard let numbers = mark.elements, numbers.count == 2,
        case .integer(let byte) = numbers[0], case .integer(let line) = numbers[1], byte >= 0,
        line >= 0
      else { return nil }
      return (byte, line)
    }
    guard case .integer(let entries)? = json["entries"], (0...1 << 40).contains(entries),
      case .integer(let parts)? = json["parts"], PartNumber(0, of: parts) != nil,
      marks.isEmpty || marks.count == parts, !command.isEmpty
    else { throw refusal("expected a plan's members, found others; plan anew") }
    try self.init(
      command: command, inputs: inputs, entries: entries, parts: parts, marks: marks)
    guard json["id"]?.text == id else {
      throw refusal("id: expected \(id), found \(json["id"]?.messageText ?? "none"); plan anew")
    }
  }

  /// Files up to this size are read, to compare them with what was planned.
  private static let largestRead = 16 << 20

  /// Compares the inputs with those that were planned: small ones, as face models are, by their digests, and large ones by
  /// their sizes.
  ///
  /// - Throws: `RunFailure` where one differs.
  func checkInputs(_ paths: [String]) throws {
    guard paths.count == inputs.count else {
      throw RunFailure(
        "inputs: expected \(counted(inputs.count, "file")), as it was planned, found \(paths.count); plan anew"
      )
    }
    for (path, input) in zip(paths, inputs) {
      let bytes = try MappedFile(path: path).count
      guard bytes == input.bytes else {
        throw RunFailure(
          "\(path): expected \(input.bytes) bytes, as it was planned, found \(bytes); plan anew")
      }
      guard try bytes > Self.largestRead || sha256(ofFile: path) == input.sha256 else {
        throw RunFailure("\(path): expected the file that was planned, found another; plan anew")
      }
    }
  }
}

extension InputDigest {
  /// - Returns: nil where it is none.
  init?(_ json: JSONValue) {
    guard let file = json["file"]?.text, case .integer(let bytes)? = json["bytes"],
      let sha256 = json["sha256"]?.text
    else { return nil }
    self.init(file: file, bytes: bytes, sha256: sha256)
  }
}
