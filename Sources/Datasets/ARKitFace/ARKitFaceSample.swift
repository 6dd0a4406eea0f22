internal import Codecs

/// The name of one image in the dataset; it is the same in both layouts.
struct ARKitFaceSample: Sendable, Equatable {
  /// Digits, with leading zeros.
  var subject: String
  /// Such as `09_LeftToRight_Frown`.
  var action: String
  /// A time in milliseconds, kept as text.
  var image: String

  /// The kinds of files, each below a root of its own.
  enum Kind: String, CaseIterable, Sendable {
    case image
    case info
    /// WCPA's landmarks, which a detector found.
    case landmarks = "68landmarks"

    var suffix: String {
      switch self {
      case .image: "_ar.jpg"
      case .info: "_info.npz"
      case .landmarks: "_68landmarks.txt"
      }
    }
  }

  /// The path below a root of the kind, such as `<subject>/<action>/<id>_info.npz`.
  func path(_ kind: Kind) -> String { "\(subject)/\(action)/\(image)\(kind.suffix)" }

  init(subject: String, action: String, image: String) {
    (self.subject, self.action, self.image) = (subject, action, image)
  }

  /// - Parameter path: relative to a root of its kind; nil is returned for any other path.
  init?(path: Substring, kind: Kind) {
    let parts = path.utf8.split(
      separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false
    ).map { Substring($0) }
    guard parts.count == 3, parts[2].hasEnding(kind.suffix) else { return nil }
    self.init(
      subject: String(parts[0]), action: String(parts[1]),
      image: String(parts[2].dropLast(kind.suffix.utf8.count)))
    guard isPlain else { return nil }
  }

  /// Whether the three parts make a path that stays below its root.
  var isPlain: Bool {
    func isPlain(_ part: String) -> Bool {
      !part.isEmpty && part != "." && part != ".."
        && !part.utf8.contains { $0 == 0x2F || $0 == 0 }
    }
    return isPlain(subject) && isPlain(action) && isPlain(image)
  }

  /// Whether a walk over the files of one kind meets this sample before `other`.
  func precedes(_ other: Self) -> Bool {
    for (a, b) in [(subject, other.subject), (action, other.action), (image, other.image)]
    where a != b {
      // All suffixes begin with the same letter, so the order is the same for all kinds.
      return (a + "_").comesBeforeInBytes(b + "_")
    }
    return false
  }
}
