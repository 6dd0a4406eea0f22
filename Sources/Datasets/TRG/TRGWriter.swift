public import Codecs
public import Schema

/// Writes a whole `dataset/` root, which TRG's trainer opens with no line of it changed (`TRGRoot`; TARGETS §1).
///
/// Each record goes to the part of its dataset; those of other datasets, where they have 68 points, to that of 300W-LP.
/// Images are the same bytes. `dataset.json` says what is in the root and what TRG also needs.
public struct TRGWriter: EncodingDatasetWriter {
  private let root: OutputFolder
  private let sources: [FileTree]
  private let hasTables: Bool
  private let points: ExportOptions.Points
  private var arkitFace: TRGARKitFacePart
  private var landmarks: TRGLandmarkPart
  private var biwi: TRGBiwiPart

  /// - Parameters:
  ///   - folder: the root; it is created if it is missing.
  ///   - sources: the datasets that records were read from, for arrays that they only name and for BIWI's meshes.
  ///   - tables: needed for records of ARKitFace alone.
  ///   - points: which points BIWI's frames get.
  /// - Throws: `NPYError` where the tables have no mirrored vertices; `FileError`.
  public init(
    folder: String, sources: [FileTree] = [], tables: ARKitFaceTables? = nil,
    points: ExportOptions.Points = .automatic
  ) throws {
    root = OutputFolder(folder)
    (self.sources, self.points, hasTables) = (sources, points, tables != nil)
    // Now, so that tables that do not fit are told before any work is done.
    arkitFace = TRGARKitFacePart(root: folder, flipIndex: try tables?.flipIndex)
    landmarks = TRGLandmarkPart(root: folder)
    biwi = try TRGBiwiPart(root: folder, sources: sources)
  }

  public var makeEncoder: @Sendable () throws -> TRGEncoder {
    let stored = ARKitFaceStoredArrays(sources: sources)
    return { [hasTables, points] in
      TRGEncoder(stored: stored, hasMeshTables: hasTables, points: points)
    }
  }

  public func losses(of record: ImageRecord) -> [String] {
    switch TRGRoot.Part(of: record) {
    case .arkitFace:
      return ARKitFaceWriter(folder: root.path, layout: .trg, sources: sources)
        .losses(of: record)
    case .biwi:
      return BiwiWriter(folder: root.path).losses(of: record).filter { $0 != "landmarks" }
    case .landmarks:
      if record.faces.first?.pose != nil {
        return MATFaceContent(
          record, .threeHundredWLP, isFlip: TRGLandmarkFiles.isFlip(record)
        ).losses
      }
      let others = record.faces.count > 1 ? ["faces beyond an image's first"] : []
      return others + RecordContents.losses(of: record, layouts: [.ibug68], otherSpellings: true)
    }
  }

  public func fileName(of record: ImageRecord) -> String? {
    let part = TRGRoot.Part(of: record)
    let name: String? =
      switch part {
      case .arkitFace: TRGARKitFacePart.paths(of: record).info
      case .landmarks: TRGLandmarkFiles.line(of: record)
      case .biwi: TRGBiwiPart.path(of: record)
      }
    return name.map { part.folder + "/" + $0 }
  }

  public mutating func write(_ sample: TRGEncoder.Sample) throws -> WrittenRecord {
    let (record, image) = (sample.record, sample.image)
    switch sample.content {
    case .leftOut(let reason):
      return .nothing(reason)
    case .arkitFace(let info):
      try arkitFace.write(record, image, info: info)
    case .landmarks(let files):
      guard try landmarks.write(record, image, files) else {
        return .nothing(SharedLandmarkFile.conflict)
      }
    case .biwi(let points, let isReprojected):
      guard
        try biwi.write(record, image, points: points, isReprojected: isReprojected)
      else { return .nothing("images whose sequence has another camera") }
    }
    return .oneFace(of: record)
  }

  public mutating func finish() throws {
    try arkitFace.finish()
    try landmarks.finish()
    try biwi.finish()
    var parts: [(key: String, value: JSONValue)] = []
    if hasTables { parts.append((TRGRoot.Part.arkitFace.folder, arkitFace.description)) }
    if landmarks.count > 0 { parts.append((TRGRoot.Part.landmarks.folder, landmarks.description)) }
    if biwi.count > 0 { parts.append(("BIWI", biwi.description)) }
    let json = JSONValue.object([
      ("trainer", .text("TRG")), ("parts", .object(parts)),
      ("also_needed", .array(needs.map(JSONValue.text))),
    ])
    try root.write((json.prettyText + "\n").utf8, to: "dataset.json")
  }

  public var notes: [String] {
    var held: [String] = []
    if !arkitFace.isEmpty {
      held.append(
        "ARKitFace \(arkitFace.counts["train"] ?? 0) train, \(arkitFace.counts["test"] ?? 0) test")
    }
    if landmarks.count > 0 {
      held.append(
        "300W_LP \(landmarks.counts.map { "\($0.count) of \($0.dataset)" }.joined(separator: ", "))"
      )
    }
    if biwi.count > 0 {
      let (own, reprojected) = biwi.counts
      held.append(
        "BIWI \(biwi.count) (points: \(own) the records' own, \(reprojected) reprojected)")
    }
    return [held.joined(separator: "; ")] + flipNotes + needs
  }

  /// What TRG's mirroring spoils (TARGETS §1.4). The pictures of 300W_LP are mirrored in files, with their points.
  private var flipNotes: [String] {
    guard let count = arkitFace.counts["train"], count > 0 else { return [] }
    return [
      "TRG mirrors each of the \(counted(count, "ARKitFace training image")) half of the time, pixels about (w - 1) / 2 and points about w / 2, so labels are then 1 pixel of the image off"
    ]
  }

  /// What TRG opens before its first step and this root does not have, or what yields it no batch.
  private var needs: [String] {
    var needs: [String] = []
    let train = arkitFace.counts["train"] ?? 0
    if arkitFace.isEmpty {
      needs.append("TRG also needs ARKitFace, train and test")
    } else {
      for split in TRGARKitFacePart.splits where arkitFace.counts[split] == 0 {
        needs.append("TRG also needs ARKitFace's \(split) images; the list is there, and empty")
      }
    }
    if landmarks.count == 0 {
      needs.append("TRG also needs 300W_LP for --dataset_mode multiple")
    }
    if biwi.count == 0 { needs.append("TRG also needs BIWI, on which it validates") }
    // drop_last is set for training and validation alike (TARGETS §1.1).
    for (what, count, batch) in [
      ("images to train on", train + landmarks.count, Self.trainBatch),
      ("ARKitFace test images", arkitFace.counts["test"] ?? 0, Self.validationBatch),
      ("BIWI frames", biwi.count, Self.validationBatch),
    ] where count > 0 && count < batch {
      needs.append("TRG makes no batch of \(count) \(what), for its batches have \(batch)")
    }
    return needs
  }

  private static let (trainBatch, validationBatch) = (128, 64)
}
