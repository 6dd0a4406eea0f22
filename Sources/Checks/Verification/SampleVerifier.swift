internal import Codecs
internal import Geometry
internal import Schema
internal import Shards

/// What was found out about one sample.
struct SampleVerdict: Sendable {
  struct Fault: Sendable {
    var check: Check
    /// The face's index, from 0; nil where the whole sample is meant.
    var face: Int?
    var detail: String
  }

  let index: Int
  /// Nil where the key is missing, or the value cannot be read.
  var valueBytes: Int?
  var imageBytes = 0
  var faces = 0
  /// img2pose's local poses, of the faces that have one; nil where they are not known.
  var localPoses: [PoseVector]? = []
  var faults: [Fault] = []

  init(_ index: Int) { self.index = index }

  mutating func report(_ check: Check, face: Int? = nil, _ detail: String) {
    faults.append(Fault(check: check, face: face, detail: detail))
  }
}

/// Examines samples' values, each in one pass over its bytes; use one per thread.
struct SampleVerifier {
  /// Makes img2pose's local poses of a record, as they went into the statistics.
  typealias LocalPoses = OutputVerification.LocalPoses

  let layout: ShardLayout
  let agreement: PoseAgreement
  /// Nil where local poses cannot be made again.
  let localPoses: LocalPoses?
  /// Large images are not a fault here, for whoever packed them allowed them.
  private let examiner = ImageExaminer(limit: PixelLimit(pixels: .max))

  init(layout: ShardLayout, agreement: PoseAgreement, localPoses: LocalPoses?) {
    (self.layout, self.agreement, self.localPoses) = (layout, agreement, localPoses)
  }

  /// - Parameter hash: the expected hash of the value; nil where none was stored.
  func verdict(
    on bytes: UnsafeRawBufferPointer, index: Int, hash: XXH128?
  ) -> SampleVerdict {
    var verdict = SampleVerdict(index)
    verdict.valueBytes = bytes.count
    var isAsWritten = false
    if let hash {
      let found = XXH128(of: bytes)
      isAsWritten = found == hash
      if !isAsWritten {
        verdict.report(
          .outputSample, "value: expected bytes of hash \(hash.text), found \(found.text)")
      }
    }
    guard let value = MessagePackValue(decoding: bytes) else {
      verdict.report(
        .shardSample, "expected one MessagePack value, found \(bytes.count) other bytes")
      verdict.localPoses = nil
      return verdict
    }
    do throws(SampleFault) {
      let sample = try layout.sample(value)
      let header = look(at: UnsafeRawBufferPointer(rebasing: bytes[sample.image]), &verdict)
      look(at: sample, isAsWritten: isAsWritten, &verdict)
      if layout.holdsRecords { look(atRecord: sample.record, header, &verdict) }
    } catch {
      if let image = layout.image(value) {
        _ = look(at: UnsafeRawBufferPointer(rebasing: bytes[image]), &verdict)
      }
      verdict.report(Check(error.kind), face: error.face, error.detail)
      verdict.localPoses = nil
    }
    return verdict
  }

  private func look(
    at image: UnsafeRawBufferPointer, _ verdict: inout SampleVerdict
  ) -> ImageHeader? {
    verdict.imageBytes = image.count
    do throws(ImageError) {
      guard let header = try examiner.header(image, isWhole: true) else { return nil }
      try ImageExaminer.checkEnd(of: image, format: header.format)
      return header
    } catch {
      verdict.report(.outputImage, "image: \(error)")
      return nil
    }
  }

  /// - Parameter isAsWritten: whether the bytes are as they were written. Contradicting sentinels are then
  ///   intended: img2pose's own converter writes such, and so does `--profile img2pose`.
  private func look(
    at sample: StoredSample, isAsWritten: Bool, _ verdict: inout SampleVerdict
  ) {
    verdict.faces = sample.record.faces.count
    verdict.localPoses =
      layout.holdsRecords ? localPoses.map { $0(sample.record) } : sample.localPoses
    for fault in sample.faults where fault.kind != .sentinel || !isAsWritten {
      verdict.report(Check(fault.kind), face: fault.face, fault.detail)
    }
    for pose in sample.poses {
      if let detail = agreement.fault(of: pose) {
        verdict.report(.shardPose, face: pose.face, detail)
      }
    }
  }

  private func look(
    atRecord record: ImageRecord, _ header: ImageHeader?, _ verdict: inout SampleVerdict
  ) {
    guard let header else { return }
    for (name, expected, found) in [
      ("width", record.image.width.map(String.init), String(header.width)),
      ("height", record.image.height.map(String.init), String(header.height)),
      ("format", record.image.format, header.format.rawValue),
    ] {
      if let expected, expected != found {
        verdict.report(
          .outputImage, "image: \(name): expected the record's \(expected), found \(found)")
      }
    }
  }
}
