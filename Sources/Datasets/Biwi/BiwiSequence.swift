internal import Codecs
internal import Schema

/// One sequence's folder: its cameras, read once, and who is seen.
final class BiwiSequence: Sendable {
  /// A `.cal` that could be read.
  struct Camera: Sendable {
    var calibration: BiwiCalibration
    var text: String
  }

  let folder: String
  /// nil where the file is missing or broken.
  let colour: Camera?
  let depth: Camera?
  /// What was wrong with the files that are needed, to be told once.
  let issues: [RecordIssue]

  /// - Parameter frame: in the colour camera, depth.cal is not needed and kept only for the way back.
  init(folder: String, tree: FileTree, frame: Biwi.Frame) {
    self.folder = folder
    let tells = !tree.isArchive || Int(tree.name).flatMap(Biwi.subject(ofSequence:)) != nil
    name = folder.split(separator: "/").last.map(String.init) ?? (tells ? tree.name : "")
    var found: [RecordIssue] = []
    func read(_ name: String, isRequired: Bool) -> Camera? {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      var issues: [RecordIssue] = []
      let camera = Self.camera(at: path, in: tree, &issues)
      if isRequired || camera != nil { found += issues }
      return camera
    }
    colour = read("rgb.cal", isRequired: true)
    depth = read("depth.cal", isRequired: frame == .depth)
    issues = found
  }

  private static func camera(
    at path: String, in tree: FileTree, _ issues: inout [RecordIssue]
  ) -> Camera? {
    let location = SourceLocation(file: path)
    guard tree.contains(path) else {
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

  /// The folder's own name, which may be the tree's; "" where an archive's name tells no sequence.
  let name: String

  /// Who is seen; the folder's name where it is no number of the dataset's.
  var subject: String { Int(name).flatMap(Biwi.subject(ofSequence:)) ?? name }
}

extension RecordIssue {
  /// A text file that cannot be read, or is none of the dataset's.
  init(reading path: String, _ error: any Error) {
    switch error {
    case let problem as BiwiTextProblem:
      self.init(
        .malformedLine, at: SourceLocation(file: path, line: problem.line), problem.detail)
    case let error as FileError:
      // Its own path depends on where the dataset lies.
      self.init(
        .malformedRecord, at: SourceLocation(file: path),
        "expected a readable file, found: \(error.action): \(error.errno)")
    default:
      self.init(
        .malformedRecord, at: SourceLocation(file: path),
        "expected a readable file, found: \((error as? ArchiveError)?.detail ?? "\(error)")")
    }
  }
}
