internal import Foundation

/// Where OpenVINO and the models are: outside of any repository, for they are fetched and large.
public struct InferenceFolder: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// `SIXDOF_INFERENCE`, or else `sixdof/inference` in the user's cache folder; Scripts/setup has the same
  /// rule.
  ///
  /// - Parameter environment: nil for the program's own.
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
