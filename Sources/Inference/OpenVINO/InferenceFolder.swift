internal import Foundation

/// Where OpenVINO and the models are. They are fetched and large, so they lie outside of any repository.
public struct InferenceFolder: Sendable {
  /// Has `openvino/` and `models/` in it; it need not exist.
  public let path: String

  /// - Parameter path: the folder that Scripts/setup filled.
  public init(path: String) { self.path = path }

  /// The folder that `SIXDOF_INFERENCE` names, or else `sixdof/inference` in the user's cache folder;
  /// Scripts/setup has the same rule.
  ///
  /// - Parameter environment: nil for the program's own environment.
  public static func standard(environment: [String: String]? = nil) -> InferenceFolder {
    let environment = environment ?? ProcessInfo.processInfo.environment
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let path = value("SIXDOF_INFERENCE") { return InferenceFolder(path: path) }
    let cache = value("XDG_CACHE_HOME") ?? (value("HOME") ?? "") + "/.cache"
    return InferenceFolder(path: cache + "/sixdof/inference")
  }

  var library: String { "\(path)/openvino/libopenvino_c.so.\(OpenVINO.libraryVersion)" }

  func model(_ file: String) -> String { "\(path)/models/\(file)" }

  func contains(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
