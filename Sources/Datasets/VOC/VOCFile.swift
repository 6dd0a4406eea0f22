internal import Codecs
internal import Schema

/// A file of Pascal VOC's XML: the objects in one image.
///
/// The challenge's own files count pixels from 1, nearly all tools' from 0, and nothing in a file tells which. They are read as
/// counted from 0 unless `ReadingOptions.pixelOrigin` says 1.
struct VOCFile {
  private var name = ""
  private var size: (width: String?, height: String?)
  private var objects: [VOCObject] = []
  private var native: [(key: String, value: JSONValue)] = []

  /// The record of a file, with the issues of its objects.
  ///
  /// - Throws: `AnnotationFault` where it is no XML that can be read.
  static func outcome(_ file: AnnotationFile, _ options: ReadingOptions) throws -> Outcome {
    do {
      return try file.contents.withBytes { try VOCFile($0) }.outcome(file, options)
    } catch let error as XMLError {
      throw AnnotationFault(
        .malformedRecord, at: file.place(line: error.line), error.description)
    }
  }

  private init(_ bytes: UnsafeRawBufferPointer) throws(XMLError) {
    var cursor = XMLCursor(bytes)
    var lines = LineCount()
    var path: [String] = []
    while let step = try cursor.next() {
      switch step {
      case .start where cursor.depth == 2 && cursor.isNamed("object"):
        let line = lines.line(of: cursor.name.lowerBound, in: bytes)
        objects.append(try VOCObject(&cursor, line: line))
      case .start: path.append(String(decoding: cursor.content, as: UTF8.self))
      case .end: _ = path.popLast()
      case .text: readText(path.dropFirst().joined(separator: "/"), cursor.content)
      }
    }
  }

  private mutating func readText(_ member: String, _ content: UnsafeRawBufferPointer) {
    guard let text = XMLCursor.text(content) else { return }
    switch member {
    case "filename": name = text
    case "size/width": size.width = text
    case "size/height": size.height = text
    case "folder", "path": native.append((member, .text(text)))
    case "source/database": native.append(("database", .text(text)))
    default: break
    }
  }

  private func outcome(_ file: AnnotationFile, _ options: ReadingOptions) -> Outcome {
    var draft = ImageDraft(path: imagePath(file, options))
    draft.setSize(size.width, size.height, at: file.place())
    draft.native = native
    var notes = ShapeNotes()
    for (i, object) in objects.enumerated() {
      let place = file.place(line: object.line)
      draft.issues += object.problems.map {
        RecordIssue(.malformedRecord, at: place, "object \(i + 1): \($0)")
      }
      for kind in object.others { notes.addOther(kind) }
      if object.isFace {
        if let problem = object.strangeOrigin(options) {
          draft.issues.append(RecordIssue(.badLandmark, at: place, "object \(i + 1): \(problem)"))
        }
        if let problem = object.missingBox {
          draft.issues.append(
            RecordIssue(.malformedRecord, at: place, "object \(i + 1): \(problem)"))
        }
        if let face = object.face(options) { draft.faces.append(face) }
      } else {
        notes.addOther(object.name)
      }
    }
    draft.issues += notes.issues(at: file.place())
    return draft.outcome(file.source(options), in: file.name, options)
  }

  /// The named image, if it is that of the file: where their stems differ, files were renamed with their images and the
  /// name inside is an old one. A name without an ending gets that of the image that is there.
  private func imagePath(_ file: AnnotationFile, _ options: ReadingOptions) -> String {
    let plain = name.plainImagePath
    let last = plain.split(separator: "/").last ?? ""
    let hasEnding = FileEnding.isImage(last)
    let stem = hasEnding ? ImageReference.stem(of: last) : last
    if hasEnding, stem == file.stem { return file.imagePath(name) }
    let own = String(file.stem)
    if let found = file.image(ofStem: own, options) { return found }
    return hasEnding ? own + last.dropFirst(stem.count) : own
  }
}
