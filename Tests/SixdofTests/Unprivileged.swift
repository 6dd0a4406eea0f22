import Foundation
import TestSupport

/// Runs the program so that permissions hold for it, which they do not for root.
///
/// Root stays root, so that it may reach whatever folder the program was built in, and gives up its capabilities.
enum Unprivileged {
  private static let setpriv = "/usr/bin/setpriv"
  private static let withoutCapabilities = ["--bounding-set=-all", "--inh-caps=-all"]

  /// Whether a folder can be closed to the program here, found by trying.
  static let isPossible =
    (try? withTemporaryDirectory { folder in
      guard chmod(folder, 0o555) == 0 else { return false }
      let isRefused = try run("/usr/bin/touch", [folder + "/x"]).status != 0
      return try isRefused && run(Program.path, ["--version"], in: folder).status == 0
    }) ?? false

  static func run(_ arguments: [String], in folder: String) throws -> Program.Outcome {
    try run(Program.path, arguments, in: folder)
  }

  private static func run(
    _ program: String, _ arguments: [String], in folder: String? = nil
  ) throws -> Program.Outcome {
    guard getuid() == 0 else { return try Run(program, arguments, in: folder).wait() }
    return try Run(setpriv, withoutCapabilities + [program] + arguments, in: folder).wait()
  }
}
