internal import Schema

extension DatasetDescription {
  static let widerFace = {
    var dataset = DatasetDescription(name: DatasetName.widerFace, title: "WIDER FACE")
    dataset.readFiles = { try WiderFace.annotations(at: $0, options: $1) }
    dataset.makeCensus = { WiderCensus() }
    dataset.synthesise = { WiderFaceSynthesis(folder: $0, options: $1, model: $2.five) }
    dataset.contents = FormContents(
      box: "x y width height",
      landmarks: "5 points in RetinaFace's, img2pose's and libfacedetection's (YuNet) forms",
      visibility: "visible, occluded or missing in RetinaFace's rows of 19 or 20",
      loses: "a 21st number, which stays in native")
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
