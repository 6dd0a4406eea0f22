public import Codecs
internal import Geometry
public import Schema

/// Writes `files.txt`, the list of samples by which Hopenet and 6DRepNet read 300W-LP and AFLW2000
/// (FORMATS §3.1), and by which Hopenet reads BIWI. Each line is a path without its ending; no line feed follows the
/// last. Only images are listed whose three angles are all below 99°.
///
/// For BIWI a line is `NN/frame_FFFFF`, and `NN/dockerface-frame_FFFFF_rgb.txt` with the record's box is written
/// too. Where images are given, so are they and the files with their poses, so that the folder alone can be the
/// loader's `data_dir`; otherwise what is written goes into the dataset's own folder.
public struct FileListWriter: DatasetWriter {
  /// Whose list it is.
  public enum Reader: Sendable {
    /// Hopenet's, and of all that took its loaders over.
    case hopenet
    /// 6DRepNet's.
    case sixDRepNet
  }

  private let file: OutputFile
  private let reader: Reader
  private let folder: String
  private let frames: DockerfaceFrames
  /// The dataset of all lines, for a loader reads one.
  private var dataset: AngleDataset?
  private var lines = 0
  private var hasImages = false

  /// - Throws: `FileError` where the file cannot be made.
  public init(folder: String, for reader: Reader) throws {
    file = try OutputFile(path: "\(folder)/files.txt")
    (self.folder, self.reader) = (folder, reader)
    frames = DockerfaceFrames(folder: folder)
  }

  /// The list stands beside a dataset that holds the rest, so only what that dataset cannot hold is lost.
  public func losses(of record: ImageRecord) -> [String] {
    var losses = record.image.path.hasLineEnd ? [RecordContents.lineEnds] : []
    if let refusal = reader.refusal(of: record) {
      losses.append(refusal)
    } else if record.faces.contains(where: {
      $0.pose.map { $0.provenance != .annotation } ?? false
    }) {
      losses.append("poses, which its readers take from the dataset's own files")
    }
    return losses
      + (AngleDataset(record).map { MATFaceContent.unmovedPoints(of: record, $0) } ?? [])
  }

  public func fileName(of record: ImageRecord) -> String? {
    AngleDataset(record) == .biwi ? DockerfaceFrames.line(of: record) : record.image.path
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    let listed: ListedImage
    do throws(LeftOutSample) {
      listed = try ListedImage(record, for: reader, hasImage: image != nil)
    } catch {
      return .nothing(error.reason)
    }
    guard listed.dataset == dataset ?? listed.dataset else {
      return .nothing("images of another dataset than the first's, which has another loader")
    }
    let written = try writeFiles(of: record, listed, image)
    guard written.isWritten else { return written }
    try file.write(((lines == 0 ? "" : "\n") + listed.line).utf8)
    lines += 1
    dataset = listed.dataset
    hasImages = hasImages || image != nil
    return written
  }

  /// Writes a record's own files.
  private func writeFiles(
    of record: ImageRecord, _ listed: ListedImage, _ image: StoredImage?
  ) throws -> WrittenRecord {
    switch listed.dataset {
    case .biwi:
      guard try frames.write(record, line: listed.line, image: image) else {
        return .nothing("images whose box has no area in the image")
      }
      return .oneFace(of: record)
    case .mat(let form):
      guard let image else { return .oneFace(of: record) }
      var tree = MATFaceWriter(form, folder: folder)
      return try tree.write(record, image: image)
    }
  }

  public var notes: [String] {
    var notes = ["files.txt has \(counted(lines, "line"))"]
    if !hasImages {
      notes.append(
        "the loader looks for images and poses beside files.txt: put what was written into the dataset's folder, or give the images"
      )
    }
    if dataset == .biwi {
      notes.append(
        "boxes are the records' and not dockerface's, so crops differ from the published ones; the loader widens them by 0.21 to the sides and below, 0.35 above"
      )
    }
    return notes
  }

  public mutating func finish() throws { try file.finish() }
}

extension FileListWriter.Reader {
  /// Why no loader of this list can read the record's dataset; nil where one can.
  func refusal(of record: ImageRecord) -> String? {
    switch (AngleDataset(record), self) {
    case (.mat, _), (.biwi, .hopenet): nil
    case (.biwi, .sixDRepNet):
      "images of 'biwi', whose poses 6DRepNet reads from an .npz (form 6drepnet-biwi)"
    case (nil, _): AngleDataset.refusal(of: record)
    }
  }
}
