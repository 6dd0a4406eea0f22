internal import FoundationEssentials

/// Which instructions a processor has, as far as results may depend on it: mathematical functions and networks take
/// other paths, which differ in the last bits (DISTRIBUTED §9).
enum ProcessorClass {
  /// "x86-64-v3" as the psABI names levels, or the architecture alone.
  static let name: String = {
    #if arch(x86_64)
      let text = String(
        decoding: FileManager.default.contents(atPath: "/proc/cpuinfo") ?? Data(), as: UTF8.self)
      let line = text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
      let flags = Set(line.split(separator: " ").map(String.init))
      if flags.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]) {
        return "x86-64-v4"
      }
      return flags.isSuperset(of: ["avx2", "bmi1", "bmi2", "fma", "f16c", "movbe"])
        ? "x86-64-v3" : "x86-64-v2"
    #elseif arch(arm64)
      return "aarch64"
    #else
      return "other"
    #endif
  }()
}
