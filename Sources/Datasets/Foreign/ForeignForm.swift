internal import Codecs
public import Schema

extension DatasetDescription {
  /// Which side names of points mean, where a file's bytes say it.
  typealias SideReader = @Sendable (UnsafeRawBufferPointer) -> NamedSide?
  /// Reads one annotation file.
  public typealias FileOpener =
    @Sendable (AnnotationFile, ReadingOptions) throws -> any AnnotationSource

  /// A form of annotation files that are recognised and read one by one, named or found in a folder.
  ///
  /// - Parameters:
  ///   - name: as the command line spells it.
  ///   - title: in words.
  ///   - contents: what it holds, in words.
  ///   - isOneAnImage: whether each file annotates one image, so that a folder has many.
  ///   - text: what its files are written in, by which those that cannot be read are told from others of a folder.
  ///   - holdsImages: whether the files hold the pictures too.
  ///   - heeds: the options that make a difference to it.
  ///   - recognises: why a file is of this form, in words that follow "it is"; nil where it is not.
  ///   - read: reads one file.
  public init(
    form name: String, title: String, holds contents: FormContents = FormContents(),
    isOneAnImage: Bool = false, text: FormText = .rows, holdsImages: Bool = false,
    heeds: Set<Option> = [],
    recognises: @escaping @Sendable (FileGlance) -> String?, read: @escaping FileOpener
  ) {
    self.init(name: name, title: title)
    self.recognises = recognises
    (self.contents, self.holdsImages, self.heeds) = (contents, holdsImages, heeds)
    let files = FormFiles(
      name: name, title: title, isOneAnImage: isOneAnImage, text: text, recognises: recognises,
      read: read)
    setReaders(files)
  }

  private mutating func setReaders(_ files: FormFiles) {
    readFiles = { DistinctIDs(try files.source(paths: $0, $1)) }
    readTree = { DistinctIDs(try files.source(in: $0, $1)) }
    self.files = files
  }

  /// A form whose files may say which side names of points mean.
  func statingSides(_ read: @escaping SideReader) -> DatasetDescription {
    guard var files else { return self }
    files.statedSide = read
    var form = self
    form.setReaders(files)
    return form
  }
}

/// The files of one form, and how they are read.
struct FormFiles: Sendable {
  let name: String
  let title: String
  let isOneAnImage: Bool
  var text = FormText.rows
  var statedSide: DatasetDescription.SideReader = { _ in nil }
  let recognises: @Sendable (FileGlance) -> String?
  let read: DatasetDescription.FileOpener

  /// Reads files that the user named.
  ///
  /// - Throws: `UnrecognisedAnnotations` where one is not of the form; `FileError`.
  func source(paths: [String], _ options: ReadingOptions) throws -> any AnnotationSource {
    for path in paths {
      let file = try AnnotationFile(path: path)
      guard isRecognised(file, isNamed: true) else {
        if var fault = file.contents.withBytes({ TextForm.fault(of: $0) }), fault.remedy != nil {
          fault.path = path
          throw fault
        }
        throw UnrecognisedAnnotations(
          path: path == "-" ? "standard input" : path, expected: title,
          found: try InputKind(reading: path).description)
      }
    }
    return try sided(options) { options in
      FileSequence(files: .named(paths[...]), form: self, options: options)
    }
  }

  /// Reads all files of the form that a tree has.
  func source(in tree: FileTree, _ options: ReadingOptions) throws -> any AnnotationSource {
    try sided(options) { options in
      FileSequence(files: .walked(tree, tree.walk()), form: self, options: options)
    }
  }

  /// Whether a file is of the form. Of one that the user named a single row has to be; one that a tree has may have a few
  /// broken rows if no other form takes it.
  func isRecognised(_ file: AnnotationFile, isNamed: Bool) -> Bool {
    file.contents.withBytes { bytes in
      var glance = FileGlance(path: file.path, bytes: bytes)
      if recognises(glance) != nil { return true }
      glance.tolerance = isNamed ? .most : .few
      return recognises(glance) != nil
        && (isNamed || Recognition(of: bytes, path: file.path)?.dataset == name)
    }
  }

  /// Of files that annotate one image each, all vote together on what names of sides mean.
  private func sided(
    _ options: ReadingOptions, _ make: (ReadingOptions) throws -> FileSequence
  ) throws -> any AnnotationSource {
    guard isOneAnImage, options.namedSide == nil else { return try make(options) }
    return try SidedSource(options, at: SourceLocation(file: title), make)
  }

  /// Opens a file, in which the faces vote on what names of sides mean.
  func open(_ file: AnnotationFile, _ options: ReadingOptions) throws -> any AnnotationSource {
    guard !isOneAnImage, options.namedSide == nil, options.sideVote == nil else {
      return try read(file, options)
    }
    let stated = options.stating(file.contents.withBytes(statedSide))
    if stated.namedSide != nil { return try read(file, stated) }
    return try SidedSource(options, at: file.place()) { try read(file, $0) }
  }
}

/// Reads a source twice: first to learn what its names of sides mean, if it has any, then for its records. Where the
/// first time some of a large file's images agree, the second time counts all.
struct SidedSource: AnnotationSource {
  private var source: any AnnotationSource
  private var doubt: RecordIssue?
  /// Counts all faces while they are read; nil where they are counted.
  private var tally: SideVote?
  private let place: SourceLocation
  private var side: NamedSide?

