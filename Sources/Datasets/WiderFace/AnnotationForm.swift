public import Codecs
internal import Schema

extension WiderFace {
  /// Recognises the form of an annotation file by its contents alone.
  ///
  /// - Throws: `UnrecognisedAnnotations`, which says what the file is instead, or `TextFault` for a text in
  ///   another encoding.
  public static func form(of file: MappedFile) throws -> Form {
    try file.withBytes { try form(of: $0, path: file.path) }
  }

  /// The same for the bytes of a file.
  static func form(of bytes: UnsafeRawBufferPointer, path: String) throws -> Form {
    func unrecognised(_ found: String) -> UnrecognisedAnnotations {
      UnrecognisedAnnotations(path: path, found: found)
    }
    if bytes.starts(with: "MATLAB".utf8) {
      let names = MATFile.names(in: bytes)
      // Another version, or one that cannot be read: its reader says what is wrong.
      guard names.isEmpty || names.contains("file_list") else {
        let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        throw unrecognised("a MATLAB file with the variables \(shown)")
      }
      return .matlab
    }
    if var fault = TextForm.fault(of: bytes) {
      guard fault.remedy != nil else { throw unrecognised(fault.found) }
      fault.path = path
      throw fault
    }
    let text = UnsafeRawBufferPointer(rebasing: bytes[TextForm.start(of: bytes)...])
    let sample = LineSample(text)
    guard let first = sample.lines.first else { throw unrecognised("an empty file") }
    switch first.first {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let problem = jsonProblem(text)
      if let problem { throw unrecognised(problem) }
      return .img2pose
    case UInt8(ascii: "#"):
      // Its boxes are x1 y1 x2 y2 and would be read wrongly.
      if LabelV2Header.areMost(sample.lines) {
        throw unrecognised("SCRFD's labelv2.txt, which is the form 'labelv2'")
      }
      if sample.isRetinaFace { return .retinaFace }
    default:
      if sample.isListOfJSON { return .img2pose }
      if sample.isWiderText { return .text }
      if sample.isListOfImages { throw unrecognised("a list of image paths without a face") }
    }
    let start = first.prefix(40)
    throw unrecognised(
      start.allSatisfy { (0x20..<0x7F).contains($0) }
        ? "a file that begins with '\(String(decoding: start, as: UTF8.self))'"
        : "a file of other bytes than text")
  }

  /// Why a JSON text is not one of img2pose's files; nil where it is one.
  private static func jsonProblem(_ text: UnsafeRawBufferPointer) -> String? {
    let isList = text.first { $0 > 0x20 } == UInt8(ascii: "[")
    let list = isList ? "a JSON list" : nil
    guard let keys = JSONOutline.keys(of: text), !keys.isEmpty else {
      return list ?? "a JSON object without a key"
    }
    func member(_ name: StaticString) -> String? {
      JSONOutline.member(name, of: text).map { String(decoding: $0, as: UTF8.self) }
    }
    if let schema = member("schema"), schema.contains("sixdof.image/") {
      return
        "records of SixDoF, which 'label', 'stats', 'check', 'pack' and 'export' read"
    }
    if !isList, member("image_path") != nil, member("bboxes") != nil { return nil }
    let names = keys.map { "'\($0.prefix(40))'" }.joined(separator: ", ")
    return "\(list.map { "\($0) of objects" } ?? "JSON") with the keys \(names)"
  }
}

/// The first lines of a text that are not blank, without white space at their ends. They tell its form.
private struct LineSample {
  private(set) var lines: [UnsafeRawBufferPointer] = []
  private let text: UnsafeRawBufferPointer
  private static let size = 256

  init(_ text: UnsafeRawBufferPointer) {
    self.text = text
    var next = TextLines(bytes: text, position: 0)
    while lines.count < Self.size, let line = next.next() {
      let content = text[line.content].drop(while: isSpace)
      if !content.isEmpty { lines.append(UnsafeRawBufferPointer(rebasing: content)) }
    }
  }

  /// Whether there are headers that name images, or headers that name files in folders, and rows of numbers.
  var isRetinaFace: Bool {
    let headers = lines.filter { $0.first == UInt8(ascii: "#") }
    if headers.contains(where: FileEnding.isImage) { return true }
    return headers.contains(where: Self.hasFolder)
      && lines.contains { $0.first != UInt8(ascii: "#") && Self.isNumbers($0) }
  }

  /// Whether more than half of the lines are names of JSON files.
  var isListOfJSON: Bool { 2 * lines.count { $0.hasEnding(".json") } > lines.count }

  /// Whether a path occurs, followed by a row that can be read or by a count of no faces.
  var isWiderText: Bool {
    var walk = TextLines(bytes: text, position: 0)
    var path: UnsafeRawBufferPointer?
    var (seen, announced) = (0, Int?.none)
    while let line = walk.next(), seen < Self.size || announced == nil {
      let content = text[line.content].drop(while: isSpace)
      if content.isEmpty { continue }
      seen += 1
      let found = UnsafeRawBufferPointer(rebasing: content)
      if WiderFaceTextReader.isPath(line, walk) {
        (path, announced) = (found, nil)
      } else if path != nil, let count = WiderFaceRow.count(found) {
        announced = count
        if count == 0 { return true }
      } else if path != nil, Self.isWiderRow(found) {
        return true
      } else if seen >= Self.size {
        return false
      }
    }
    return false
  }

  var isListOfImages: Bool { lines.allSatisfy(FileEnding.isImage) }

  private static func hasFolder(_ line: UnsafeRawBufferPointer) -> Bool {
    line.contains(UInt8(ascii: "/")) || line.contains(UInt8(ascii: "\\"))
  }

  /// Whether the line has nothing but digits, signs, points and separators.
  private static func isNumbers(_ line: UnsafeRawBufferPointer) -> Bool {
    line.allSatisfy { isSpace($0) || (0x2B...0x39).contains($0) && $0 != 0x2F }
  }

  private static func isWiderRow(_ line: UnsafeRawBufferPointer) -> Bool {
    var numbers = NumberRow()
    do throws(WiderFaceRow.Problem) {
      _ = try WiderFaceRow.read(loosely: line, into: &numbers)
      try WiderFaceRow.check(numbers)
      return true
    } catch {
      return false
    }
  }
}
