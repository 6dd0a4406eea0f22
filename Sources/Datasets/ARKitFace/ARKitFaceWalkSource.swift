internal import Codecs
internal import Schema

/// ARKitFace in the order of a walk over its files, for a tree without lists.
///
/// Arrays (or, in WCPA's tests, landmarks) and images are walked side by side, so that a file without its
/// counterpart is found without keeping names in memory.
struct ARKitFaceWalkSource: AnnotationSource {
  private let reader: ARKitFaceSampleReader
  /// The splits still to be walked, the next one last.
  private var waiting: [String?]
  private var split: String?
  private var annotations: SampleWalk?
  private var images: SampleWalk?
  private(set) var position = 0
  let size = 0

  init(reader: ARKitFaceSampleReader) {
    self.reader = reader
    waiting = reader.folders.splitsWithRoots.reversed()
  }

  mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  mutating func nextPending() throws -> PendingOutcome? {
    while true {
      if annotations == nil {
        guard let next = waiting.popLast() else { return nil }
        begin(next)
      }
      try annotations?.advanceIfNeeded()
      try images?.advanceIfNeeded()
      let (annotated, seen) = (annotations?.sample, images?.sample)
      guard annotated != nil || seen != nil else {
        annotations = nil
        continue
      }
      if let seen, annotated.map({ seen.precedes($0) }) ?? true {
        images?.sample = nil
        // The two orders can differ for names that are not numbers, so the files themselves decide.
        if hasAnnotation(seen) { continue }
        return .read(unannotated(seen))
      }
      guard let annotated else { continue }
      annotations?.sample = nil
      if seen == annotated { images?.sample = nil }
      position += 1
      let (reader, split) = (reader, split)
      return .deferred { reader.outcome(of: annotated, split: split, row: nil) }
    }
  }

  private mutating func begin(_ next: String?) {
    split = next
    let roots = reader.folders.roots.filter { $0.split == next }
    // WCPA has landmarks for all of its images, but arrays only for those of its training split.
    let landmarks = roots.filter { $0.kind == .landmarks }
    let kind: ARKitFaceSample.Kind = landmarks.isEmpty ? .info : .landmarks
    annotations = SampleWalk(reader.tree, roots.filter { $0.kind == kind }.map(\.path), kind)
    images = SampleWalk(
      reader.tree, roots.filter { $0.kind == .image }.map(\.path), .image)
  }

  private func hasAnnotation(_ sample: ARKitFaceSample) -> Bool {
    [.info, .landmarks].contains { kind in
      reader.folders.candidates(kind, of: sample, split: split).contains {
        reader.tree.spelling(of: $0.path) != nil
      }
    }
  }

  private func unannotated(_ sample: ARKitFaceSample) -> Outcome {
    let image = reader.folders.candidates(.image, of: sample, split: split).first?.path
    return Outcome(
      record: nil,
      issues: [
        RecordIssue(
          .missingAnnotation, at: SourceLocation(file: image ?? sample.path(.image)),
          "expected '\(sample.path(.info))' among the arrays, found none")
      ])
  }
}

/// The samples named by the files of one kind, in the order of a walk.
private struct SampleWalk {
  private let tree: FileTree
  private let kind: ARKitFaceSample.Kind
  /// The roots still to be walked, the next one last.
  private var roots: [String]
  private var root = ""
  private var walk: FileWalk?
  /// The next sample; nil once it has been taken, and at the end.
  var sample: ARKitFaceSample?

  init(_ tree: FileTree, _ roots: [String], _ kind: ARKitFaceSample.Kind) {
    self.tree = tree
    self.kind = kind
    self.roots = roots.reversed()
  }

  mutating func advanceIfNeeded() throws {
    while sample == nil {
      if walk == nil {
        guard let next = roots.popLast() else { return }
        root = next
        walk = tree.walk(below: next)
      }
      guard let path = try walk?.next() else {
        walk = nil
        continue
      }
      sample = ARKitFaceSample(path: path.dropFirst(root.count + 1), kind: kind)
    }
  }
}
