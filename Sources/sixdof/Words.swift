internal import Codecs
internal import Datasets
internal import Runs

/// The words for an error that ended a run, with what to do where the layer that threw it knows no option.
func words(for error: any Error) -> String {
  switch error {
  case let refusal as OutputRefusal where refusal.reason == .exists:
    return "\(refusal); name another output, or give --overwrite"
  case let locked as OutputInUse: return "\(locked); wait for it or choose another --output"
  case is OtherRun: return "\(error); run without --resume to start anew"
  case let failure as RunFailure:
    guard let remedy = failure.remedy else { return failure.description }
    return "\(failure); \(remedy.words)"
  case let unheeded as UnheededOption: return unheeded.words
  case let error as FileError: return "\(error)"
  default: return "\(error)"
  }
}

extension RunFailure.Remedy {
  /// As it is typed.
  var words: String {
    switch self {
    case .imagesForCamera: "convert with --images so that the camera is known"
    case .oneFrame: "--frame-of bfm, arkit or biwi-head converts all to one"
    case .wholeRecords: "--layout records packs them all the same"
    case .chooseDuplicate: "--on-duplicate keeps the first or the last"
    case .allowLosses: "--allow-lossy writes the rest"
    case .nameImages: "name it by '--images'"
    case .nameSource: "name its folder with --source"
    case .nameMeshTables: "name their folder with --mesh-tables"
    case .nameImageSize: "name it with '--image'"
    case .labelFirst: "run label first"
    case .placeAngles: "label --fit-translation places them by their landmarks"
    case .fitAnew: "'sixdof label --relabel' fits them anew in it"
    case .findFaces: "'sixdof infer' finds faces in images"
    case .placeLandmarks: "'sixdof infer --faces annotated' places them in the boxes"
    case .oneLMDB: "--single-lmdb copies the samples into one"
    case .calibratedFace: "'sixdof calibrate' learns one, and '--face-model' names it"
    case .nameConvention(let name): "'--convention \(name)' reads them so"
    }
  }
}

extension UnheededOption {
  /// "'--frame' is for biwi, not for 'aflw2000'."
  var words: String {
    let takers = DatasetDescription.names(heeding: option)
    return option == .egocentric
      ? "\(option.words) is for \(takers); rotations of '\(dataset)' are relative to the camera's axis."
      : "\(option.words) is for \(takers), not for '\(dataset)'."
  }
}

extension DatasetDescription.Option {
  /// As it is typed.
  var words: String {
    switch self {
    case .sides: "'--sides'"
    case .pointNames: "'--map'"
    case .eulerConvention: "'--convention'"
    case .poseNotation: "'--convention' of other numbers than angles"
    case .angleUnit: "'--angle-unit'"
    case .columns: "'--columns'"
    case .egocentric: "'--egocentric'"
    case .landmarkTables: "'--landmark-tables'"
    case .frame: "'--frame'"
    case .testProtocol: "'--protocol'"
    case .pixelOrigin: "'--pixel-origin'"
    case .meshTables: "'--mesh-tables'"
    }
  }
}
