internal import ArgumentParser
internal import Datasets
internal import Runs

/// What export forms may be told.
struct ExportFormOptions: ParsableArguments {
  @Option(
    help: "How many samples to make of each face: the first as it is, the others varied at random.")
  var copies: Int?

  @Option(help: "The seed of what varies; the same seed gives the same samples.")
  var seed: UInt64?

  func validate(for form: ExportForm) throws {
    let given: [(option: ExportOptions.Option, name: String, isGiven: Bool)] = [
      (.copies, "--copies", copies != nil), (.seed, "--seed", seed != nil),
    ]
    for (option, name, isGiven) in given where isGiven && !form.heeds.contains(option) {
      let takers = ExportForm.all.filter { $0.heeds.contains(option) }.map(\.name)
      throw ValidationError(
        "'\(name)' is for \(takers.joined(separator: " and ")), not for '\(form.name)'.")
    }
    if let copies, !(1...1000).contains(copies) {
      throw ValidationError("'--copies' must be from 1 to 1000, not \(copies).")
    }
  }

  var options: ExportOptions {
    var options = ExportOptions()
    if let copies { options.copies = copies }
    if let seed { options.seed = seed }
    return options
  }
}
