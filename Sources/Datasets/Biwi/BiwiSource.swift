internal import Codecs
internal import Schema

/// Walks over the dataset and gives its frames, which workers then read.
///
/// The walk gives all files of a folder one after the other, and within it all files of a frame. So only one
/// frame's names and one sequence's cameras are held.
struct BiwiSource: AnnotationSource {
  private let tree: FileTree
  private let options: ReadingOptions
  private let frame: Biwi.Frame
  private var walk: FileWalk
  /// The first file of the next frame.
  private var ahead: BiwiFile?
  private var sequence: BiwiSequence?
  private var hasFrames = false
  private var isAtEnd = false
  /// The number of files passed by the walk.
  private(set) var position = 0

  init(tree: FileTree, options: ReadingOptions, frame: Biwi.Frame) {
    self.tree = tree
    self.options = options
    self.frame = frame
    walk = tree.walk()
  }

  /// 0, for the number of files is not known before the walk's end.
  var size: Int { 0 }

  mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  mutating func nextPending() throws -> PendingOutcome? {
    guard let first = try ahead ?? nextFile() else { return lastWord() }
    ahead = nil
    hasFrames = true
    var files = BiwiFrame(first)
    while let file = try nextFile() {
      if files.add(file) { continue }
      ahead = file
      break
    }
    var issues: [RecordIssue] = []
    let sequence: BiwiSequence
    if let present = self.sequence, present.folder == files.folder {
      sequence = present
    } else {
      sequence = BiwiSequence(folder: files.folder, tree: tree, frame: frame)
      self.sequence = sequence
      issues = sequence.issues
    }
    let reader = BiwiFrameReader(tree: tree, options: options, frame: frame, sequence: sequence)
    if let (code, detail) = Self.lack(in: files) {
      let place = files.images.first ?? files.kinds[0]
      issues.append(RecordIssue(code, at: SourceLocation(file: files.path(place)), detail))
      return .read(Outcome(record: nil, issues: issues))
    }
    return .deferred { [files, issues] in reader.outcome(of: files, issues: issues) }
  }

  private mutating func nextFile() throws -> BiwiFile? {
    while let path = try walk.next() {
      position += 1
      if let file = BiwiFile(path) { return file }
    }
    return nil
  }

  /// What a frame lacks to become a record; nil where it lacks nothing.
  private static func lack(in frame: BiwiFrame) -> (RecordIssue.Code, String)? {
    if !frame.hasPose {
      let name = BiwiFile(folder: frame.folder, stem: frame.stem, kind: .pose).name
      return (.missingPose, "pose: expected '\(name)', found none; the frame is left out")
    }
    if frame.images.isEmpty {
      return (
        .missingImage, "image: expected '\(frame.stem)_rgb.png' or .jpg, found none"
      )
    }
    return nil
  }

  /// The issues that concern the tree as a whole.
  private mutating func lastWord() -> PendingOutcome? {
    guard !isAtEnd else { return nil }
    isAtEnd = true
    var issues: [RecordIssue] = []
    let location = SourceLocation(file: SourceLocation.fileName(of: tree.path))
    if !hasFrames {
      issues.append(
        RecordIssue(
          .missingAnnotation, at: location,
          "frames: expected files such as 'hpdb/01/frame_00003_pose.txt', found none"))
    }
    issues += walk.issues(at: location)
    return issues.isEmpty ? nil : .read(.notes(issues))
  }
}
