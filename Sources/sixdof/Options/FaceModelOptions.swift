public import ArgumentParser
public import Labelling
internal import Runs
public import Schema

extension FaceModel.Axes: ExpressibleByArgument {}
extension HeadPose.Frame: ExpressibleByArgument {}

/// Which face model poses are fitted with.
struct FaceModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The face model: 'bfm', img2pose's mean face of 5 and 68 points; 'face-mesh', that of Face Mesh's points; or a .npy, .obj or .ply of your own. (default: bfm, and for points of Face Mesh their own)",
      valueName: "name|file"))
  var faceModel: String?

  @Option(
    help: ArgumentHelp(
      "Which vertices of your model are the 5 or 68 landmarks: 0-based numbers in a text or .npy file.",
      valueName: "file"))
  var faceModelIndices: String?

  @Option(
    help: ArgumentHelp(
      "How many metres a unit of your model is, such as 0.001 for millimetres. (default: 1)",
      valueName: "metres"))
  var faceModelUnit: Double?

  @Option(
    help:
      "Your model's axes: x right, y down, z away from the camera (opencv), or x right, y up, z toward the viewer (opengl). (default: opencv)"
  )
  var faceModelAxes: FaceModel.Axes?

  @Option(
    help:
      "Whose origin and axes your model has, for the poses to say so. (default: user; of a face that calibrate wrote, as its note says)"
  )
  var faceModelFrame: HeadPose.Frame?

  /// A user's file; nil for the bundled faces.
  private var file: String? {
    faceModel.flatMap { FaceModelSet.named[$0] == nil ? $0 : nil }
  }

  /// All files that it is read from: with the model its landmarks' indices and its note.
  var files: [String] {
    guard let file else { return [] }
    return ([file, faceModelIndices, FaceModel.note(of: file)]).compactMap { $0 }
  }

  func validate() throws {
    let others: [(name: String, isGiven: Bool)] = [
      ("indices", faceModelIndices != nil), ("unit", faceModelUnit != nil),
      ("axes", faceModelAxes != nil), ("frame", faceModelFrame != nil),
    ]
    if file == nil, let other = others.first(where: \.isGiven) {
      throw ValidationError(
        "'--face-model-\(other.name)' describes a model of your own; name its file with '--face-model'."
      )
    }
    if let unit = faceModelUnit, !(unit >= 1e-9 && unit <= 1e6) {
      throw ValidationError("'--face-model-unit' must be from 1e-9 to 1e6, not \(unit).")
    }
  }

  /// - Throws: `RunFailure` where a user's file is no face model.
  func load() throws -> FaceModelSet {
    guard let file else { return faceModel.flatMap { FaceModelSet.named[$0] } ?? .bundled }
    do {
      return FaceModelSet(
        try FaceModel(
          contentsOf: file, indices: faceModelIndices, metresPerUnit: faceModelUnit,
          axes: faceModelAxes, frame: faceModelFrame))
    } catch let error as FaceModelError {
      throw RunFailure("\(error)" + (error.remedy.map { " (\(Self.option($0)))" } ?? ""))
    }
  }

  /// A remedy as it is typed.
  private static func option(_ remedy: FaceModelError.Remedy) -> String {
    switch remedy {
    case .indices: "--face-model-indices FILE"
    case .unit(let metres): "--face-model-unit \(metres)"
    case .axes(let axes): "--face-model-axes \(axes.rawValue)"
    }
  }
}
