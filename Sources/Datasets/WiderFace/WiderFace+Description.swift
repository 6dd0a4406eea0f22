internal import Schema

extension DatasetDescription {
  static let widerFace = {
    var dataset = DatasetDescription(name: DatasetName.widerFace, title: "WIDER FACE")
    dataset.readFiles = { try WiderFace.annotations(at: $0, options: $1) }
    dataset.makeCensus = { WiderCensus() }
    dataset.synthesise = { WiderFaceSynthesis(folder: $0, options: $1, model: $2.five) }
    dataset.forms = [
      ExportForm(DatasetName.widerFace) {
        try WiderFaceTextWriter(folder: $0.folder, split: $0.split)
      },
      ExportForm("retinaface") { try RetinaFaceWriter(folder: $0.folder) },
      ExportForm("img2pose-json") { try Img2PoseListWriter(folder: $0.folder, split: $0.split) },
    ]
    return dataset
  }()
}
