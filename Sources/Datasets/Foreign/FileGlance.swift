public import Codecs
internal import Schema

/// What can be seen of a file without reading all of it, by which forms of annotations are told apart. It must not
/// outlive the file's bytes.
public struct FileGlance {
  /// The file's name, with the folders that lead to it where they are known. Only where two forms have the same
  /// contents may it decide.
  public let path: String
  /// All bytes of the file.
  public let bytes: UnsafeRawBufferPointer
  /// What the first bytes are.
  public let signature: FileSignature
  /// The outline of a JSON text; nil for other files.
  public let json: JSONGlance?
  /// The root of an XML text; nil for other files.
  public let xml: XMLGlance?
  /// The names of a MATLAB v5 file's variables; none of other files.
  public let variables: [String]
  /// The first lines that are not blank, without white space at their ends; none where the file is no text.
  public let lines: [UnsafeRawBufferPointer]
  /// How many of the lines may be broken.
  public var tolerance = RowTolerance.none

  private static let mostLines = 64

  /// Looks at a file.
  public init(path: String, bytes: UnsafeRawBufferPointer) {
    (self.path, self.bytes) = (path, bytes)
    signature = FileSignature(head: bytes.prefix(FileSignature.headBytes))
    if case .matlab(version: "5.0") = signature {
      variables = MATFile.names(in: bytes)
    } else {
      variables = []
    }
    guard case .text(.ascii) = signature else {
      (json, xml, lines) = (nil, nil, [])
      return
    }
    let start = TextForm.start(of: bytes)
    let text = UnsafeRawBufferPointer(rebasing: bytes[start...])
    var (walk, found) = (TextLines(bytes: text, position: 0), [UnsafeRawBufferPointer]())
    while found.count < Self.mostLines, let line = walk.next() {
      let content = text[line.content].drop(while: isSpace)
      if !content.isEmpty { found.append(UnsafeRawBufferPointer(rebasing: content)) }
    }
    let first = found.first?.first
    json =
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? JSONGlance(text) : nil
    xml = first == UInt8(ascii: "<") ? XMLGlance(bytes) : nil
    lines = found
  }

  /// Whether enough of some lines are rows of a form.
  ///
  /// - Parameters:
  ///   - fitting: how many are such rows.
  ///   - count: how many lines there are; nil for all that are seen.
  public func accepts(_ fitting: Int, of count: Int? = nil) -> Bool {
    tolerance.allows(fitting, of: count ?? lines.count)
  }

  /// The words of a line, split at blanks or at another mark.
  public func words(_ line: Int, at mark: Character? = nil) -> [Substring] {
    guard line < lines.count else { return [] }
    let text = String(decoding: lines[line].prefix(1 << 16), as: UTF8.self)[...]
    return text.split { character in mark.map { character == $0 } ?? character.isWhitespace }
  }
}

/// How many of a text's first lines may be broken for it to be taken for a form of rows.
public enum RowTolerance: Sendable {
  /// None, but in forms that no other is taken for.
  case none
  /// One in ten, or one where three lines fit: for a text that fits no form as a whole.
  case few
  /// All but one: for a form that the user named, whose reader tells what is wrong with the others.
  case most

  /// Whether a text of `count` lines, of which some fit, is taken.
  func allows(_ fitting: Int, of count: Int) -> Bool {
    switch self {
    case .none: fitting > 0 && fitting == count
    case .few: fitting >= 3 && count - fitting <= max(1, count / 10)
    case .most: fitting > 0
    }
  }
}

/// The outline of a JSON text: whether it is an object or a list, and the members of its first objects.
public struct JSONGlance {
  /// Whether the text begins with a list.
  public let isList: Bool
  /// The names of the object's members, or of those of the list's first element.
  public let keys: Set<String>
  private let bytes: UnsafeRawBufferPointer
  private static let mostKeys = 256

  init?(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    var cursor = JSONCursor(bytes)
    isList = cursor.kind() == .array
    keys = Self.keys(of: bytes)
  }

  /// Whether all of these are members.
  public func has(_ names: String...) -> Bool { names.allSatisfy(keys.contains) }

  /// The members' names of a member's value, or of its first element where it is a list.
  public func keys(of member: StaticString) -> Set<String> {
    self[member].map { Self.keys(of: $0) } ?? []
  }

  /// The names of the members of the first member's value, where the text and that value are objects.
  public var firstMemberKeys: Set<String> {
    var cursor = JSONCursor(bytes)
    guard !isList, (try? cursor.enterObject()) != nil, (try? cursor.nextKey()) != nil,
      cursor.kind() == .object
    else { return [] }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[cursor.position...])
    return Set(JSONOutline.keys(of: rest, atMost: 16) ?? [])
  }

  /// The text of a member's value; nil where there is none.
  public subscript(member: StaticString) -> UnsafeRawBufferPointer? {
    JSONOutline.member(member, of: bytes)
  }

  private static func keys(of bytes: UnsafeRawBufferPointer) -> Set<String> {
    Set(JSONOutline.keys(of: bytes, atMost: mostKeys) ?? [])
  }
}

/// The root of an XML text.
public struct XMLGlance {
  /// The name of the root element.
  public let root: String
  /// The names of the elements directly in it, of the first ones.
  public let children: Set<String>
  private static let mostSteps = 256

  init?(_ bytes: UnsafeRawBufferPointer) {
    var cursor = XMLCursor(bytes)
    guard (try? cursor.next()) == .start else { return nil }
    root = String(decoding: cursor.content, as: UTF8.self)
    var found: Set<String> = []
    for _ in 0..<Self.mostSteps {
      guard let step = try? cursor.next() else { break }
      if step == .start, cursor.depth == 2 {
        found.insert(String(decoding: cursor.content, as: UTF8.self))
      }
    }
    children = found
  }
}
