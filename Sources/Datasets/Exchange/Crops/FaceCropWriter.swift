internal import Codecs
public import Schema
internal import Shards

/// Writes a crop of each face with a table, for whatever network is to be trained. Any records will do.
///
///     images/<path>_<face>.jpg    JPEG, quality 95
///     crops.jsonl                 a line a crop, with landmarks (`FaceCropRow` says what each member means)
///     crops.csv                   the same without landmarks, for spreadsheets and pandas
///
/// or, as `crops-lmdb`, in place of `images/`
///
///     crops.lmdb                  samples of layout `records`: the crop's file, and the crop as a record (`FaceCropRow.record`)
///
/// whose samples are in the order of the tables' lines. `Scripts/python/sixdof_dataset.py` reads it.
///
/// Crops are bilinear without averaging, as `cv2.warpAffine` cuts them; faces that are smaller than the crop are
/// enlarged, and `scale` says by how much. What is beyond the image's rim is black.
public struct FaceCropWriter: EncodingDatasetWriter {
  private let folder: OutputFolder
  private let options: ExportOptions
  private let lines: OutputFile
  private let table: OutputFile
  private let shard: FaceCropShard?
  private var hasHeader = false

  /// Begins the tables.
  ///
  /// - Parameter isShard: whether crops go to an LMDB and not to files of their own.
  /// - Throws: `FileError` or `LMDBError` where an output cannot be made.
  init(folder: String, options: ExportOptions, isShard: Bool = false) throws {
    (self.folder, self.options) = (OutputFolder(folder), options)
    shard = isShard ? try FaceCropShard(path: "\(folder)/crops.lmdb") : nil
    lines = try OutputFile(path: "\(folder)/crops.jsonl")
    table = try OutputFile(path: "\(folder)/crops.csv")
  }

  /// None: what of a face a crop is to hold is the user's choice, and faces without one are counted by reason.
  public func losses(of record: ImageRecord) -> [String] { [] }

  public func fileName(of record: ImageRecord) -> String? {
    FaceCropEncoder.name(of: record, face: 0)
  }

  public var makeEncoder: @Sendable () throws -> FaceCropEncoder {
    { [options] in FaceCropEncoder(options: options) }
  }

  @discardableResult
  public mutating func write(_ sample: FaceCropEncoder.Sample) throws -> WrittenRecord {
    var line = JSONWriter()
    for (row, jpeg) in sample.crops {
      if let shard { try shard.add(row, jpeg) } else { try folder.write(jpeg, to: row.image) }
      line.removeAll()
      row.write(to: &line)
      try lines.write(line.bytes)
      if !hasHeader { try table.write(row.csvHeader.utf8) }
      hasHeader = true
      try table.write(row.csv.utf8)
    }
    return WrittenRecord(
      isWritten: !sample.crops.isEmpty, faces: sample.crops.count, leftOut: sample.leftOut)
  }

  public mutating func finish() throws {
    try lines.finish()
    try table.finish()
    try shard?.finish()
  }
}
