internal import Codecs
internal import Schema

/// WIDER FACE (Yang et al., CVPR 2016) and the forms in which its annotations are passed on. FORMATS §1, §2, §8.
public enum WiderFace {
  /// The forms of annotation, told apart by a file's contents and never by its name.
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

  /// Opens annotation files of any form. Several files are merged by image; the first gives the order.
  ///
  /// - Precondition: there is at least one path.
  /// - Throws: `FileError` where a file cannot be read; `UnrecognisedAnnotations` or `TextFault` where its form
  ///   is not recognised; `MATError` for a broken .mat file.
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
    let file = try PackedFile.open(path)
    switch try form(of: file) {
    case .text: return UniqueEntries(WiderFaceTextReader(file: file, options: options))
    case .matlab: return try WiderFaceMATReader(path: path, options: options)
    case .retinaFace: return UniqueEntries(RetinaFaceReader(file: file, options: options))
    case .img2pose: return UniqueEntries(Img2PoseListReader(file: file, options: options))
    }
  }
}

/// The error for a file that is not an annotation of an expected form.
public struct UnrecognisedAnnotations: Error, CustomStringConvertible {
  /// The file, as the user named it.
  public let path: String
  /// The forms that are accepted, in words.
  public var expected =
    "WIDER FACE text or .mat, a RetinaFace label.txt or an img2pose list of JSON files"
  /// What the file is instead, in words.
  public let found: String

  public var description: String { "\(path): expected \(expected), found \(found)" }
}
