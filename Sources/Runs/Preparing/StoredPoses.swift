public import Checks
internal import Geometry
internal import Labelling
internal import Schema
internal import Shards

/// The poses that went into an output's statistics, made again of its records.
public enum StoredPoses {
  /// What a manifest's run made of records for img2pose; nil where that takes a face model of the user's.
  @Sendable public static func local(
    of manifest: OutputManifest
  ) -> OutputVerification.LocalPoses? {
    let options = manifest.json["options"]
    guard let profile = options?["profile"]?.text.flatMap(PoseProfile.Kind.init),
      let rule = options?["rotation_rule"]?.text.flatMap(RotationRule.init)
    else { return nil }
    var source = Img2PoseTargets.Source.record
    if profile == .img2pose { source = .img2pose }
    // Missing landmarks are filled in by the face model.
    guard (options?["fit"]?["face_model"]?.text ?? "bfm") == "bfm" else { return nil }
    if options?["landmarks"]?.text == PackingSettings.StoredLandmarks.reprojected.rawValue {
      source = .reprojected
    }
    let targets = ImageTargets(Img2PoseTargets.Options(source: source, rule: rule))
    return { targets.localPoses(of: $0) }
  }
}
