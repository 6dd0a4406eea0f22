internal import Checks
internal import Codecs
internal import Datasets
internal import Schema
internal import Shards

/// The samples of an LMDB that is examined: those whose form is right, with their images.
struct ExaminedShardSource: AnnotationSource {
  private let shard: ShardExamination

  init(_ shard: ShardExamination) { self.shard = shard }

  var position: Int { shard.position }
  var size: Int { shard.count }

  mutating func next() throws -> Outcome? {
    guard let sample = try shard.next() else { return nil }
    let file = SourceLocation.fileName(of: shard.path)
    do throws(SampleFault) {
      var outcome = Outcome(record: try record(sample, file))
      outcome.image = sample.image
      return outcome
    } catch {
      let issue = RecordIssue(
        .malformedRecord, at: SourceLocation(file: file), "sample \(sample.index): \(error)")
      return Outcome(record: nil, issues: [issue])
    }
  }

  private func record(
    _ sample: ShardExamination.Sample, _ file: String
  ) throws(SampleFault) -> ImageRecord {
    var record = try sample.stored.usableRecord()
    if shard.layout.holdsRecords {
      record.origin = SourceLocation(file: file)
    } else {
      record.source.file = file
      record.image.path = String(sample.index)
    }
    return record
  }
}

/// What was found in LMDBs, once all of their samples have passed.
struct ShardFindings: DatasetCheck {
  private let shards: [ShardExamination]

  init(_ shards: [ShardExamination]) { self.shards = shards }

  mutating func add(_ record: ImageRecord, input: Int, image: ImageSummary?) {}

  mutating func finish(_ body: (DatasetFinding) throws -> Void) throws {
    for shard in shards { for finding in shard.findings() { try body(DatasetFinding(finding)) } }
    for finding in try ShardSetCheck.findings(of: shards) { try body(DatasetFinding(finding)) }
  }
}
