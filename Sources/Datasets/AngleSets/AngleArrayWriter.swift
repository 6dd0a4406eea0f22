internal import Codecs
internal import Geometry
public import Schema

/// Writes crops of faces and their angles as `.npz` files: `image` (N, side, side, 3) uint8, blue first; `pose` (N, 3)
/// yaw, pitch, roll in degrees; `img_size`, the side, a single int64. They are what FSA-Net's trainer and 6DRepNet's
/// BIWI class load. Rows are sorted by set and name, whatever the records' order.
public struct AngleArrayWriter: EncodingDatasetWriter {
  /// Who reads the files.
  public enum Form: Sendable {
    /// 64 x 64 pixels, float32 angles: `AFW.npz`, `AFW_Flip.npz`, … of 300W-LP's folders, `AFLW2000.npz`, and
    /// `BIWI_train.npz` and `BIWI_test.npz` by the records' split, or of sequences drawn two to one.
    case fsaNet
    /// 256 x 256 pixels, float64 angles, of BIWI alone: `BIWI_train.npz` and `BIWI_test.npz` by the records' split,
    /// or `BIWI_noTrack.npz` of all.
    case sixDRepNetBiwi

    /// The width and height of a crop in pixels.
    var side: Int { self == .fsaNet ? 64 : 256 }
  }

  private struct Row {
    var set: String
    var name: String
    var split: String?
    var isBiwi: Bool
    /// Yaw, pitch and roll in radians.
    var angles: SIMD3<Double>
    /// Its crop's number in the spool.
    var crop: Int

    /// The angles in degrees as little-endian float64.
    var doubles: [UInt8] { (0..<3).map { angles[$0] * 180 / .pi }.littleEndianBytes }

    /// The same as float32. Those of a `.mat` file are float32 there, and NumPy 2 computes with them as such.
    var floats: [UInt8] {
      (0..<3).map { axis in
        isBiwi ? Float(angles[axis] * 180 / .pi) : Float(angles[axis]).asNumPyDegrees
      }.littleEndianBytes
    }
  }

  private let folder: String
  private let form: Form
  private let seed: UInt64
  private let crops: Spool
  private var rows: [Row] = []
  private var files: [(name: String, rows: Int)] = []

  /// - Parameters:
  ///   - form: whose arrays are written.
  ///   - folder: it is created if it is missing.
  ///   - seed: of the draw of BIWI's sequences; the same one draws the same.
  /// - Throws: `FileError` where no temporary file can be made in the folder.
  public init(_ form: Form, folder: String, seed: UInt64) throws {
    (self.form, self.folder, self.seed) = (form, folder, seed)
    crops = try Spool(in: folder)
  }

  public var makeEncoder: @Sendable () throws -> AngleCropEncoder {
    { [form] in AngleCropEncoder(form) }
  }

  /// Crops and angles are all that is kept, and of records that cannot be used nothing.
  public func losses(of record: ImageRecord) -> [String] {
    guard let dataset = AngleDataset(record) else { return [AngleDataset.refusal(of: record)] }
    guard form == .fsaNet || dataset == .biwi else {
      return [AngleCropEncoder.listed(record)]
    }
    let isOwn = record.faces.allSatisfy { $0.pose?.provenance ?? .annotation == .annotation }
    return (isOwn ? [] : ["poses other than the dataset's own"])
      + MATFaceContent.unmovedPoints(of: record, dataset)
  }

  public func fileName(of record: ImageRecord) -> String? {
    AngleDataset(record)?.placeInSets(of: record).map { "\($0.set)/\($0.name)" }
  }

  public mutating func write(_ sample: AngleCropEncoder.Sample) throws -> WrittenRecord {
    switch sample {
    case .leftOut(let reason): return .nothing(reason)
    case .crop(let crop, let others):
      rows.append(
        Row(
          set: crop.set, name: crop.name, split: crop.split, isBiwi: crop.isBiwi,
          angles: crop.angles, crop: try crops.append(crop.pixels)))
      return .oneFace(besides: others)
    }
  }

  public mutating func finish() throws {
    rows.sort { ($0.set, $0.name) < ($1.set, $1.name) }
    let training = trainingSequences
    var members: [String: [Int]] = [:]
    for (i, row) in rows.enumerated() {
      members[fileName(of: row, training: training), default: []].append(i)
    }
    for (name, members) in members.sorted(by: { $0.key < $1.key }) {
      try write(members, to: name)
      files.append((name, members.count))
    }
  }

  /// Two of three sequences of BIWI, 16 of its 24, drawn from those whose records name no split.
  private var trainingSequences: Set<String> {
    var sequences: [String] = []
    for row in rows where row.isBiwi && row.split == nil && row.set != sequences.last {
      sequences.append(row.set)
    }
    var random = SplitMix64(seed: seed)
    for i in sequences.indices.reversed() { sequences.swapAt(i, random.below(i + 1)) }
    let count = (2 * Double(sequences.count) / 3).rounded()
    return Set(sequences.prefix(Int(count)))
  }

  private func fileName(of row: Row, training: Set<String>) -> String {
    guard row.isBiwi else { return row.set + ".npz" }
    if let split = row.split { return split == "train" ? "BIWI_train.npz" : "BIWI_test.npz" }
    if form == .sixDRepNetBiwi { return "BIWI_noTrack.npz" }
    return training.contains(row.set) ? "BIWI_train.npz" : "BIWI_test.npz"
  }

  private func write(_ members: [Int], to name: String) throws {
    let (side, count) = (form.side, members.count)
    let file = try NPZFileWriter(path: "\(folder)/\(name)")
    try file.add("image", type: "|u1", shape: [count, side, side, 3]) { put in
      for i in members { try put(try crops[rows[i].crop]) }
    }
    try file.add("pose", type: form == .fsaNet ? "<f4" : "<f8", shape: [count, 3]) { put in
      for i in members { try put(form == .fsaNet ? rows[i].floats : rows[i].doubles) }
    }
    try file.add("img_size", type: "<i8", shape: []) { put in
      try put(Int64(side).littleEndianBytes)
    }
    try file.finish()
  }

  public var notes: [String] {
    var notes = files.map { "\($0.name) has \(counted($0.rows, "row"))" }
    let beyond = rows.count { row in
      !row.isBiwi && (0..<3).contains { !(abs(row.angles[$0] * 180 / .pi) <= 99) }
    }
    if form == .fsaNet, beyond > 0 {
      notes.append(
        "FSA-Net's trainer and test leave out \(counted(beyond, "row")) with an angle beyond 99 degrees"
      )
    }
    guard rows.contains(where: \.isBiwi) else { return notes }
    notes.append(
      "boxes are the records' and not MTCNN's, so crops differ from the published ones; infer finds boxes"
    )
    if form == .fsaNet, rows.contains(where: { $0.isBiwi && $0.split == nil }) {
      notes.append(
        "two thirds of the sequences were drawn for BIWI_train.npz, as published; a person with two sequences may be in both files, which split avoids"
      )
    }
    if form == .sixDRepNetBiwi {
      notes.append(
        "6DRepNet takes the pixels, which are blue first as in the published files, for red first")
    }
    return notes
  }
}
