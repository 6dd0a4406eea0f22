internal import Codecs
internal import Schema

extension DatasetDescription {
  /// AFLW's database (Köstinger et al., ICCV workshops 2011), `aflw.sqlite`. FORMATS-FOREIGN B4.
  static let aflw = DatasetDescription(
    form: "aflw", title: "AFLW database (SQLite)",
    holds: FormContents(
      box: "a square about the drawn pose", landmarks: "21 points",
      visibility: "hidden ones are missing", pose: "roll, pitch and yaw",
      loses: "ellipses and camera poses"),
    recognises: { file in
      guard file.signature == .other("an SQLite database") else { return nil }
      let schema = String(decoding: file.bytes.prefix(AFLWDatabase.schemaBytes), as: UTF8.self)
      return AFLWDatabase.tables.allSatisfy(schema.contains)
        ? "a database with the tables FaceImages, Faces and FeatureCoords" : nil
    },
    read: { try AFLWDatabase($0, $1) })

  /// AFLW's 19 points as CVPR 2016's compositional cascade has them, `AFLWinfo_release.mat` (Zhu et al.).
  static let aflw19 = DatasetDescription(
    form: "aflw-19", title: "AFLW 19 points .mat",
    holds: FormContents(
      box: "left right top bottom", landmarks: "19 of AFLW's 21 points",
      visibility: "a mask: hidden ones are occluded"),
    recognises: { file in
      let needed = ["bbox", "data", "nameList", "ra"]
      return needed.allSatisfy(file.variables.contains)
        ? "a MATLAB file with the variables 'bbox', 'data', 'nameList' and 'ra'" : nil
    },
    read: { try AFLW19List.reader($0, $1) })
}
