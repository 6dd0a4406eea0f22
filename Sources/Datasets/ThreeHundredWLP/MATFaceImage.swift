internal import Codecs
internal import Geometry
internal import Schema

/// One image of 300W-LP or AFLW2000-3D: which files it has, and what they say.
///
/// Reading is independent of other images, so any thread may do it.
struct MATFaceImage: Sendable {
  let form: MATFaceForm
  let tree: FileTree
  let options: ReadingOptions
  /// The .mat file's path in the tree.
  let file: String
  /// The image's, where the walk has met it.
  let imagePath: String?

  /// Real files have 4 KB.
  private static let largestFile = 16 << 20

  static let imageSuffixes = [".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"]

  private var paths: MATFacePaths {
    MATFacePaths(stem: String(file.dropLast(4)), top: SourceLocation.fileName(of: tree.path))
  }

  private var isFlip: Bool { form == .threeHundredWLP && paths.isFlip }

  private var landmarkFile: String? { form == .threeHundredWLP ? paths.landmarkFile : nil }

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
      report(.malformedRecord, failure.detail)
      return Outcome(record: nil, issues: issues)
    case .success(let found): main = found
    }
    var arrays = main.arrays
    for other in main.others {
      report(
        .conflictingAnnotation,
        "\(other.name): expected a matrix of numbers, found \(other.kind), which is left out")
    }
    if let landmarkFile, tree.contains(landmarkFile) {
      switch self.arrays(of: landmarkFile) {
      case .failure(let failure):
        report(
          .unusableLandmarks, "\(landmarkFile): \(failure.detail); pt2d is used instead")
      case .success(let found): arrays += found.arrays.filter { $0.name.hasPrefix("pts_") }
      }
    }
    do throws(FaceParameters.Failure) {
      let parameters = try FaceParameters(
        form, isFlip: isFlip, imageWidth: PoseParameters.usualSize
      ) { name in arrays.first { $0.name == name } }
      for finding in parameters.findings { report(finding.code, finding.detail) }
      if options.testProtocol == .img2pose, !parameters.pose.isWithin99Degrees {
        return Outcome(record: nil, issues: issues, isOutsideProtocol: true)
      }
      return Outcome(record: record(parameters, arrays, imagePath: path), issues: issues)
    } catch {
      report(.malformedRecord, error.detail)
      return Outcome(record: nil, issues: issues)
    }
  }

  private func record(
    _ parameters: FaceParameters, _ arrays: [MATArray], imagePath: String
  ) -> ImageRecord {
    var face = Face(box: parameters.box)
    face.landmarks = parameters.landmarks
    let size = PoseParameters.usualSize
    let camera = PoseParameters.camera(width: size, height: size)
    face.pose = HeadPose(parameters.pose, camera, imageHeight: size)
    var others = [("source_photo", JSONValue.text(paths.sourcePhoto(form)))]
    if isFlip { others.append(("flip", .boolean(true))) }
    if parameters.landmarkSource == .mirroredPts3d {
      others.append(("mirrored-landmarks", .boolean(true)))
    }
    if parameters.landmarkSource == .pt2d { others.append(("contour-jaw", .boolean(true))) }
    others.append(("within_99_degrees", .boolean(parameters.pose.isWithin99Degrees)))
    face.attributes.others = others.map { FaceAttributes.Other(name: $0.0, value: $0.1) }
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
    let suffix = Self.imageSuffixes.first { tree.contains(stem + $0) }
    return stem + (suffix ?? ".jpg")
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
        FaceParameters.Failure(detail: "expected a readable file, found: \(error)"))
    }
  }
}

extension HeadPose {
  /// The annotated pose, lifted to a pinhole camera.
  init(_ parameters: PoseParameters, _ camera: Intrinsics, imageHeight: Int) {
    let pose = parameters.extrinsics(camera, imageHeight: imageHeight)
    self.init(
      rotationVector: pose.rotation.rotationVector, translation: pose.translation,
      provenance: .annotation)
  }
}
