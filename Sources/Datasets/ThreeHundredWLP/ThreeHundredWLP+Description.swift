internal import Schema

extension DatasetDescription {
  static let threeHundredWLP = {
    var dataset = DatasetDescription(name: DatasetName.threeHundredWLP, title: "300W-LP")
    dataset.readFiles = { try ThreeHundredWLP.annotations(inLists: $0, options: $1) }
    dataset.readTree = { try ThreeHundredWLP.annotations(in: $0, options: $1) }
    dataset.heeds = [.egocentric, .landmarkTables]
    dataset.neededEndings = ["mat"]
    dataset.makeCensus = { MATFaceCensus() }
    dataset.hasOneFaceAnImage = true
    dataset.frame = .bfm
    dataset.usualSize = (450, 450)
    dataset.synthesise = {
      ThreeHundredWLP.synthesis(in: $0, options: $1, model: $2.sixtyEight)
    }
    dataset.contents = FormContents(
      box: "of the 68 points", landmarks: "68 points", pose: "Pose_Para, scaled orthography",
      identity: "photo")
    dataset.forms = [
      ExportForm(DatasetName.threeHundredWLP, images: .optional) {
        ThreeHundredWLP.writer(to: $0.folder)
      },
      ExportForm("img2pose-300w-lp") { ThreeHundredWLP.img2PoseWriter(to: $0.folder) },
    ]
    return dataset
  }()
}
