public import Codecs
internal import Glibc
internal import Schema

/// WIDER FACE (Yang et al., CVPR 2016) and the forms its annotations travel in. FORMATS §1, §2, §8.
public enum WiderFace {
  /// The forms of annotation, told apart by what a file holds and never by its name.
  public enum Form: String, Sendable {
    /// `wider_face_*_bbx_gt.txt`: boxes and six flags.
    case text = "WIDER FACE text"
    /// `wider_face_*.mat` and the easy, medium and hard lists.
    case matlab = "WIDER FACE .mat"
    /// RetinaFace's `label.txt`: boxes, five landmarks and a quality.
    case retinaFace = "RetinaFace label.txt"
    /// img2pose's list of JSON files, or one such file.
    case img2pose = "img2pose JSON"
  }

  /// What a file holds, or an error that says what was expected.
  public static func form(of file: MappedFile) throws -> Form {
    try file.withBytes { bytes in
      if bytes.starts(with: "MATLAB".utf8) { return .matlab }
      var lines = TextLines(bytes: bytes, position: startOfText(bytes))
      var first: TextLines.Line?
      while let line = lines.next() {
        if !line.content.isEmpty {
          first = line
          break
        }
      }
      guard let first else {
        throw UnrecognisedAnnotations(path: file.path, found: "an empty file")
      }
      let text = lines.text(first.content)
      if text.first == UInt8(ascii: "#") { return .retinaFace }
      if text.first == UInt8(ascii: "{") || text.hasSuffix(".json") { return .img2pose }
      if text.hasSuffix(".jpg") || text.hasSuffix(".jpeg") || text.hasSuffix(".png"),
        let second = lines.next(),
        lines.text(second.content).allSatisfy({ (48...57).contains($0) }),
        !second.content.isEmpty
      {
        return .text
      }
      // A text whose first record is broken still has a path line of WIDER's kind at its head.
      if text.contains(UInt8(ascii: "/")), !text.contains(0) { return .text }
      let start = text.prefix(40)
      let shown =
        start.allSatisfy { (0x20..<0x7F).contains($0) }
        ? "a file that begins with '\(String(decoding: start, as: UTF8.self))'"
        : "a file of other bytes than text"
      throw UnrecognisedAnnotations(path: file.path, found: shown)
    }
  }

  /// Opens annotation files of any form; several are merged by image, the first giving the order.
  ///
  /// - Throws: where a file is missing or its form is not recognised.
  public static func annotations(
    at paths: [String], options: ReadingOptions
  ) throws -> any AnnotationSource {
    precondition(!paths.isEmpty, "at least one annotation file")
    let sources = try paths.map { try annotations(at: $0, options: options) }
    return DistinctIDs(sources.count == 1 ? sources[0] : try MergedAnnotations(sources))
  }

  private static func annotations(
    at path: String, options: ReadingOptions
  ) throws -> any AnnotationSource {
    let file = try MappedFile(path: path)
    switch try form(of: file) {
    case .text: return WiderFaceTextReader(file: file, options: options)
    case .matlab: return try WiderFaceMATReader(path: path, options: options)
    case .retinaFace: return RetinaFaceReader(file: file, options: options)
    case .img2pose: return Img2PoseListReader(file: file, options: options)
    }
  }

  /// Where text begins, after a UTF-8 byte order mark if there is one.
  static func startOfText(_ bytes: UnsafeRawBufferPointer) -> Int {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }
}

/// A file that is no annotation of a known form.
public struct UnrecognisedAnnotations: Error, CustomStringConvertible {
  public let path: String
  public var expected =
    "WIDER FACE text or .mat, a RetinaFace label.txt or an img2pose list of JSON files"
  public let found: String

  public var description: String { "\(path): expected \(expected), found \(found)" }
}

extension UnsafeRawBufferPointer {
  func hasSuffix(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { suffix in
      count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
    }
  }
}
