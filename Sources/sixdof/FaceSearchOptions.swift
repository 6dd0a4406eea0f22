public import ArgumentParser
public import Inference

extension FaceSearch.SmallFaces: ExpressibleByArgument {}

/// Which faces are found, and at what cost.
struct FaceSearchOptions: ParsableArguments {
  @Option(help: "Leave faces of this score or less out.")
  var threshold: Float = FaceSearch().threshold

  @Option(
    help: ArgumentHelp(
      "The longer side of what the detector is shown; larger finds smaller faces and takes longer.",
      valueName: "pixels"))
  var size: Int = FaceSearch().size

  @Option(
    help:
      "Whether to look again at twice the size: where small faces show (auto), always, or never.")
  var smallFaces: FaceSearch.SmallFaces = .auto

  func validate() throws {
    guard threshold >= 0, threshold < 1 else {
      throw ValidationError("'--threshold' must be at least 0 and less than 1, not \(threshold).")
    }
    guard (64...8192).contains(size) else {
      throw ValidationError("'--size' must be from 64 to 8192, not \(size).")
    }
  }

  var search: FaceSearch {
    var search = FaceSearch()
    search.threshold = threshold
    search.size = size
    search.smallFaces = smallFaces
    return search
  }
}
