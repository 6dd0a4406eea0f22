internal import Codecs
internal import Geometry
internal import Schema

extension Landmarks.Layout {
  /// The names under which a drawing tool has the points, which our readers map back: of five, those of `PointNames`
  /// with left meaning the image's left; of iBUG's 68, their numbers from 0. nil for a layout that no tool's names are
  /// read as.
  var toolNames: [String]? {
    switch self {
    case .face5: PointNames.ours
    case .ibug68: Self.numbers
    case .aflw21, .mediapipe468: nil
    }
  }

  private static let numbers = (0..<68).map(String.init)

  /// The layouts that have such names.
  static let named: Set<Landmarks.Layout> = [.face5, .ibug68]
}

/// The words that a form lists in front of or beside its images. What records make up cannot fill the memory.
struct KnownWords {
  private var known: Set<String> = []
  private static let most = 4096

  /// Whether a word comes for the first time, and there is room for it.
  mutating func isNew(_ word: String) -> Bool {
    known.count < Self.most && known.insert(word).inserted
  }
}

/// Counts whether a file's names of sides will be read as they were written. Readers ask the faces which side "left"
/// means, and the majority of faces that are upside down, or whose sides are exchanged, answers wrongly.
struct WrittenSides {
  private let vote = SideVote()

  func count(_ landmarks: Landmarks?) {
    if let landmarks, landmarks.layout == .face5 { vote.count(landmarks) }
  }

  /// What is to be known, in a sentence without its full stop; nil where readers are right by themselves.
  var note: String? {
    vote.majority == .subject
      ? "in most faces the eye on the image's left is named right, or they are upside down: where a tool leaves out which side is meant ('\(StatedSide.name)'), read the points back with '--sides image'"
      : nil
  }
}

extension ImageRecord {
  /// Words for images that cannot be written because places are in shares of their size.
  static let withoutSize = "images whose size is not known"

  /// Width and height of the stored image in pixels; nil where neither the record nor the image's file tells them.
  func size(or image: StoredImage?) -> SIMD2<Int>? {
    if let image { return SIMD2(image.header.width, image.header.height) }
    guard let width = self.image.width, let height = self.image.height else { return nil }
    return SIMD2(width, height)
  }

  /// Words for what tools lose that show images turned by their EXIF orientation, so that coordinates of the stored pixels lie
  /// elsewhere on them; `RecordContents` has what else a form loses.
  func turningLosses(_ turnsImages: Bool = true) -> [String] {
    turnsImages && image.orientation != nil
      ? ["images with an EXIF orientation, which the tool turns and the coordinates not"] : []
  }
}
