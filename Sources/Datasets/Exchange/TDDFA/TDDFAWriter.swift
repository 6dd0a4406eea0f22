internal import Codecs
internal import Geometry
public import Schema

/// Writes the training set of 3DDFA and SynergyNet, whose generator was never published: crops of 120 x 120 pixels,
/// lists of them, and their 62 parameters (TARGETS §3).
///
///     train_aug_120x120/<SET>[Flip]_<stem>_<k>.jpg
///     train_aug_120x120.list.train, .list.val     names of crops
///     param_all_norm.npy, .pkl, and …_val         float32, whitened, in the lists' order
///     param_whitening.npy, .pkl                   means and deviations that they were whitened with
///     crops.jsonl                                 image, list and affine map of each crop
///
/// Of a face only the pose and the first 40 and 10 coefficients of shape and expression are held. Copies are named
/// k = 1…N; the first is plain, the others are moved, scaled and turned as seed, path and k decide.
public struct TDDFAWriter: EncodingDatasetWriter {
  private let layout: TDDFALayout
  private let folder: OutputFolder
  private let options: ExportOptions
  private let sources: [FileTree]
  private let model: MorphableLandmarks?
  private let rows: Spool
  private var groups = RecordGroups()
  /// How many crops are in the list of validation, once it is written.
  private var heldOut: Int?

  /// - Throws: `FileError` or `NPYError` where a table cannot be read, or no temporary file can be made.
  init(_ layout: TDDFALayout, _ target: ExportForm.Target) throws {
    (self.layout, options) = (layout, target.options)
    folder = OutputFolder(target.folder)
    sources = try target.sources.map(FileTree.init)
    model = try options.landmarkTables.map(MorphableLandmarks.init)
    // A table that cannot be read is told before any crop is made.
    if case .table(let path) = options.whitening { _ = try TDDFAWhitening(path: path) }
    rows = try Spool()
  }

  public func losses(of record: ImageRecord) -> [String] {
    if record.image.path.hasLineEnd { return [RecordContents.lineEnds] }
    guard let face = record.faces.first else { return ["images without a face"] }
    guard TDDFAFace.isThere(in: face) else { return [TDDFAFace.noArrays] }
    var losses: [String] = []
    if record.faces.count > 1 { losses.append("faces beyond an image's first") }
    if sources.isEmpty, TDDFAFace.isOnlyNamed(in: face) {
      return losses + ["arrays in files of the dataset, which is not given (--source)"]
    }
    if model == nil {
      if face.landmarks?.sixtyEightPoints == nil {
        losses.append(TDDFAEncoder.noLandmarks)
      } else if face.hasContourJaw {
        losses.append(
          "that the jaw's points are a contour, which makes the crop another one (--landmark-tables)"
        )
      }
    }
    if let head = face.pose, !TDDFAFace.isOnlyNamed(in: face),
      let arrays = try? TDDFAFace(of: record, sources: []), arrays.differs(from: head, in: record)
    {
      losses.append("poses other than that of Pose_Para, which is written")
    }
    return losses
  }

  public func fileName(of record: ImageRecord) -> String? {
    TDDFAEncoder.name(of: record, copy: 1)
  }

  public var makeEncoder: @Sendable () throws -> TDDFAEncoder {
    { [options, sources, model] in TDDFAEncoder(options: options, sources: sources, model: model) }
  }

  @discardableResult
  public mutating func write(_ sample: TDDFAEncoder.Sample) throws -> WrittenRecord {
    if let reason = sample.leftOut { return .nothing(reason) }
    let key = groups.add(sample.record)
    for crop in sample.crops {
      try folder.write(crop.jpeg, to: "\(TDDFALayout.images)/\(crop.name)")
      try rows.append(
        TDDFARow(
          name: crop.name, path: sample.record.image.path, key: key,
          isHeldOut: sample.record.source.split.flatMap(Self.isHeldOut), map: crop.map,
          numbers: crop.numbers
        ).bytes)
    }
    return .oneFace(of: sample.record)
  }

  public mutating func finish() throws {
    var lists = TDDFALists(
      layout: layout, folder: folder, options: options, rows: rows, groups: groups)
    heldOut = try lists.write()
  }

  public var notes: [String] {
    guard heldOut == 0, options.valShare > 0 else { return [] }
    return [
      "the list of validation is empty, for no photo is in both lists: a share of \(options.valShare.shortText) of \(counted(groups.groups.count, "photo")) is none"
    ]
  }

  private static func isHeldOut(_ split: String) -> Bool? {
    ["train": false, "val": true, "test": true][split]
  }
}
