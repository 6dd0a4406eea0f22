internal import Codecs
internal import Schema

/// The folder of one sequence: its cameras, read once, and the person in it.
final class BiwiSequence: Sendable {
  /// The contents of a `.cal` that could be read.
  struct Camera: Sendable {
    var calibration: BiwiCalibration
    var text: String
  }

  let folder: String
  /// Nil where the file is missing or broken.
  let colour: Camera?
  let depth: Camera?
  /// What was wrong with the files that are needed; reported once.
  let issues: [RecordIssue]

  /// - Parameter frame: for the colour camera, depth.cal is optional, and kept only so that it can be written back.
  init(folder: String, tree: FileTree, frame: Biwi.Frame) {
    self.folder = folder
    let tells = !tree.isArchive || Int(tree.name).flatMap(Biwi.subject(ofSequence:)) != nil
    name = folder.split(separator: "/").last.map(String.init) ?? (tells ? tree.name : "")
    var found: [RecordIssue] = []
    func read(_ name: String, isRequired: Bool) -> Camera? {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      return Self.camera(at: path, in: tree, isRequired: isRequired, &found)
    }
    colour = read("rgb.cal", isRequired: true)
    depth = read("depth.cal", isRequired: frame == .depth)
    issues = found
  }

  private static func camera(
    at path: String, in tree: FileTree, isRequired: Bool, _ issues: inout [RecordIssue]
  ) -> Camera? {
    let location = SourceLocation(file: path)
    guard tree.contains(path) else {
      guard isRequired else { return nil }
      issues.append(
        RecordIssue(
          .missingCamera, at: location,
          "calibration: expected a file, found none; no frame of the sequence can be used"))
      return nil
    }
    do {
      return try tree.withBytes(of: path, limit: BiwiText.largestFile) { bytes in
        let (calibration, text) = try BiwiCalibration.parse(bytes)
        issues += text.warnings(file: path)
        return Camera(calibration: calibration, text: String(decoding: bytes, as: UTF8.self))
      }
    } catch {
      issues.append(RecordIssue(reading: path, error))
      return nil
    }
  }

  /// The name of the folder, or of the tree where that is the folder; "" where an archive's name is no sequence.
  let name: String

  /// The person in the sequence, or the folder's name where the dataset has no such sequence.
  var subject: String { Int(name).flatMap(Biwi.subject(ofSequence:)) ?? name }
}

extension RecordIssue.Code {
  /// The code for an annotation file that cannot be used: unreadable, or with wrong contents.
  init(reading error: any Error) {
    // A file that is too large is wrong in its contents: no dataset has such files.
    let isUnreadable = (error as? FileError).map { !$0.isTooLarge } ?? false
    self = isUnreadable ? .unreadableFile : .malformedRecord
  }
}

extension RecordIssue {
  /// Why a file cannot be read. The path is left out, for it depends on where the dataset lies.
  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as FileError: "\(error.action): \(error.errno)"
    case let error as ArchiveError: error.detail
    default: "\(error)"
    }
  }

  /// The issue for a text file that cannot be read, or is not one of the dataset's.
  init(reading path: String, _ error: any Error) {
    switch error {
    case let problem as BiwiTextProblem:
      self.init(
        .malformedLine, at: SourceLocation(file: path, line: problem.line), problem.detail)
    default:
      self.init(
        Code(reading: error), at: SourceLocation(file: path),
        "expected a readable file, found: \(Self.reason(error))")
    }
  }
}
