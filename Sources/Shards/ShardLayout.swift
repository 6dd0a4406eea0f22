public import Codecs
public import Schema
internal import Synchronization

/// A layout of samples in LMDB files: how a sample is written, how it is read back, and under which keys. Each is
/// described in its own file; `all` lists them, and whoever writes or reads an LMDB looks it up there.
///
/// A sample is one MessagePack value.
public struct ShardLayout: Sendable {
  /// As manifests and the command line spell it.
  public let name: String
  /// The outer form of a sample, in words that follow "expected".
  public let form: String
  /// The least number of digits of a key; those with fewer are padded with zeros.
  public var keyDigits = 10
  /// Whether img2pose's two keys stand beside the samples: `__keys__`, an array of the samples' keys as binary data,
  /// and `__len__`, their number.
  public var hasIndex = false
  /// Whether samples are whole records with their image files.
  public var holdsRecords = false
  /// Whether only images with a pose are kept.
  public var needsPoses = false
  /// Whether samples keep img2pose's local poses, whose mean and deviation lie beside the LMDB.
  public var keepsLocalPoses = false
  /// Whether samples are made of meshes, by the dataset's tables.
  public var needsMeshes = false
  /// The range of an image file's bytes in a sample; nil where the sample has another outer form.
  public var image: @Sendable (MessagePackValue) -> Range<Int>?
  /// Encodes a record whose image file has so many bytes, through an empty writer; nil where the layout leaves the image
  /// out.
  public typealias Encode =
    @Sendable (ImageRecord, Int, any SampleTargets, MessagePackWriter) throws -> EncodedSample?
  /// Reads a sample back whose outer form is right, given where its image is.
  public typealias Decode =
    @Sendable (MessagePackValue, Range<Int>) throws(SampleFault) -> StoredSample
  var encode: Encode
  var decode: Decode

  /// A layout of samples that `image` recognises.
  public init(
    _ name: String, form: String,
    image: @escaping @Sendable (MessagePackValue) -> Range<Int>?,
    encode: @escaping Encode, decode: @escaping Decode
  ) {
    (self.name, self.form) = (name, form)
    (self.image, self.encode, self.decode) = (image, encode, decode)
  }
}

extension ShardLayout: Equatable {
  /// Names are unique.
  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
}

extension ShardLayout {
  /// In the order in which help texts name them. A line here is what a layout needs beside its file.
  private static let known = Mutex<[ShardLayout]>([.img2pose, .records, .perspNet])

  /// All layouts, in the order in which help texts name them.
  public static var all: [ShardLayout] { known.withLock { $0 } }

  /// "img2pose or records".
  static var names: String {
    let names = all.map(\.name)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  /// Adds a layout of a client's own; one of the same name is replaced.
  public static func register(_ layout: ShardLayout) {
    known.withLock { known in
      known.removeAll { $0.name == layout.name }
      known.append(layout)
    }
  }

  /// - Returns: nil where no layout has this name.
  public static func named(_ name: String) -> ShardLayout? { all.first { $0.name == name } }
}

extension ShardLayout {
  /// Reads a sample back.
  ///
  /// - Throws: `SampleFault` where it has another form; what is wrong within is among the sample's faults.
  public func sample(_ value: MessagePackValue) throws(SampleFault) -> StoredSample {
    guard let image = image(value) else {
      throw SampleFault(.form, "expected \(form), found \(value.kind)")
    }
    return try decode(value, image)
  }
}

// Keys
extension ShardLayout {
  /// The key for the number of samples, where there is an index.
  public static let lengthKey = "__len__"
  /// The key for the list of samples' keys, likewise.
  public static let listKey = "__keys__"

  /// Whether the keys of consecutive samples are in ascending byte order. Numbers without padding are not.
  public var hasAscendingKeys: Bool { keyDigits > 1 }

  /// How many keys there are beside the samples'.
  public var indexKeys: Int { hasIndex ? 2 : 0 }

  /// The key of a sample: its number from 0 in decimal, padded with zeros to `keyDigits`, as ASCII.
  public func key(_ index: Int) -> [UInt8] {
    let digits = Array(String(index).utf8)
    return Array(repeating: UInt8(ascii: "0"), count: max(0, keyDigits - digits.count)) + digits
  }

  /// Recognises a file's layout by its keys and its first value.
  ///
  /// An empty file counts as `records`.
  ///
  /// - Returns: nil where it is another program's. `LMDBReader.foreignValues` says what that holds.
  /// - Throws: as `LMDBReader.forEach`, where the file cannot be read.
  public init?(of file: LMDBReader) throws {
    if try file.count() == 0 {
      self = .records
      return
    }
    let foreign = try file.foreignValues(skipping: [Self.listKey, Self.lengthKey])
    guard foreign == nil else { return nil }
    let length = try file.withValue(of: Array(Self.lengthKey.utf8)) {
      MessagePackValue(decoding: $0)
    }
    if case .integer?? = length {
      self = .img2pose
      return
    }
    if let layout = try Self.padded(of: file) {
      self = layout
      return
    }
    let first = try file.withValue(of: Self.img2pose.key(0)) { MessagePackValue(decoding: $0) }
    guard case .array?? = first else { return nil }
    self = .img2pose
  }

  /// The layout of padded keys that the first sample shows; `records` where it is of none's form.
  ///
  /// - Returns: nil where there is no such key.
  public static func padded(of file: LMDBReader) throws -> ShardLayout? {
    try file.withValue(of: records.key(0)) { bytes in
      guard let value = MessagePackValue(decoding: bytes) else { return .records }
      return all.first { $0.hasAscendingKeys && $0.image(value) != nil } ?? .records
    }
  }
}
