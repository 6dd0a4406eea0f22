internal import Codecs
internal import Foundation
internal import Schema

/// What an earlier run wrote beside its manifest, as that says. Where a run takes its place, outputs that it does
/// not write itself go too, or old and new would lie side by side.
struct EarlierOutputs {
  let suffixes: [String]

  /// - Parameter prefix: the outputs' path without their suffixes.
  init(prefix: String) {
    guard let file = try? MappedFile(path: prefix + Packing.manifestSuffix), file.count < 64 << 20,
      let manifest = try? JSONParser.value(
        of: file.withBytes { String(decoding: $0, as: UTF8.self) }),
      manifest["schema"]?.text == "sixdof.manifest/1"
    else {
      suffixes = []
      return
    }
    let name = URL(fileURLWithPath: prefix).lastPathComponent
    var found = (manifest["shards"]?.elements ?? []).compactMap { $0["file"]?.text }
      .filter { $0.hasPrefix(name) && $0.hasSuffix(".lmdb") && !$0.contains("/") }
      .map { String($0.dropFirst(name.count)) }
    found += ["_pose_mean.npy", "_pose_stddev.npy", Packing.hashesSuffix]
    if case .boolean(true)? = manifest["options"]?["records"] { found.append(".jsonl") }
    suffixes = found
  }
}
