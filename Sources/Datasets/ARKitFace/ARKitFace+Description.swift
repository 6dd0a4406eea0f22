internal import Codecs
internal import Schema

extension DatasetDescription {
  static let arkitFace = {
    var dataset = DatasetDescription(name: DatasetName.arkitFace, title: "ARKitFace")
    dataset.readTree = { try ARKitFace.annotations(in: $0, options: $1) }
    dataset.heeds = [.meshTables]
    dataset.neededEndings = ["npz", "csv"]
    dataset.makeCensus = { ARKitFaceCensus() }
    dataset.hasOneFaceAnImage = true
    dataset.frame = .arkit
    dataset.usualSize = (ARKitFace.imageSize, ARKitFace.imageSize)
    dataset.synthesise = { try ARKitFaceSynthesis(folder: $0, options: $1, model: $2.sixtyEight) }
    dataset.contents = FormContents(
      landmarks: "68 of its vertices", pose: "4 x 4 matrix, metres", identity: "subject")
    dataset.forms = [
      ExportForm(DatasetName.arkitFace, images: .optional) {
        ARKitFaceWriter(folder: $0.folder, sources: try $0.sources.map(FileTree.init))
      }
    ]
    return dataset
  }()
}
