public import ArgumentParser
public import Datasets
internal import Runs

/// What export forms may be told.
struct ExportFormOptions: ParsableArguments {
  @Option(
    help: "How many samples to make of each face: the first as it is, the others varied at random.")
  var copies: Int?

  @Option(help: "The seed of what varies; the same seed gives the same samples.")
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "trg: the folder of ARKitFace's tables uv_coords_std_202109.npy, triangles.npy and kpt_ind.npy, from which flip_index.npy is made.",
      valueName: "folder"))
  var meshTables: String?

  @Option(
    help:
      "trg: the 68 points that BIWI's frames are cropped by: the records' own (annotated), those of the mean face as the pose places them (reprojected), or the second where there are none of the first (auto)."
  )
  var points: ExportOptions.Points?

  func validate(for form: ExportForm) throws {
    let given: [(option: ExportOptions.Option, name: String, isGiven: Bool)] = [
      (.copies, "--copies", copies != nil), (.seed, "--seed", seed != nil),
      (.meshTables, "--mesh-tables", meshTables != nil), (.points, "--points", points != nil),
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
    options.meshTables = meshTables
    if let points { options.points = points }
    return options
  }
}

extension ExportOptions.Points: ExpressibleByArgument {}