  init(
    _ options: ReadingOptions, at place: SourceLocation,
    _ make: (ReadingOptions) throws -> any AnnotationSource
  ) throws {
    self.place = place
    let vote = SideVote()
    var counting = options
    counting.sideVote = vote
    counting.namedSide = .image
    counting.sidesAreVoted = true
    var first: any AnnotationSource = try make(counting)
    let aware = first as? any SideAwareSource
    if let aware, !aware.hasNamedSides {
      vote.end()
      source = first
      return
    }
    var count = SideCount.all
    if var aware {
      count = try aware.countSides()
    } else {
      while try first.next() != nil {}
    }
    var chosen = options
    chosen.namedSide = vote.majority ?? .image
    chosen.sidesAreVoted = true
    switch count {
    case .all: doubt = vote.doubt(in: place)
    case .some:
      tally = SideVote(isOpen: false)
      (chosen.sideVote, side) = (tally, chosen.namedSide)
    }
    source = try aware?.reading(chosen) ?? make(chosen)
  }

  var position: Int { source.position }
  var size: Int { source.size }

  mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  mutating func nextPending() throws -> PendingOutcome? {
    if doubt == nil {
      if let pending = try source.nextPending() { return pending }
      doubt = tally.take()?.doubt(in: place, taken: side)
    }
    return doubt.take().map { .read(.notes([$0])) }
  }
}

/// A source that knows before it reads faces whether names of sides occur. One that says they do not is read once.
protocol SideAwareSource: AnnotationSource {
  var hasNamedSides: Bool { get }
  /// This source with options in which another side is meant; nil where it has to be made anew. What was looked through
  /// need not be looked through again.
  func reading(_ options: ReadingOptions) -> Self?
  /// Reads faces for their votes alone, as its options say.
  mutating func countSides() throws -> SideCount
}

/// Whose votes told what names of sides mean.
enum SideCount { case all, some }

extension SideAwareSource {
  mutating func countSides() throws -> SideCount {
    while try next() != nil {}
    return .all
  }

  func reading(_ options: ReadingOptions) -> Self? { nil }
}

/// The records of several files of one form, in order.
struct FileSequence: AnnotationSource {
  enum Files {
    case named(ArraySlice<String>)
    case walked(FileTree, FileWalk)
  }

  private var files: Files
  private let form: FormFiles
  private let options: ReadingOptions
  private var current: (any AnnotationSource)?
  private var done = 0

  init(files: Files, form: FormFiles, options: ReadingOptions) {
    (self.files, self.form, self.options) = (files, form, options)
  }

  var position: Int { form.isOneAnImage ? done : done + (current?.position ?? 0) }
  var size: Int { form.isOneAnImage ? 0 : done + (current?.size ?? 0) }

  mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  mutating func nextPending() throws -> PendingOutcome? {
    while true {
      if let pending = try current?.nextPending() { return pending }
      if let current { done += current.size }
      current = nil
      do {
        switch try nextFile() {
        case .oneImage(let place):
          done += 1
          return pending(place)
        case .opened(let file):
          current = try form.open(file, options)
          if let issue = form.surplus(of: file) { return .read(.notes([issue])) }
        case .damaged(let issue): return .read(.notes([issue]))
        case nil: return nil
        }
      } catch let fault as AnnotationFault {
        return .read(.notes([fault.issue]))
      }
    }
  }

  /// Reads a file of one image on whichever thread asks for it.
  private func pending(_ file: Place) -> PendingOutcome {
    .deferred { [form, options] in
      do {
        let opened = try file.open()
        guard form.isRecognised(opened, isNamed: file.tree == nil) else {
          return form.damage(of: opened).map { Outcome(record: nil, issues: [$0]) } ?? .notes([])
        }
        let stated = options.stating(opened.contents.withBytes(form.statedSide))
        var source = try form.read(opened, stated)
        var outcome = try source.next() ?? .notes([])
        if let issue = form.surplus(of: opened) { outcome.issues.append(issue) }
        return outcome
      } catch let fault as AnnotationFault {
        return Outcome(record: nil, issues: [fault.issue])
      } catch {
        let place = SourceLocation(file: SourceLocation.fileName(of: file.path))
        return Outcome(record: nil, issues: [RecordIssue(.unreadableFile, at: place, "\(error)")])
      }
    }
  }

  private struct Place: Sendable {
    var path: String
    var tree: FileTree?

    func open() throws -> AnnotationFile {
      try tree.map { try AnnotationFile(path: path, in: $0) } ?? AnnotationFile(path: path)
    }
  }

  private enum Next {
    /// Recognised when it is read, on another thread.
    case oneImage(Place)
    case opened(AnnotationFile)
    /// One that seems to be of the form and is left out.
    case damaged(RecordIssue)
  }

  private mutating func nextFile() throws -> Next? {
    switch files {
    case .named(var paths):
      guard let path = paths.popFirst() else { return nil }
      files = .named(paths)
      let place = Place(path: path)
      return form.isOneAnImage ? .oneImage(place) : .opened(try place.open())
    case .walked(let tree, var walk):
      // A second reference to the walk would have all that it is still to visit copied for each file.
      files = .named([])
      defer { files = .walked(tree, walk) }
      while let path = try walk.next() {
        if path.hasImageEnding { continue }
        let place = Place(path: path, tree: tree)
        if form.isOneAnImage { return .oneImage(place) }
        guard let file = try? place.open() else { continue }
        if form.isRecognised(file, isNamed: false) { return .opened(file) }
        if let issue = form.damage(of: file) { return .damaged(issue) }
      }
      return nil
    }
  }
}

/// The error for an annotation file that cannot be read on: an issue, after which the next file is read.
public struct AnnotationFault: Error {
  /// What is wrong, and where.
  public let issue: RecordIssue

  /// For what is wrong, in words of the form "what: expected X, found Y".
  public init(_ code: RecordIssue.Code, at place: SourceLocation, _ detail: String) {
    issue = RecordIssue(code, at: place, detail)
  }
}
