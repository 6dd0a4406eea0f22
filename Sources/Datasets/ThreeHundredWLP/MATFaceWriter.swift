internal import Codecs
internal import Schema

/// Writes records in the form of 300W-LP or AFLW2000-3D: a .mat file beside each image and, for 300W-LP,
/// one in the landmarks folder.
///
/// Arrays that a record has kept of its source are written back bit for bit. Other records get `Pose_Para`, the
/// landmarks and `roi`, but no arrays of shape or texture, which are not known.
struct MATFaceWriter: DatasetWriter {
  private let form: MATFaceForm
  private let folder: OutputFolder

  init(_ form: MATFaceForm, folder: String) {
    self.form = form
    self.folder = OutputFolder(folder)
  }

  func losses(of record: ImageRecord) -> [String] {
    let paths = paths(of: record)
    let content = MATFaceContent(record, form)
    var losses = content.losses
    if form == .threeHundredWLP, paths.landmarkFile == nil,
      content.arrays.contains(where: { $0.name.hasPrefix("pts_") })
    {
      losses.append("landmarks of images in no folder")
    }
    return losses
  }

  func fileName(of record: ImageRecord) -> String? { paths(of: record).file }

  @discardableResult
  mutating func write(_ record: ImageRecord, image: StoredImage?) throws -> WrittenRecord {
    if case .refused(let problem) = ImagePathVerdict(record.image.path) {
      throw MATError(path: folder.path, detail: problem)
    }
    let paths = paths(of: record)
    let found = MATFaceContent(record, form)
    var content = found.arrays
    if let reason = found.obstacle { return .nothing(reason) }
    if !content.contains(where: { $0.name == "roi" }) {
      // The whole image, counted from 1.
      let size = [record.image.width, record.image.height].map {
        Int16(clamping: $0 ?? PoseParameters.usualSize)
      }
      content.append(MATArray(name: "roi", int16s: [1, 1] + size, rows: 1, columns: 4))
    }
    let isLandmark = { (array: MATArray) in array.name.hasPrefix("pts_") }
    let landmarks = content.filter(isLandmark)
    if form == .threeHundredWLP, let file = paths.landmarkFile, !landmarks.isEmpty,
      try !SharedLandmarkFile.write(landmarks, to: folder.path(of: file))
    {
      return .nothing(SharedLandmarkFile.conflict)
    }
    try write(content.filter { !isLandmark($0) }, to: paths.file)
    if let image { try image.copy(to: folder.path(of: record.image.path)) }
    return .oneFace(of: record)
  }

  mutating func finish() {}

  private func paths(of record: ImageRecord) -> MATFacePaths {
    MATFacePaths(path: record.image.path)
  }

  private func write(_ arrays: [MATArray], to file: String) throws {
    guard !arrays.isEmpty else { return }
    try MATWriter.write(arrays, to: folder.path(of: file))
  }
}
