internal import Codecs
internal import Schema

extension DatasetDescription {
  /// What Hopenet's scripts for videos write of each frame: `frame yaw pitch roll`. FORMATS-FOREIGN C1.
  static let hopenetVideo = DatasetDescription(
    form: "hopenet-video", title: "Hopenet's text of a video",
    holds: FormContents(
      pose: "three angles, whose convention the user names",
      loses: "box and image name, which it has not"),
    recognises: { file in
      guard file.json == nil, file.xml == nil, HopenetRow.areRows(file.lines) else { return nil }
      return "a list of frame numbers with three angles each"
    },
    read: { try HopenetRow.reader($0, $1) })
}
