internal import Codecs
internal import Rendering
internal import Schema

/// Makes a synthetic ARKitFace dataset with known truth, in both of its layouts.
///
///     perspnet/image/<subject>/<action>/<id>_ar.jpg    perspnet/info/…/<id>_info.npz
///     trg/ARKitFace_image_<split>/image/…              trg/ARKitFace_info_<split>/info/…
///     trg/ARKitFace_list/list/ARKitFace_<split>.csv
///     tables/             the mesh's tables, where they are our own (`ARKitFaceTables`)
///     truth.jsonl         records with the true poses; their image paths are those of perspnet/
public struct ARKitFaceSynthesis: DatasetSynthesis {
  private let folder: String
  private let options: SynthesisOptions
  private let mesh: ARKitFaceMesh
  private var perspNet: ARKitFaceWriter
  private var trg: ARKitFaceWriter
  private var truth = JSONWriter()

  /// - Parameters:
  ///   - folder: it is created if it is missing.
  ///   - options: how many images there are, their size, their seed and the meshes' tables.
  ///   - model: the 68 landmarks of a mean face in metres, in our axes.
  /// - Throws: `NPYError` where the options' tables have no layout of a face.
  public init(folder: String, options: SynthesisOptions, model: [SIMD3<Double>]) throws {
    precondition(model.count == 68, "the 68 landmarks of iBUG")
    self.folder = folder
    self.options = options
    mesh = try ARKitFaceMesh(
      options.meshTables ?? ARKitFaceOwnTables.tables,
      rim: options.meshTables == nil ? ARKitFaceOwnTables.rim : ARKitFaceMesh.authorsRim,
      head: HeadMesh(landmarks: model), landmarks: model)
    perspNet = ARKitFaceWriter(folder: folder + "/perspnet", layout: .perspNet)
    // One layout is stored and the other deflated, so that readers meet both.
    trg = ARKitFaceWriter(folder: folder + "/trg", layout: .trg, isCompressed: true)
  }

  public var draw: @Sendable (_ index: Int, SyntheticPainter) -> [UInt8] {
    { [options, mesh] in ARKitFaceScene(index: $0, mesh: mesh, options: options).jpeg($1) }
  }

  public var summary: String {
    options.meshTables == nil
      ? "in both layouts, tables/ of their mesh, and truth.jsonl"
      : "in both layouts, and truth.jsonl"
  }

  /// Adds image `index` with its files in both layouts. The list and the true records keep the
  /// order of the calls.
  public mutating func add(index: Int, _ jpeg: [UInt8]) throws {
    let scene = ARKitFaceScene(index: index, mesh: mesh, options: options)
    var record = scene.record
    try perspNet.write(record, imageBytes: jpeg)
    try trg.write(record, imageBytes: jpeg)
    record.faces[0].native = nil
    record.write(to: &truth)
  }

  /// Writes TRG's list, the tables and the true records.
  public mutating func finish() throws {
    try perspNet.finish()
    try trg.finish()
    let output = OutputFolder(folder)
    if options.meshTables == nil {
      try ARKitFaceOwnTables.tables.write(to: OutputFolder(folder + "/tables"))
    }
    try output.write(truth.bytes, to: "truth.jsonl")
  }
}
