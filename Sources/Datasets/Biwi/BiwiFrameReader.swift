internal import Codecs
internal import Geometry
internal import Schema

/// Reads one frame's pose into a record.
struct BiwiFrameReader: Sendable {
  let tree: FileTree
  let options: ReadingOptions
  let frame: Biwi.Frame
  let sequence: BiwiSequence

  /// - Parameters:
  ///   - files: a frame with a pose and an image.
  ///   - issues: those found before, which come first in the outcome.
  func outcome(of files: BiwiFrame, issues: [RecordIssue]) -> Outcome {
    var issues = issues
    let path = files.path(.pose)
    let location = SourceLocation(file: path)
    guard let camera = frame == .colour ? sequence.colour : sequence.depth,
      let colour = sequence.colour
    else {
      let name = sequence.colour == nil ? "rgb.cal" : "depth.cal"
      issues.append(
        RecordIssue(
          .missingCamera, at: location,
          "camera: expected the sequence's '\(name)', found none that can be used"))
      return Outcome(record: nil, issues: issues)
    }
    let (head, text): (BiwiPose, String)
    do {
      (head, text) = try tree.withBytes(of: path, limit: BiwiText.largestFile) { bytes in
        let (head, text) = try BiwiPose.parse(bytes)
        issues += text.warnings(file: path)
        return (head, options.keepsNative ? String(decoding: bytes, as: UTF8.self) : "")
      }
    } catch {
      issues.append(RecordIssue(reading: path, error))
      return Outcome(record: nil, issues: issues)
    }
    // The image belongs to the colour camera, whichever camera the pose is given in.
    let seen = colour.calibration.rig.toColourCamera(head)
    guard let box = BiwiHeadBox.box(of: seen, camera: colour.calibration.intrinsics) else {
      issues.append(
        RecordIssue(
          .malformedRecord, at: location,
          "head centre: expected one before the camera of the images, found it \(seen.translation.z) m away"
        ))
      return Outcome(record: nil, issues: issues)
    }
    var face = Face(box: box)
    face.pose = HeadPose(frame == .colour ? seen : head.extrinsics)
    face.attributes.others = BiwiAttributes.members(
      subject: sequence.subject, sequence: sequence.name, frame: frame)
    if options.keepsNative {
      face.native = .lines(text.split(separator: "\n", omittingEmptySubsequences: false))
    }
    if files.images.count > 1 {
      issues.append(
        RecordIssue(
          .conflictingAnnotation, at: location,
          "image: expected one, found \(files.images.count); '\(files.stem)_\(files.images[0].rawValue)' is used"
        ))
    }
    let record = ImageRecord(
      source: RecordSource(dataset: options.dataset, split: options.split, file: path),
      image: ImageReference(path: files.path(files.images[0])),
      camera: Camera(intrinsics: camera.calibration.intrinsics, provenance: .calibrated),
      faces: [face], native: options.keepsNative ? native : nil)
    return Outcome(record: record, issues: issues)
  }

  /// The text of the cameras' files.
  private var native: NativeValue? {
    var members: [(key: String, value: JSONValue)] = []
    if let colour = sequence.colour { members.append(("rgb.cal", .text(colour.text))) }
    if let depth = sequence.depth { members.append(("depth.cal", .text(depth.text))) }
    return .object(.object(members))
  }
}

/// The attributes that records have for a frame.
enum BiwiAttributes {
  static let subject = "subject_id"
  static let sequence = "sequence"
  /// The camera in which poses are given, as `--frame` names it.
  static let frame = "camera_frame"

  static let names = [subject, sequence, frame]

  static func members(
    subject: String, sequence: String, frame: Biwi.Frame
  ) -> [FaceAttributes.Other] {
    [(Self.subject, subject), (Self.sequence, sequence), (Self.frame, frame.rawValue)]
      .filter { !$0.1.isEmpty }.map { FaceAttributes.Other(name: $0.0, value: .text($0.1)) }
  }
}

extension HeadPose {
  /// An annotated pose of BIWI's head; its translation is in metres.
  init(_ pose: Extrinsics) {
    self.init(
      rotationVector: pose.rotation.rotationVector, translation: pose.translation,
      frame: .biwiHead, scale: .measured, provenance: .annotation)
  }
}
