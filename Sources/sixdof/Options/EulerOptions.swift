public import ArgumentParser
public import Geometry

extension EulerConvention: ExpressibleByArgument {}

/// Which angles records are given beside their poses.
struct EulerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Add each pose's pitch, yaw and roll in degrees to its face's attributes, as this system means them; 'sixdof conventions' describes them. May be repeated.",
      valueName: "system"))
  var euler: [EulerConvention] = []
}
