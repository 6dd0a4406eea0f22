internal import Codecs
internal import Geometry
public import Schema
internal import Shards

/// An output's manifest as `verify` reads it: the expected contents of each file, as far as they are stated.
public struct OutputManifest: Sendable {
  /// A file of the output.
  public struct Entry: Sendable {
    /// Its name, without a folder.
    public var file: String
    /// Its size; of a folder, that of all files in it.
    public var bytes: Int?
    /// For a folder: the number of its files.
    var files: Int?
    /// The XXH3 hash of 128 bits, in hexadecimal digits.
    public var hash: String?
    /// Likewise, where it was asked for.
    public var sha256: String?
    /// For a shard: the number of its samples.
    public var samples: Int?
    /// For a shard: the size of its samples' values, in bytes.
    public var valueBytes: Int?
    /// For a shard: the number of its keys.
    public var entries: Int?
  }

  /// Of the file, as its first member says.
  public static let schemaName = "sixdof.manifest/1"
  /// Of the file of one part of a run.
  public static let partSchemaName = "sixdof.part/1"
  private static let greatestSize = 64 << 20

  /// The whole manifest.
  public let json: JSONValue
  let seal: ManifestSeal.State
  /// The LMDBs.
  public let shards: [Entry]
  /// The other files, in versions of the manifest that list them.
  public let listedFiles: [Entry]
  /// What is wrong with the manifest's form, in words.
  public private(set) var faults: [String] = []

  /// Reads a file, whatever is wrong with it.
  ///
  /// - Throws: `FileError` where it cannot be read; `JSONError` where it is not JSON.
  public init(path: String) throws {
    let file = try MappedFile(path: path)
    let bytes = file.withBytes { Array($0.prefix(Self.greatestSize)) }
    let json = try bytes.withUnsafeBytes { try JSONParser.value(of: $0) }
    var faults: [String] = []
    func entries(_ member: String) -> [Entry] {
      (json[member]?.elements ?? []).enumerated().compactMap { i, value in
        if let entry = Entry(value) { return entry }
        let found = String(value.messageText.prefix(200))
        faults.append(
          "\(member)[\(i)]: expected a file's name and whole numbers, found \(found)")
        return nil
      }
    }
    (shards, listedFiles) = (entries("shards"), entries("files"))
    self.json = json
    seal = bytes.withUnsafeBytes(ManifestSeal.state)
    self.faults = faults
    noteFaults()
  }

  private mutating func noteFaults() {
    if json["schema"]?.text != Self.schemaName, !isPart {
      faults.append(
        "schema: expected '\(Self.schemaName)', found \(json["schema"]?.messageText ?? "none")")
    }
    if shards.isEmpty, !isPart { faults.append("shards: expected a list of files, found none") }
    switch seal {
    case .whole: break
    case .altered(let expected, let found):
      faults.append(
        "xxh3_128: expected \(expected.text), the hash of all before it, found '\(found)'; the manifest was altered"
      )
    case .none:
      guard hasHashes else { return }
      faults.append("xxh3_128: expected the manifest's own hash as its last member, found none")
    }
  }

  /// The files beside the shards: those that are listed or, in an older version, those that are implied.
  ///
  /// - Parameter name: the beginning of all the output's file names.
  func files(ofOutput name: String) -> [Entry] {
    if hasHashes { return listedFiles }
    var suffixes = [OutputSuffix.issues]
    if (json["pose"]?["statistics"]?["count"]?.wholeNumber ?? 0) > 0 {
      suffixes += OutputSuffix.poseStatistics
    }
    if json["options"]?["records"] == .boolean(true) { suffixes.append(OutputSuffix.records) }
    return suffixes.map { Entry(file: name + $0) }
  }

  /// What an earlier run of an output has left that a new one does not write.
  public struct Remains: Sendable {
    /// What goes with the earlier output, by the parts of the names after the prefix.
    public var obsolete: [String] = []
    /// The paths of files that somebody changed since, which therefore stay.
    public var changed: [String] = []
  }

