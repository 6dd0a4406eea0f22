public import Inference

/// What `infer --list-models` prints.
public struct ModelList {
  /// Where networks are looked for.
  public var folder: InferenceFolder

  /// The list for a folder.
  public init(folder: InferenceFolder) { self.folder = folder }

  /// For people: each network, its origin, licence and hash, and whether it is there.
  public var text: String {
    var lines = [
      "OpenVINO \(OpenVINO.version), Apache-2.0: \(presence(OpenVINO.isThere(in: folder)))"
    ]
    for model in DefaultModel.all {
      lines += [
        "\(model.file), \(model.licence): \(presence(model.isThere(in: folder)))",
        "  for     \(model.purpose)", "  from    \(model.origin)", "  SHA-256 \(model.sha256)",
      ]
    }
    lines += ["libraries in \(folder.libraries)", "models in \(folder.models)"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func presence(_ isThere: Bool) -> String {
    isThere ? "there" : "missing; \(folder.remedy)"
  }
}
