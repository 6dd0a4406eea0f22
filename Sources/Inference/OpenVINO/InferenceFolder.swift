internal import Codecs
internal import FoundationEssentials
internal import SystemPackage

/// Where OpenVINO and the models are: in two folders, as an installed program has models of its own.
public struct InferenceFolder: Sendable {
  /// Has OpenVINO's libraries in it; it need not exist.
  public let libraries: String
  /// Has the models in it; it need not exist.
  public let models: String
  /// What fetches what is missing, in words.
  public let remedy: String

  private init(libraries: String, models: String, remedy: String) {
    (self.libraries, self.models, self.remedy) = (libraries, models, remedy)
  }

  /// - Parameters:
  ///   - path: a folder with `models/` in it and OpenVINO, as Scripts/setup lays it out (`openvino/`) or
  ///     `pip install --target` (`openvino/libs/`).
  ///   - remedy: what fetches what is missing, in words.
  public init(path: String, remedy: String = Self.setup) {
    let unpacked = "\(path)/openvino/libs"
    self.init(
      libraries: fileExists(unpacked) ? unpacked : "\(path)/openvino", models: "\(path)/models",
      remedy: remedy)
  }

  /// What to do in a clone.
  public static let setup = "run Scripts/setup"

  /// The folder that `SIXDOF_INFERENCE` names. Else what was installed with the program, and for what was not,
  /// `sixdof/inference` in the user's cache folder, which Scripts/setup fills.
  ///
  /// - Parameters:
  ///   - environment: nil for the program's own environment.
  ///   - executable: the program's file; nil for the one that runs.
  public static func standard(
    environment: [String: String]? = nil, executable: String? = nil
  ) -> InferenceFolder {
    let environment = environment ?? ProcessInfo.processInfo.environment
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let cache = (value("XDG_CACHE_HOME") ?? (value("HOME") ?? "") + "/.cache") + "/sixdof/inference"
    let installation = Installation(executable: executable ?? CommandLine.programPath)
    let remedy = installation.remedy(cache: cache)
    if let path = value("SIXDOF_INFERENCE") { return InferenceFolder(path: path, remedy: remedy) }
    let usual = InferenceFolder(path: cache, remedy: remedy)
    return InferenceFolder(
      libraries: installation.libraries ?? usual.libraries,
      models: installation.models ?? usual.models, remedy: remedy)
  }

  var library: String { "\(libraries)/\(Self.libraryName)" }

  static var libraryName: String { "libopenvino_c.so.\(OpenVINO.libraryVersion)" }

  func model(_ file: String) -> String { "\(models)/\(file)" }

  func contains(_ path: String) -> Bool { fileExists(path) }
}

/// What lies beside an installed program, as pip, dpkg and our archive lay it out: `bin/sixdof`, `share/sixdof/` and
/// with pip, which may have been given a prefix or a target, Python's packages.
private struct Installation {
  /// The folder above `bin`; nil for a program that lies in a clone or by itself.
  private let prefix: String?
  private let isBuilt: Bool
  /// Python's folders of packages that go with the program.
  private let packages: [String]

  init(executable: String?) {
    let path = FilePath(executable ?? "")
    isBuilt = path.components.contains { $0.string == ".build" }
    guard !isBuilt, path.removingLastComponent().lastComponent?.string == "bin" else {
      (prefix, packages) = (nil, [])
      return
    }
    let prefix = path.removingLastComponent().removingLastComponent().string
    self.prefix = prefix
    let pythons = ["lib", "lib64"].flatMap { library in
      let folder = "\(prefix)/\(library)"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.filter { $0.hasPrefix("python3") }.sorted().flatMap { python in
        ["site-packages", "dist-packages"].map { "\(folder)/\(python)/\($0)" }
      }
    }
    packages = (pythons + [prefix]).filter { fileExists("\($0)/sixdof/__init__.py") }
  }

  var models: String? {
    prefix.map { "\($0)/share/sixdof/models" }.flatMap { fileExists($0) ? $0 : nil }
  }

  var libraries: String? {
    packages.map { "\($0)/openvino/libs" }.first {
      fileExists("\($0)/\(InferenceFolder.libraryName)")
    }
  }

  func remedy(cache: String) -> String {
    if isBuilt { return InferenceFolder.setup }
    return packages.isEmpty
      ? "pip install --target \(cache) openvino==\(OpenVINO.version)"
      : "pip install 'sixdof[infer]'"
  }
}

extension CommandLine {
  /// The file of the program that runs, with links followed; nil where the system does not tell.
  fileprivate static var programPath: String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }
}
