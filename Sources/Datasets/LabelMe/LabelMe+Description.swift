internal import Schema

extension DatasetDescription {
  /// The JSON files of LabelMe and of programs that write its form, one an image. FORMATS-FOREIGN A7.
  static let labelMe = DatasetDescription(
    form: "labelme", title: "LabelMe JSON",
    holds: FormContents(
      box: "two corners or four", landmarks: "points by group",
      visibility: "flag or suffix", loses: "polygons, circles and masks"), isOneAnImage: true,
    text: .json,
    heeds: [.sides, .pointNames],
    recognises: { file in
      guard let json = file.json, !json.isList, json.has("shapes", "imagePath") else { return nil }
      return "a JSON object with 'shapes' and 'imagePath'"
    },
    read: { OutcomeSource(try LabelMeFile.outcome($0, $1)) }
  ).statingSides(StatedSide.inObject)
}
