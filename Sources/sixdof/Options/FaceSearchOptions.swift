public import ArgumentParser
public import Inference
internal import Runs

extension FaceSearch.SmallFaces: ExpressibleByArgument {}

/// Which faces are found, and at what cost.
struct FaceSearchOptions: ParsableArguments {
  @Option(help: "Leave faces of this score or less out.")
  var threshold: Float = FaceSearch().threshold

  @Option(
    help: ArgumentHelp(
      "The longer side of what CenterFace is shown; larger finds smaller faces and takes longer. (default: \(FaceSearch().size))",
      valueName: "pixels"))
  var size: Int?

  @Option(
    help:
      "Whether to look again at twice the size: where small faces show (auto), always, or never. (default: auto)"
  )
  var smallFaces: FaceSearch.SmallFaces?

  func validate() throws {
    guard threshold >= 0, threshold < 1 else {
      throw ValidationError("'--threshold' must be at least 0 and less than 1, not \(threshold).")
    }
    if let size, !(64...8192).contains(size) {
      throw ValidationError("'--size' must be from 64 to 8192, not \(size).")
    }
  }

  var search: FaceSearch {
    var search = FaceSearch()
    search.threshold = threshold
    search.size = size ?? search.size
    search.smallFaces = smallFaces ?? search.smallFaces
    return search
  }

  /// What was given that only CenterFace heeds.
  var givenForCenterFace: [String] {
    [("--size", size != nil), ("--small-faces", smallFaces != nil)].filter(\.1).map(\.0)
  }
}
