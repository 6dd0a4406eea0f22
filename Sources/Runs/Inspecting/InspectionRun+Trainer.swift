internal import Codecs
internal import Datasets
internal import Schema
internal import Shards

extension InspectionRun {
  /// Prints a sample of an LMDB as a training system's loader gives it.
  ///
  /// - Returns: its picture, where one is wanted and the loader takes the sample.
  func view(
    of sample: StoredSample, _ layout: ShardLayout, _ bytes: UnsafeRawBufferPointer,
    for trainer: Trainer, _ context: RunContext
  ) throws -> [UInt8]? {
    let record = try sample.usableRecord()
    let image: StoredImage
    do throws(ImageError) {
      image = try StoredImage(
        bytes: [UInt8](bytes[sample.image]), with: ImageHeaderReader(limit: images.pixelLimit))
    } catch {
      throw RunFailure("\(RecordIssue(.broken(error), imageOf: record))")
    }
    return try view(
      trainer,
      TrainerInput(
        record: record, image: image, stored: (sample, layout, bytes),
        tables: try tables(), sources: sources.map(FileTree.init), limit: images.pixelLimit),
      context)
  }

  /// Prints a record as a training system's loader gives what is written of it.
  ///
  /// - Returns: as of samples.
  func view(
    of record: ImageRecord, for trainer: Trainer, _ context: RunContext
  ) throws -> [UInt8]? {
    try view(
      trainer,
      TrainerInput(
        record: record, image: try opened(record), tables: try tables(),
        sources: sources.map(FileTree.init), limit: images.pixelLimit), context)
  }

  private func view(
    _ trainer: Trainer, _ input: TrainerInput, _ context: RunContext
  ) throws -> [UInt8]? {
    var fields: [(key: String, value: JSONValue)] = [("as", .text(trainer.name))]
    do {
      let view = try trainer.view(input)
      context.print(try JSONValue.object(fields + view.fields).prettyText)
      return picturePath == nil ? nil : view.drawn(overlays).png()
    } catch let leftOut as LeftOutSample {
      fields.append(("left_out", .text(leftOut.reason)))
      context.print(try JSONValue.object(fields).prettyText)
      if let picturePath {
        context.say("left out  \(leftOut.reason); \(picturePath) is not written")
      }
      return nil
    } catch let rejected as RejectedRecord {
      throw RunFailure("\(rejected)")
    }
  }

  private func tables() throws -> ARKitFaceTables? {
    try meshTables.map(ARKitFaceTables.init)
  }
}
