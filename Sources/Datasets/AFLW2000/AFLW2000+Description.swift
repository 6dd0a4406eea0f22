internal import Schema

extension DatasetDescription {
  /// Its census is that of 300W-LP, whose files look the same.
  static let aflw2000 = {
    var dataset = DatasetDescription(name: DatasetName.aflw2000, title: "AFLW2000-3D")
    dataset.readTree = { try AFLW2000.annotations(in: $0, options: $1) }
    dataset.heeds = [.egocentric, .testProtocol]
    dataset.neededEndings = ["mat"]
    dataset.hasOneFaceAnImage = true
    dataset.frame = .bfm
    dataset.usualSize = (450, 450)
    dataset.synthesise = { AFLW2000.synthesis(in: $0, options: $1, model: $2.sixtyEight) }
    dataset.contents = FormContents(
      box: "of the 68 points", landmarks: "68 points", pose: "Pose_Para, scaled orthography")
    dataset.forms = [
      ExportForm(DatasetName.aflw2000, images: .optional) { AFLW2000.writer(to: $0.folder) }
    ]
    return dataset
  }()
}
