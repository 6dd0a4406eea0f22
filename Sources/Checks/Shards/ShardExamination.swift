internal import Codecs
public import Schema
public import Shards

/// Goes through an LMDB of any layout (FORMATS §8, DESIGN §6), sample by sample, and reports what is wrong.
///
/// It accepts damaged files: where a key is missing or a value has a wrong form, the other values are still
/// examined.
public final class ShardExamination {
  /// A sample that can be used.
  public struct Sample {
    /// The number in its key, from 0.
    public var index: Int
    /// As its layout reads it.
    public var stored: StoredSample
    /// The image file's bytes.
    public var image: [UInt8]
  }

  /// The file, as it was named.
  public let path: String
  /// The layout, as the keys show it.
  public let layout: ShardLayout
  /// The number of samples to which the keys count up, whether all are there or not.
  public let count: Int
  /// How many samples have been passed.
  public private(set) var position = 0
  private let file: LMDBReader
  private let examiner = ImageExaminer()
  private var found: [Finding] = []
  private var poses = ShardPoses()
  private var valueBytes = 0

  /// Opens a shard and checks its keys.
  ///
  /// - Throws: `LMDBError` where there is no such LMDB file; `TruncatedLMDB` where it was cut short; `DamagedLMDB`
  ///   where its pages are damaged.
  public init(path: String) throws {
    self.path = path
    file = try LMDBReader(path: path)
    let keys = try ShardKeys(file)
    (layout, count) = (keys.layout, keys.count)
    for fault in try keys.faults(in: file) { report(.shardKeys, fault) }
  }

  private var name: String { SourceLocation.fileName(of: path) }

  private func report(_ check: Check, _ detail: String, measure: Double? = nil) {
    found.append(
      Finding(check, at: SourceLocation(file: name), measure: measure, detail))
  }

  private func report(_ check: Check, sample index: Int, face: Int? = nil, _ detail: String) {
    let subject = face.map { "sample \(index): face \($0 + 1)" } ?? "sample \(index)"
    found.append(
      Finding(
        check, at: SourceLocation(file: name), record: "img2pose/\(index)", face: face,
        "\(subject): \(detail)"))
  }

  /// The next sample with a correct form; nil at the end.
  ///
  /// - Throws: `LMDBError` or `DamagedLMDB` where a page cannot be read; `ChangedFile` at the end, where the file was
  ///   written to meanwhile.
  public func next() throws -> Sample? {
    while position < count {
      let index = position
      position += 1
      let sample: Sample?? = try file.withValue(of: layout.key(index)) { bytes in
        valueBytes += bytes.count
        guard let value = MessagePackValue(decoding: bytes) else {
          report(
            .shardSample, sample: index,
            "expected one MessagePack value, found \(bytes.count) other bytes")
          return nil
        }
        guard let stored = read(value, index) else { return nil }
        let file = UnsafeRawBufferPointer(rebasing: bytes[stored.image])
        look(at: stored, index, image: file)
        return Sample(index: index, stored: stored, image: Array(file))
      }
      if let sample = sample ?? nil { return sample }
    }
    try file.checkUnchanged()
    return nil
  }

  /// The sample; nil, with a finding, where it has another form.
  private func read(_ value: MessagePackValue, _ index: Int) -> StoredSample? {
    do throws(SampleFault) {
      return try layout.sample(value)
    } catch {
      report(Check(error.kind), sample: index, "\(error)")
      return nil
    }
  }

  private func look(at sample: StoredSample, _ index: Int, image: UnsafeRawBufferPointer) {
    for fault in sample.faults {
      report(Check(fault.kind), sample: index, face: fault.face, fault.detail)
    }
    guard !sample.localPoses.isEmpty else { return }
    // Faults of the image itself are reported by the checks of images.
    let header = (try? examiner.header(image, isWhole: true)) ?? nil
    for fault in poses.add(sample, index, imageSize: header.map { ($0.width, $0.height) }) {
      report(.shardPose, sample: index, face: fault.face, fault.detail)
    }
  }

  /// All findings: on the keys, then on the samples so far, then on the whole file. To be asked once, at the end.
  public func findings() -> [Finding] {
    defer { found = [] }
    for fault in poses.faults() {
      report(.shardPose, sample: fault.sample, face: fault.face, fault.detail)
    }
    if let detail = poses.otherCamera { report(.shardCamera, detail) }
    return found
  }

  /// The moments of the local poses, for `ShardSetCheck`.
  var statistics: PoseMoments { poses.moments }
  /// The counts that a manifest states too.
  var counts: (samples: Int, valueBytes: Int) { (count, valueBytes) }
}
