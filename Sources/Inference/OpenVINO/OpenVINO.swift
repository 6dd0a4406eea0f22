internal import COpenVINO

/// OpenVINO, opened while the program runs; all threads share one.
///
/// Its library stays open until the program ends, since threads of its own may live on. Its cache of compiled
/// models stays off: it would save 60 ms a start, but its files could be stale or torn.
public final class OpenVINO: Sendable {
  /// The only version that is opened, for other versions would give other numbers.
  public static let version = "2026.4.1"
  /// The version in the form that the library's file name has.
  static let libraryVersion = "2641"

  /// Whether the folder has a library of the right name; it is not opened.
  public static func isThere(in folder: InferenceFolder) -> Bool {
    folder.contains(folder.library)
  }

  // Set once, in `init`, and only read afterwards; OpenVINO's core may be called from any thread.
  nonisolated(unsafe) let calls: ov_calls
  nonisolated(unsafe) let core: OpaquePointer

  /// Opens the library and starts OpenVINO.
  ///
  /// - Throws: `InferenceUnavailable` where it is missing, of another version, or does not start.
  public init(folder: InferenceFolder) throws {
    guard folder.contains(folder.library) else {
      throw InferenceUnavailable(
        folder, "expected OpenVINO \(Self.version) in \(folder.libraries), found none")
    }
    var calls = ov_calls()
    if let problem = ov_open(folder.library, &calls) {
      throw InferenceUnavailable(
        folder, "expected OpenVINO \(Self.version), found: \(String(cString: problem))")
    }
    let build = try Self.build(calls, folder)
    guard build.hasPrefix(Self.version + "-") || build == Self.version else {
      throw InferenceUnavailable(
        folder, "\(folder.library): expected OpenVINO \(Self.version), found \(build)")
    }
    var core: OpaquePointer?
    let status = calls.core_create(&core)
    guard status == 0, let core else {
      throw InferenceUnavailable(
        folder, "expected OpenVINO to start, found: \(Self.message(status, calls))")
    }
    self.calls = calls
    self.core = core
  }

  deinit { calls.core_free(core) }

  private static func build(_ calls: ov_calls, _ folder: InferenceFolder) throws -> String {
    var version = ov_version()
    let status = calls.get_openvino_version(&version)
    guard status == 0, let text = version.build else {
      throw InferenceUnavailable(
        folder, "expected OpenVINO to tell its version, found: \(message(status, calls))")
    }
    defer { calls.version_free(&version) }
    return String(cString: text)
  }

  /// Turns a status of OpenVINO into an error.
  ///
  /// - Parameter model: the model's name, for the message.
  func check(_ model: String, _ action: StaticString, _ status: CInt) throws(InferenceError) {
    guard status != 0 else { return }
    throw InferenceError(
      model: model, detail: "\(action): OpenVINO says: \(Self.message(status, calls))")
  }

  /// The last line of OpenVINO's message, for the lines before it name places in OpenVINO's sources.
  private static func message(_ status: CInt, _ calls: ov_calls) -> String {
    let words = calls.get_last_err_msg().map { String(cString: $0) } ?? ""
    if let line = words.split(separator: "\n").last { return String(line) }
    return calls.get_error_info(status).map { String(cString: $0) } ?? "status \(status)"
  }
}

/// An object of OpenVINO, which is freed with its owner.
struct OpenVINOObject: ~Copyable {
  typealias Release = @convention(c) (OpaquePointer?) -> Void

  let pointer: OpaquePointer
  private let release: Release

  init(_ pointer: OpaquePointer, release: Release) {
    self.pointer = pointer
    self.release = release
  }

  deinit { release(pointer) }
}