  /// What an earlier run has written beside its manifest, but for folders.
  ///
  /// - Parameters:
  ///   - prefix: the output, without the ends of its files' names.
  ///   - written: the parts of names after the prefix that the new run writes.
  /// - Returns: nothing where there is no manifest of ours.
  /// - Throws: `FileError` where a manifest or a file cannot be read.
  public static func remains(
    ofOutput prefix: String, besides written: [String]
  ) throws -> Remains {
    let manifest: OutputManifest
    do {
      manifest = try OutputManifest(path: prefix + OutputSuffix.manifest)
    } catch let error as FileError where error.isMissing {
      return Remains()
    } catch is JSONError {
      return Remains()
    }
    guard manifest.json["schema"]?.text == schemaName else { return Remains() }
    let name = OutputListing.name(of: prefix)
    var remains = Remains()
    for entry in manifest.shards + manifest.files(ofOutput: name)
    where entry.files == nil && entry.file.hasPrefix(name) {
      let suffix = String(entry.file.dropFirst(name.count))
      if !written.contains(suffix), try entry.isChanged(at: prefix + suffix) {
        remains.changed.append(prefix + suffix)
      } else {
        remains.obsolete.append(suffix)
      }
    }
    return remains
  }

  /// Whether it is of one part of a run, which has no files of statistics and may have no LMDB.
  public var isPart: Bool { json["schema"]?.text == Self.partSchemaName }

  /// Whether it is as it was written, by its own hash.
  public var isSealed: Bool { seal == .whole }

  /// The end of the name of an output's manifest.
  static func suffix(ofOutput prefix: String) -> String {
    let isPart =
      fileSize(prefix + OutputSuffix.manifest) == nil
      && fileSize(prefix + OutputSuffix.part) != nil
    return isPart ? OutputSuffix.part : OutputSuffix.manifest
  }

  /// Whether the manifest's version stores hashes.
  var hasHashes: Bool { json["files"] != nil || seal != .none }

  var layout: ShardLayout? { json["options"]?["layout"]?.text.flatMap(ShardLayout.named) }

  /// A number in `counts`; nil where it is missing.
  func count(_ name: String) -> Int? { json["counts"]?[name]?.wholeNumber }

  /// How often something was left out for a reason.
  func leftOut(_ reason: String) -> Int { json["left_out"]?[reason]?.wholeNumber ?? 0 }

  /// How closely local and global poses have to agree.
  var agreement: PoseAgreement {
    guard let rule = json["options"]?["rotation_rule"]?.text.flatMap(RotationRule.init) else {
      return .usual
    }
    let miss = json["pose"]?["local_to_global_error_deg"]?["max"]?.number ?? 0
    return PoseAgreement(
      rules: [rule], greatestAngle: max(0, min(miss, 180)) + PoseAgreement.roundingAngle)
  }
}

extension OutputManifest.Entry {
  init?(_ json: JSONValue) {
    // It must be a name, not a path, so that nothing outside of the folder is read.
    guard let file = json["file"]?.text, !file.isEmpty, !file.contains("/"), file != "..",
      file != "."
    else { return nil }
    self.file = file
    var isWhole = true
    func number(_ member: String) -> Int? {
      guard let value = json[member] else { return nil }
      if value.wholeNumber == nil { isWhole = false }
      return value.wholeNumber
    }
    (bytes, files, samples) = (number("bytes"), number("files"), number("samples"))
    (valueBytes, entries) = (number("value_bytes"), number("entries"))
    (hash, sha256) = (json["xxh3_128"]?.text, json["sha256"]?.text)
    guard isWhole else { return nil }
  }
}

extension JSONValue {
  /// The number of a count; nil for any other value.
  public var wholeNumber: Int? {
    if case .integer(let number) = self, number >= 0 { number } else { nil }
  }
}

extension OutputManifest.Entry {
  /// Whether the file is there and is not what the manifest says of it.
  fileprivate func isChanged(at path: String) throws -> Bool {
    guard let hash, fileSize(path) != nil else { return false }
    return try FileDigest(file: path).hash.text != hash
  }
}
