internal import ArgumentParser
internal import Geometry
internal import Runs

struct Conventions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What systems mean by pitch, yaw and roll; poses converted between them.",
    discussion: """
      Without options it lists the systems. With --from and --to it converts a pose, from numbers on the \
      command line or, with '-', from lines of numbers on standard input. Angles are in degrees and in \
      the system's own order, matrices row by row.

        sixdof conventions --picture conventions.svg
        sixdof conventions --system 3ddfa --picture 3ddfa.svg
        sixdof conventions --from aflw --to trg-yxz 10 20 30
        sixdof conventions --from pose-para --to record --image 450x450 - \\
          < pose_para.txt
      """)

  @Option(help: ArgumentHelp("The notation of the numbers given.", valueName: "name"))
  var from: PoseNotation?
  @Option(help: ArgumentHelp("The notation wanted.", valueName: "name"))
  var to: PoseNotation?
  @OptionGroup(title: "Changes") var changes: PoseChangeOptions
  @OptionGroup(title: "Cameras") var scene: SceneOptions
  @Option(help: ArgumentHelp("List only this system; may be repeated.", valueName: "name"))
  var system: [EulerConvention] = []
  @Option(help: "Draw the mean face turned by each system's angles, as this SVG.")
  var picture: String?
  // Negative numbers look like options that nobody knows.
  @Argument(
    parsing: .allUnrecognized,
    help: "The pose's numbers, or '-' for lines of them on standard input.")
  var numbers: [String] = []

  func validate() throws {
    guard (from == nil) == (to == nil) else {
      throw ValidationError("'--from' and '--to' go together.")
    }
    guard from != nil || numbers.isEmpty else {
      // Mistyped options end up here too.
      throw ValidationError("'\(numbers[0])' needs '--from' and '--to'.")
    }
    guard from == nil || (picture == nil && system.isEmpty) else {
      throw ValidationError(
        "'--system' and '--picture' are for the list of systems, not for a conversion.")
    }
    guard from == nil || !numbers.isEmpty else {
      throw ValidationError("Name the pose's numbers, or '-' for standard input.")
    }
    guard from != nil || !(changes.isGiven || scene.isGiven) else {
      throw ValidationError("Changes and cameras are for a conversion; name '--from' and '--to'.")
    }
  }

  func run() throws {
    try CommandRun.perform { context in
      if let from, let to {
        let conversion = PoseConversion(
          from: from, to: to, changes: changes.change, scene: try scene.load())
        if numbers == ["-"] {
          try conversion.convertLines(context.print)
        } else {
          context.print(try conversion.described(numbers, at: "the pose") + "\n")
        }
        return .done
      }
      let systems = system.isEmpty ? EulerConvention.allCases : system
      let table = ConventionTable(conventions: systems)
      guard let picture else {
        context.print(table.text)
        return .done
      }
      return try table.draw(to: picture, context)
    }
  }
}
