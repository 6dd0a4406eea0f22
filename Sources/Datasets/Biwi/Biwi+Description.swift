internal import Schema

extension DatasetDescription {
  static let biwi = {
    var dataset = DatasetDescription(name: DatasetName.biwi, title: "BIWI")
    dataset.readTree = { try Biwi.annotations(in: $0, options: $1, frame: $1.frame ?? .colour) }
    dataset.heeds = [.frame]
    dataset.neededEndings = ["txt"]
    dataset.makeCensus = { BiwiCensus() }
    dataset.hasOneFaceAnImage = true
    dataset.frame = .biwiHead
    dataset.synthesise = { folder, options, _ in BiwiSynthesis(folder: folder, options: options) }
    dataset.contents = FormContents(
      pose: "rotation and centre of the head in millimetres", identity: "sequence and subject")
    dataset.forms = [
      ExportForm(DatasetName.biwi, images: .optional) { BiwiWriter(folder: $0.folder) }
    ]
    return dataset
  }()
}
