internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Runs

/// A command whose work can be done in parts by several processes.
protocol PartedCommand: ParsableCommand {
  /// What it reads, from its beginning, and the files whose digests stand for that.
  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String])
}

/// Which part of a run is done.
struct PartOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Do only one of N parts, from 0 to N - 1, and write PREFIX-0000i-of-0000N.*; 'sixdof gather' makes the whole of them. With --plan the number alone.",
      valueName: "i/N"))
  var part: String?

  @Option(
    help: ArgumentHelp(
      "The plan that 'sixdof plan' wrote; all other arguments that decide what is made are in it.",
      valueName: "json"))
  var plan: String?

  @Option(
    help: ArgumentHelp(
      "Make the part in the first of these folders, separated by commas, that has room, and copy it to its place when it is whole.",
      valueName: "folders"))
  var scratch: String?

  func validate() throws {
    guard scratch == nil || part != nil else {
      throw ValidationError("'--scratch' is for '--part'.")
    }
    guard plan == nil || part != nil else {
      throw ValidationError("'--plan' needs '--part', the number of the part to do.")
    }
    guard let part else { return }
    // With a plan, whether there is such a part is seen when the plan is read.
    guard PartNumber(text: part) != nil || plan != nil && Int(part).map({ $0 >= 0 }) == true else {
      throw ValidationError(
        "'--part' must be i/N, from 0/N to (N-1)/N with N up to \(PartNumber.mostParts), not '\(part)'."
      )
    }
  }

  /// Parts are read twice and written as files.
  func validate(output: String, input: String = "") throws {
    guard part != nil else { return }
    if output == "-" || OutputSet.isStream(at: output) {
      throw ValidationError("'--part' writes several files; '--output' must name one.")
    }
    try Self.refuseStream(input)
  }

  static func refuseStream(_ input: String) throws {
    if input == "-" {
      throw ValidationError("Parts read their input twice, so it must be a file and not '-'.")
    }
  }

  /// nil where the whole is done.
  ///
  /// - Throws: `RunFailure` where the plan is none, or has no such part.
  func settings(isOverwriting: Bool = false) throws -> PartSettings? {
    guard let part else { return nil }
    let plan = Invocation.current.plan
    guard let number = PartNumber(text: part, of: plan) else {
      throw RunFailure(
        "--part: expected a part from 0 to \((plan?.parts ?? 1) - 1) of the plan, found '\(part)'",
        reason: .call)
    }
    var settings = PartSettings(
      number, plan: plan, command: plan?.command ?? Invocation.current.deciding)
    settings.isOverwriting = isOverwriting
    settings.scratch = scratch?.split(separator: ",").map(String.init) ?? []
    return settings
  }
}
