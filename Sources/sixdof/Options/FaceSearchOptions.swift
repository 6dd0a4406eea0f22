public import ArgumentParser
public import Inference
internal import Runs
internal import Schema

extension FaceSearch.SmallFaces: ExpressibleByArgument {}
extension LandmarkNetwork: ExpressibleByArgument {}

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

  @Option(
    help:
      "Which network places landmarks: Face Mesh, to whose 468 points its own face is fitted, or O-Net of MTCNN, with five points for the mean face."
  )
  var landmarker: LandmarkNetwork = .faceMesh

  @Option(help: "Which of its landmarks are written, once poses are fitted: 5, 68 or all 468.")
  var points: Kept = .face5

  /// What Face Mesh's points can be reduced to.
  enum Kept: String, ExpressibleByArgument, CaseIterable {
    case face5 = "face-5"
    case ibug68 = "ibug-68"
    case mediapipe468 = "mediapipe-468"

    var layout: Landmarks.Layout { Landmarks.Layout(rawValue: rawValue) ?? .face5 }
  }

  func validate() throws {
    guard points.layout.count <= landmarker.layout.count else {
      throw ValidationError(
        "'--points \(points.rawValue)' is for '--landmarker face-mesh'; O-Net has five.")
    }
    guard threshold >= 0, threshold < 1 else {
      throw ValidationError("'--threshold' must be at least 0 and less than 1, not \(threshold).")
    }
    try require("--size", size, in: 64...8192)
  }

  /// The reference networks, as they are asked for.
  ///
  /// - Throws: as `ReferenceInference`.
  func plan() throws -> InferencePlan {
    var plan = InferencePlan(
      models: try ReferenceInference(landmarks: landmarker), search: search)
    plan.keptLandmarks = points.layout
    return plan
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

  /// What was given that only the reference landmarker heeds, where it is not the default.
  var givenForLandmarks: [String] {
    [("--landmarker", landmarker != .faceMesh), ("--points", points != .face5)]
      .filter(\.1).map(\.0)
  }
}
