public import Schema

/// A dataset's annotations as records, one image at a time, in the source's order.
///
/// A synchronous pull: nothing is read ahead beyond the image that is asked for. What is wrong with
/// an image is in its outcome; only what ends the whole run is thrown.
public protocol AnnotationSource {
  /// The next image, or nil at the end.
  mutating func next() throws -> Outcome?
  /// How much of `size` has been read, for progress.
  var position: Int { get }
  var size: Int { get }
}

/// What all readers are told.
public struct ReadingOptions: Sendable {
  /// The records' `source.dataset`.
  public var dataset: String
  /// The split where the user names it; otherwise the file's name tells.
  public var split: String?
  /// Whether to keep source text under `native`.
  public var keepsNative = true

  public init(dataset: String) { self.dataset = dataset }
}

extension RecordSource {
  /// The source of a record read from an annotation file.
  ///
  /// The split is a word of the file's name (`wider_face_val_bbx_gt.txt`) or, failing that, its
  /// folder's whole name (RetinaFace's `val/label.txt`).
  init(annotationPath path: String, options: ReadingOptions) {
    let parts = path.split(separator: "/")
    let file = parts.last.map(String.init) ?? path
    let words = file.lowercased().split { "_-.".contains($0) }.map(String.init)
    let folder = parts.dropLast().last.map { $0.lowercased() } ?? ""
    let names = ["train", "val", "test"]
    let found = names.first(where: words.contains) ?? names.first { $0 == folder }
    self.init(dataset: options.dataset, split: options.split ?? found, file: file)
  }
}

/// What an image path's characters say of its use.
enum ImagePathVerdict: Equatable {
  case plain
  /// It can be used, but not in img2pose's lists.
  case withSpace
  /// It cannot be used; the text says why.
  case refused(String)
}

/// An image path is to stay inside the folder it is relative to.
func verdict(onImagePath path: String) -> ImagePathVerdict {
  if path.isEmpty { return .refused("image path: expected a path, found an empty one") }
  var hasSpace = false
  var previous = UInt8(ascii: "/")
  for (i, byte) in path.utf8.enumerated() {
    switch byte {
    case 0: return .refused("image path: expected text, found a zero byte")
    case UInt8(ascii: "/") where i == 0:
      return .refused("image path: expected a relative path, found '\(path)'")
    // Only a path with two dots in a row is worth taking apart.
    case UInt8(ascii: ".") where previous == byte && path.split(separator: "/").contains(".."):
      return .refused("image path: expected a path without '..', found '\(path)'")
    case UInt8(ascii: " "): hasSpace = true
    default: break
    }
    previous = byte
  }
  return hasSpace ? .withSpace : .plain
}
