internal import Codecs
internal import Schema

extension DatasetDescription {
  /// YOLO's label files: yolov5-face, Ultralytics pose, and DirectMHP's angles. FORMATS-FOREIGN A10.
  static let yolo: DatasetDescription = {
    var form = DatasetDescription(
      form: "yolo", title: "YOLO labels",
      holds: FormContents(
        box: "centre and size in fractions", landmarks: "5 or 68 points in fractions",
        visibility: "third numbers, and negative ones", pose: "angles, as DirectMHP has them",
        loses: "outlines"), isOneAnImage: true,
      heeds: [.sides, .pointNames, .eulerConvention],
      recognises: { YOLOLabels.reason(for: $0) },
      read: { file, options in
        guard let tree = file.tree else {
          throw AnnotationFault(
            .unreadableFile, at: file.place(),
            "labels: expected a file in a folder, as its name is the image's, found a stream; name the file"
          )
        }
        let labels = YOLOLabels(tree: tree, options)
        return OutcomeSource(labels.outcome(label: file.path, image: nil))
      })
    form.readTree = { tree, options in
      guard options.namedSide == nil else { return DistinctIDs(YOLOTree(tree, options)) }
      return DistinctIDs(
        try SidedSource(options, at: SourceLocation(file: "data.yaml")) { YOLOTree(tree, $0) })
    }
    return form
  }()
}

/// The images of a tree with YOLO's labels, in the tree's order. One without a label file shows no face; a label file
/// without an image is an issue.
struct YOLOTree: SideAwareSource {
  private var walk: FileWalk
  private let labels: YOLOLabels
  private(set) var position = 0

  init(_ tree: FileTree, _ options: ReadingOptions) {
    walk = tree.walk()
    labels = YOLOLabels(tree: tree, options)
  }

  var size: Int { 0 }
  var hasNamedSides: Bool { labels.hasPointNames }

  mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  mutating func nextPending() throws -> PendingOutcome? {
    while let path = try walk.next() {
      if path.hasImageEnding {
        let label = YOLOLabels.label(of: path)
        let isThere = labels.tree.contains(label)
        // Without a label file, only the layout tells an image of the dataset from any other picture.
        guard isThere || YOLOLabels.isInImages(path) else { continue }
        position += 1
        return .deferred { [labels] in labels.outcome(label: isThere ? label : nil, image: path) }
      }
      if path.hasEnding(".txt"), labels.image(of: path) == nil, labels.areLabels(path) {
        position += 1
        return .deferred { [labels] in labels.outcome(label: path, image: nil) }
      }
    }
    return nil
  }
}
