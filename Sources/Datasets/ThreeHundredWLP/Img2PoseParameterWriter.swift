internal import Codecs
internal import Geometry
internal import Schema

/// Writes img2pose's form of 300W-LP: for each image a JSON file with `pose_para`, and a list of these files
/// (FORMATS §8; vitoralbiero/img2pose, utils/json_loader_300wlp.py).
///
///     json/<set>/<stem>.json, 300W_LP_annotations.txt
///
/// Its loader takes one face an image. It reads numbers of -1 as a missing face, so a coordinate that is
/// exactly -1 is moved by its last bit.
struct Img2PoseParameterWriter: DatasetWriter {
  private let folder: OutputFolder
  private var list = ""

  init(folder: String) { self.folder = OutputFolder(folder) }

  func losses(of record: ImageRecord) -> [String] {
    var losses = content(of: record).losses
    if let face = record.faces.first, face.native != nil { losses.append("source arrays") }
    if !record.isNamedByImg2Pose { losses.append(ImageRecord.unnamedByImg2Pose) }
    if record.image.path.isSpeltOtherwise { losses.append(RecordContents.otherSpellings) }
    if let landmarks = record.faces.first?.landmarks, landmarks.layout == .ibug68,
      landmarks.presentCount < 68
    {
      losses.append("landmarks of which some are missing")
    }
    return losses
  }

  func fileName(of record: ImageRecord) -> String? { Img2PoseFile.name(of: record) }

  @discardableResult
  mutating func write(_ record: ImageRecord, image: StoredImage?) throws -> WrittenRecord {
    let path = record.image.path
    if case .refused(let problem) = ImagePathVerdict(path) {
      throw MATError(path: folder.path, detail: problem)
    }
    guard record.isNamedByImg2Pose else { return .nothing(ImageRecord.unnamedByImg2Pose) }
    let content = content(of: record)
    guard var pose = content.pose, let face = record.faces.first else {
      return .nothing(content.obstacle ?? "images without a face")
    }
    if let kept = keptPose(of: record) { pose = kept }
    func number(_ value: Double) -> JSONValue { .double(value == -1 ? value.nextUp : value) }
    let points = (0..<68).map { i -> JSONValue in
      guard let landmarks = face.landmarks, landmarks.presentCount == 68,
        let position = landmarks.position(i)
      else { return .array([.integer(-1), .integer(-1)]) }
      return .array([number(position.x), number(position.y)])
    }
    let box = [face.box.left, face.box.top, face.box.right, face.box.bottom]
    let json = JSONValue.object([
      ("image_path", .text(path)), ("bboxes", .array([.array(box.map(JSONValue.double))])),
      ("landmarks", .array([.array(points)])),
      ("pose_para", .array([.array(pose.numbers.map(JSONValue.double))])),
    ])
    let file = try Img2PoseFile(of: record, saying: json)
    try file.write(to: folder)
    list += file.name + "\n"
    if let image { try image.copy(to: folder.path(of: path)) }
    return .oneFace(of: record)
  }

  mutating func finish() throws {
    try folder.write(list.utf8, to: "300W_LP_annotations.txt")
  }

  /// The seven numbers of the record's source file, if they still agree with its pose.
  private func keptPose(of record: ImageRecord) -> PoseParameters? {
    guard let json = Img2PoseFile.source(of: record), let face = record.faces.first,
      let head = face.pose,
      let camera = record.camera?.intrinsics,
      let numbers = json["pose_para"]?.elements?.first?.elements?.compactMap(\.number),
      let pose = PoseParameters(checking: numbers)
    else { return nil }
    let height = record.image.height ?? PoseParameters.usualSize
    let isSame = pose.says(
      head.notated, camera, imageHeight: height, isEgocentric: face.isEgocentric)
    return isSame ? pose : nil
  }

  private func content(of record: ImageRecord) -> MATFaceContent {
    MATFaceContent(record, .threeHundredWLP, isFlip: false)
  }
}
