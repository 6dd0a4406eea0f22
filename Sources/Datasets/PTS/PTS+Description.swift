internal import Codecs
internal import Schema

extension DatasetDescription {
  /// Points of one face a file, as iBUG distributes 300-W, LFPW, HELEN and AFW, and MERL-RAV the faces of AFLW.
  /// FORMATS-FOREIGN B1, B5.
  static let pts = DatasetDescription(
    form: "pts", title: ".pts points (300-W, MERL-RAV)",
    holds: FormContents(
      box: "of the points", landmarks: "68 points, from 1",
      visibility: "signs, in MERL-RAV", loses: "other numbers of points, which stay in native"),
    isOneAnImage: true, text: .pts,
    recognises: { file in
      let first = file.words(0, at: ":")
      let second = file.words(1, at: ":")
      guard first.first?.lowercased() == "version", second.first?.lowercased() == "n_points"
      else { return nil }
      return "a text that begins with 'version' and 'n_points'"
    },
    read: { PTSReader($0, $1) })
}
