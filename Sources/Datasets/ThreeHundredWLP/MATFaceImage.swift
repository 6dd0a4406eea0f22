internal import Codecs
internal import Geometry
public import Schema

/// One image of 300W-LP or AFLW2000-3D: its files and their contents.
///
/// Reading does not depend on other images, so it may be done on any thread.
struct MATFaceImage: Sendable {
  let form: MATFaceForm
  let tree: FileTree
  let options: ReadingOptions
  /// The path of the .mat file in the tree.
  let file: String
  /// The path of the image; nil where the walk has not met it.
  let imagePath: String?

  /// In bytes; real files have 4 KB.
  private static let largestFile = 16 << 20

  private let paths: MATFacePaths

  init(
    form: MATFaceForm, tree: FileTree, options: ReadingOptions, file: String, imagePath: String?
  ) {
    (self.form, self.tree, self.options) = (form, tree, options)
    (self.file, self.imagePath) = (file, imagePath)
    paths = MATFacePaths(
      stem: String(file.dropLast(4)), top: SourceLocation.fileName(of: tree.path))
  }

  private var isFlip: Bool { form == .threeHundredWLP && paths.isFlip }

  private var landmarkFile: String? {
    guard form == .threeHundredWLP, let path = paths.landmarkFile else { return nil }
    return tree.spelling(of: path)
  }

  func read() -> Outcome {
    var issues: [RecordIssue] = []
    func report(_ code: RecordIssue.Code, _ detail: String) {
      issues.append(RecordIssue(code, at: SourceLocation(file: file), detail))
    }
    let path = imagePath ?? likelyImagePath
    switch ImagePathVerdict(path) {
    case .plain: break
    case .refused(let problem):
      report(.unsafePath, problem)
      return Outcome(record: nil, issues: issues)
    case .withSpace:
      report(
        .pathWithSpace,
        "image path: expected no spaces, which img2pose's lists cannot hold, found '\(path)'")
    }
    let main: MATArrays
    switch arrays(of: file) {
    case .failure(let failure):
      report(failure.code, failure.detail)
      return Outcome(record: nil, issues: issues)
    case .success(let found): main = found
    }
    var arrays = main.arrays
    for other in main.others {
      report(
        .conflictingAnnotation,
        "\(other.name): expected a matrix of numbers, found \(other.kind), which is left out")
    }
    arrays += landmarkArrays(report)
    do throws(FaceParameters.Failure) {
      let parameters = try FaceParameters(
        form, isFlip: isFlip, imageWidth: PoseParameters.usualSize,
        imageHeight: PoseParameters.usualSize, model: options.landmarkModel
      ) { name in arrays.first { $0.name == name } }
      for finding in parameters.findings { report(finding.code, finding.detail) }
      if options.testProtocol == .img2pose, !parameters.pose.angles.isWithin99Degrees {
        return Outcome(record: nil, issues: issues, isOutsideProtocol: true)
      }
      let record = record(parameters, arrays, imagePath: path)
      if record.faces[0].pose == nil {
        report(
          .missingPose,
          "Pose_Para: expected numbers that place a head before the camera, found \(parameters.pose.numbers)"
        )
      }
      return Outcome(record: record, issues: issues)
    } catch {
      report(error.code, error.detail)
      return Outcome(record: nil, issues: issues)
    }
  }

  /// The points of the file of landmarks; none where there is no such file, or it is broken, which is reported.
  private func landmarkArrays(_ report: (RecordIssue.Code, String) -> Void) -> [MATArray] {
    guard let landmarkFile else { return [] }
    switch arrays(of: landmarkFile) {
    case .failure(let failure):
      report(
        failure.code == .unreadableFile ? .unreadableFile : .unusableLandmarks,
        "\(landmarkFile): \(failure.detail); pt2d is used instead")
      return []
    case .success(let found): return found.arrays.filter { $0.name.hasPrefix("pts_") }
    }
  }

  private func record(
    _ parameters: FaceParameters, _ arrays: [MATArray], imagePath: String
  ) -> ImageRecord {
    var face = Face(box: parameters.box)
    face.landmarks = parameters.landmarks
    let size = PoseParameters.usualSize
    let camera = PoseParameters.camera(width: size, height: size)
    let isEgocentric = options.makesEgocentric
    face.pose = HeadPose(
      parameters.pose, camera, imageHeight: size, isEgocentric: isEgocentric)
    face.attributes.others = paths.attributes(
      form, parameters.pose, landmarks: parameters.landmarkSource, isEgocentric: isEgocentric)
    if parameters.box.isDegenerate { face.attributes.degenerate = true }
    if options.keepsNative {
      face.native = .arrays(
        arrays.map {
          NativeArray(
            $0, in: $0.name.hasPrefix("pts_") ? landmarkFile ?? file : file, options: options)
        })
    }
    return ImageRecord(
      source: RecordSource(dataset: options.dataset, split: options.split, file: file),
      image: ImageReference(path: imagePath),
      camera: Camera(intrinsics: camera, provenance: .weakPerspective), faces: [face])
  }

  private var likelyImagePath: String {
    let stem = paths.stem
    return tree.image(ofStem: stem) ?? stem + ".jpg"
  }

  private func arrays(of path: String) -> Result<MATArrays, FaceParameters.Failure> {
    do {
      return .success(
        try tree.withBytes(of: path, limit: Self.largestFile) { bytes in
          try MATArrays(bytes, path: path, limit: Self.largestFile)
        })
    } catch let error as MATError {
      return .failure(FaceParameters.Failure(detail: error.detail))
    } catch {
      return .failure(
        FaceParameters.Failure(
          code: RecordIssue.Code(reading: error),
          detail: "expected a readable file, found: \(RecordIssue.reason(error))"))
    }
  }
}

/// The names of attributes that records have for a face.
enum MATFaceAttributes {
  /// Says that the rotation was made relative to the camera's axis.
  static let egocentric = "egocentric"
}

extension Face {
  /// Whether the rotation is relative to the camera's axis, and no longer the annotated one, which is relative to
  /// the line of sight.
  public var isEgocentric: Bool {
    attributes.others.contains {
      $0.name == MATFaceAttributes.egocentric && $0.value == .boolean(true)
    }
  }
}

extension HeadPose {
  /// The annotated pose, lifted to a pinhole camera; nil where it is not a plausible head pose.
  init?(
    _ parameters: PoseParameters, _ camera: Intrinsics, imageHeight: Int, isEgocentric: Bool = false
  ) {
    let pose = parameters.extrinsics(
      camera, imageHeight: imageHeight, isEgocentric: isEgocentric)
    guard pose.isPlausible else { return nil }
    self.init(
      rotationVector: pose.rotation.rotationVector, translation: pose.translation,
      provenance: .annotation)
  }
}
