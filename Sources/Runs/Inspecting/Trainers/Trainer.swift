internal import Codecs
internal import Datasets
internal import Schema
internal import Shards

/// A training system of which `inspect` shows samples as its loader gives them to its network, without augmentation.
public struct Trainer: Sendable {
  /// As the command line spells it.
  public let name: String
  /// What its loader gives the network, in words.
  public let summary: String
  /// - Throws: `LeftOutSample` where its loader takes no sample of it; what ends the run.
  let view: @Sendable (TrainerInput) throws -> TrainerView

  init(
    _ name: String, _ summary: String,
    view: @escaping @Sendable (TrainerInput) throws -> TrainerView
  ) {
    (self.name, self.summary, self.view) = (name, summary, view)
  }

  /// In the order in which help texts name them.
  public static let all = [trg, perspNet, img2pose, hopenet]

  /// - Returns: nil where no system has this name.
  public static func named(_ name: String) -> Trainer? { all.first { $0.name == name } }
}

/// What a training system's sample is made of.
struct TrainerInput {
  /// Of records the whole record; of an LMDB what its layout keeps.
  var record: ImageRecord
  /// Of layout `perspnet` the piece of the image about the face.
  var image: StoredImage
  /// The sample of an LMDB with its layout and its bytes, which are valid only while the view is made; nil for
  /// records.
  var stored: (sample: StoredSample, layout: ShardLayout, bytes: UnsafeRawBufferPointer)?
  /// Nil where none were named.
  var tables: ARKitFaceTables?
  /// The datasets in which arrays are looked up that records only name.
  var sources: [FileTree]
  /// Of images that are decoded.
  var limit: PixelLimit

  /// All pixels of the image.
  ///
  /// - Throws: `RunFailure` where they cannot be decoded.
  func pixels() throws -> PixelImage { try pixels(of: image.bytes()) }

  /// All pixels of an image file that is the record's or a piece of it, likewise.
  func pixels(of bytes: [UInt8]) throws -> PixelImage {
    do {
      return try bytes.withUnsafeBytes { try PixelImage(decoding: $0, limit: limit) }
    } catch let error as ImageError {
      throw RunFailure("\(RecordIssue(.broken(error), imageOf: record))")
    }
  }
}
