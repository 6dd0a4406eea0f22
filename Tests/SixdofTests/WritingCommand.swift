import Testing

/// A command with one of its options that name an output, and arguments with which it writes that.
struct WritingCommand: CustomTestStringConvertible, Sendable {
  enum Kind: Sendable {
    /// One file, which is replaced.
    case file
    /// The beginning of several files' names; what is there is refused.
    case prefix(main: String)
    /// A folder that is made.
    case folder
    /// Files in a folder, which are replaced.
    case filesInFolder
  }

  var name: String
  var option: String
  var kind = Kind.file
  /// What it reads, in the folder of `OutputFixture`.
  var input = "labelled.jsonl"
  var arguments: [String]
  /// Whether it needs the networks, so that it is tried only where it is refused before they are loaded.
  var needsNetworks = false
  /// What the output's name has to end with.
  var ending = ""

  var testDescription: String { "\(name) \(option)" }

  func call(_ output: String, _ more: [String] = []) -> [String] {
    // Together, for an output may begin with a dash.
    let short = ["conventions", "inspect"].contains(name)
    return [name] + arguments + ["\(option)=\(output)"] + more
      + (short ? [] : name == "evaluate" ? [] : ["--progress", "none"])
  }

  static let records = ["labelled.jsonl"]
  static let all: [WritingCommand] = [
    .init(
      name: "build", option: "--output", kind: .prefix(main: ".lmdb"), input: "label.txt",
      arguments: ["wider-face", "--images", "images", "--annotations", "label.txt"]),
    .init(
      name: "pack", option: "--output", kind: .prefix(main: ".lmdb"),
      arguments: records + ["--images", "images"]),
    .init(
      name: "annotate", option: "--output", kind: .prefix(main: ".lmdb"), input: "images",
      arguments: ["images"], needsNetworks: true),
    .init(
      name: "convert", option: "--output", input: "label.txt",
      arguments: ["wider-face", "--images", "images", "--annotations", "label.txt"]),
    .init(name: "label", option: "--output", arguments: records),
    .init(name: "calibrate", option: "--output", arguments: records, ending: ".npy"),
    .init(name: "merge", option: "--output", arguments: records),
    .init(name: "sample", option: "--output", arguments: records + ["--count", "2"]),
    .init(
      name: "infer", option: "--output", input: "images", arguments: ["images"],
      needsNetworks: true),
    .init(name: "stats", option: "--output", kind: .filesInFolder, arguments: records),
    .init(
      name: "evaluate", option: "--output",
      arguments: records + ["--truth", "labelled.jsonl", "--protocol", "img2pose-aflw2000"]),
    .init(name: "check", option: "--output", arguments: records),
    .init(name: "check", option: "--findings", arguments: records),
    .init(name: "check", option: "--accept", arguments: records),
    .init(name: "check", option: "--fix", arguments: records),
    .init(name: "check", option: "--report", arguments: records),
    .init(
      name: "validate", option: "--findings", arguments: records + ["--images", "images"],
      needsNetworks: true),
    .init(
      name: "validate", option: "--faces", arguments: records + ["--images", "images"],
      needsNetworks: true),
    .init(
      name: "inspect", option: "--overlay",
      arguments: records + ["--images", "images", "--index", "0"]),
    .init(name: "conventions", option: "--picture", input: "", arguments: []),
    .init(
      name: "sheet", option: "--output", arguments: records + ["--images", "images"],
      ending: ".png"),
    .init(
      name: "export", option: "--output", kind: .folder,
      arguments: records + ["--format", "retinaface", "--allow-lossy"]),
    .init(name: "plan", option: "--output", arguments: ["label"] + records + ["--parts", "2"]),
    .init(
      name: "gather", option: "--output", kind: .prefix(main: ".lmdb"),
      input: "parts-00000-of-00001.lmdb", arguments: ["parts", "--single-lmdb"]),
    .init(name: "split", option: "--output", kind: .folder, arguments: records),
    .init(
      name: "synth", option: "--output", kind: .folder, input: "",
      arguments: ["wider-face", "--count", "2", "--size", "96x64"]),
  ]

  static let files = all.filter { if case .file = $0.kind { true } else { false } }
  static let running = files.filter { !$0.needsNetworks }
}

extension WritingCommand.Kind {
  /// Whether a name that ends with a slash is one of them.
  var takesFolders: Bool {
    switch self {
    case .folder, .filesInFolder: true
    default: false
    }
  }
}
