public import Schema
internal import Synchronization

/// Which side names such as "left eye" mean.
public enum NamedSide: String, Sendable, CaseIterable {
  /// The left eye is on the image's left.
  case image
  /// The left eye is the person's, which on an upright face is on the image's right.
  case subject
}

/// Counts on which side of the image the points lie whose names say "left". Names do not decide it: OpenFace, COCO and
/// most skeletons mean the person's left, CelebA, AFLW and RetinaFace the image's (FORMATS-FOREIGN §1). Any thread may
/// count.
public final class SideVote: Sendable {
  private let image = Atomic<Int>(0)
  private let subject = Atomic<Int>(0)
  private let isEnded: Atomic<Bool>

  /// Whether what is read is read for its votes alone, and no record is made of it.
  var isOpen: Bool { !isEnded.load(ordering: .relaxed) }

  /// Ends the vote: what a source gives from here on are records.
  func end() { isEnded.store(true, ordering: .relaxed) }

  /// Without any vote.
  public init() { isEnded = Atomic(false) }

  /// Without any vote; one that is not open counts along while records are read.
  init(isOpen: Bool) { isEnded = Atomic(!isOpen) }

  /// Counts a face's eyes, or else the corners of its mouth, where both are there.
  ///
  /// - Parameter landmarks: of layout `face5`, put together as if the names meant the image's sides.
  public func count(_ landmarks: Landmarks) {
    for (left, right) in [(0, 1), (3, 4)] {
      guard let one = landmarks.position(left), let other = landmarks.position(right),
        one.x != other.x
      else { continue }
      if one.x < other.x {
        image.add(1, ordering: .relaxed)
      } else {
        subject.add(1, ordering: .relaxed)
      }
      return
    }
  }

  /// How many faces show that the image's side is meant, and the person's.
  typealias Counts = (image: Int, subject: Int)

  /// What was counted since the last time.
  func take() -> Counts {
    (image.exchange(0, ordering: .relaxed), subject.exchange(0, ordering: .relaxed))
  }

  /// Adds what another vote counted.
  func add(_ counts: Counts) {
    image.add(counts.image, ordering: .relaxed)
    subject.add(counts.subject, ordering: .relaxed)
  }

  /// The side that most faces show; nil where there was no vote.
  public var majority: NamedSide? {
    let (image, subject) = counts
    return image + subject == 0 ? nil : image >= subject ? .image : .subject
  }

  /// What is said where neither side has more than 90 %; nil otherwise.
  ///
  /// - Parameters:
  ///   - file: the place that is named.
  ///   - taken: the side that names were taken to mean; nil for the majority's.
  public func doubt(in file: SourceLocation, taken: NamedSide? = nil) -> RecordIssue? {
    let (image, subject) = counts
    guard let majority = taken ?? majority,
      10 * (majority == .image ? image : subject) <= 9 * (image + subject)
    else { return nil }
    return RecordIssue(
      .mixedSides, at: file,
      "names of sides: expected one meaning of left in at least 90 % of the faces, found the image's left in \(image) and the person's in \(subject); taken as the \(majority == .image ? "image's" : "person's")"
    )
  }

  /// Whether so many faces agree that no others are asked.
  var isDecided: Bool {
    let (image, subject) = counts
    return image + subject >= 1000 && 100 * max(image, subject) >= 99 * (image + subject)
  }

  private var counts: Counts {
    (image.load(ordering: .relaxed), subject.load(ordering: .relaxed))
  }
}
