internal import ArgumentParser

@main
struct Sixdof: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sixdof",
    abstract: "Turns face datasets into 6DoF training data.",
    discussion: """
      The main job, in one command:

        sixdof build wider-face --images WIDER_train/images \\
          --annotations label.txt --output out/train

      Exit codes: 0 done, 1 stopped, 2 done with findings, 64 usage, 130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      Build.self, Convert.self, Label.self, Stats.self, Pack.self, CheckCommand.self, Infer.self,
      Validate.self, Annotate.self, Evaluate.self, Export.self, Inspect.self, Conventions.self,
      Synth.self,
      Split.self, Merge.self, Sample.self, Diff.self,
    ])
}
