internal import Codecs
internal import Schema

/// Makes a synthetic 300W-LP or AFLW2000-3D with known truth.
///
///     300W_LP/AFW/<stem>.{jpg,mat}, AFW_Flip/..., landmarks/AFW/<stem>_pts.mat; HELEN, IBUG, LFPW
///     AFLW2000/imageNNNNN.{jpg,mat}
///     truth.jsonl         the records that a reader should make; their paths begin in the dataset's own folder
public struct MATFaceSynthesis: DatasetSynthesis {
  private let form: MATFaceForm
  private let folder: String
  private let options: SynthesisOptions
  private let model: [SIMD3<Double>]
  private var writer: MATFaceWriter
  private var truth = JSONWriter()

  private var root: String { folder + (form == .aflw2000 ? "/AFLW2000" : "/300W_LP") }

  init(
    _ form: MATFaceForm, in folder: String, options: SynthesisOptions, model: [SIMD3<Double>]
  ) {
    precondition(model.count == 68, "the 68 landmarks of iBUG")
    self.form = form
    self.folder = folder
    self.options = options
    self.model = model
    writer = MATFaceWriter(form, folder: folder + (form == .aflw2000 ? "/AFLW2000" : "/300W_LP"))
  }

  public var summary: String { "in their own layout, and truth.jsonl" }

  public var draw: @Sendable (_ index: Int, SyntheticPainter) -> [UInt8] {
    { [form, options, model] index, painter in
      MATFaceScene(form, index: index, model: model, options: options).jpeg(painter)
    }
  }

  /// Adds image `index` with its files. The true records keep the order of the calls.
  public mutating func add(index: Int, _ jpeg: [UInt8]) throws {
    var record = MATFaceScene(form, index: index, model: model, options: options).record
    try writer.write(record, image: nil)
    try OutputFolder(root).write(jpeg, to: record.image.path)
    record.faces[0].native = nil
    record.write(to: &truth)
  }

  /// Writes the true records.
  public func finish() throws {
    try OutputFolder(folder).write(truth.bytes, to: "truth.jsonl")
  }
}
