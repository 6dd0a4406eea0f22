internal import Codecs
internal import Schema

extension ShardLayout {
  /// The form of a sample, in words.
  var form: String {
    switch self {
    case .img2pose: "an array of image, global poses, boxes, local poses and landmarks"
    case .records: "a map of record and image"
    }
  }

  /// The range of the image in a sample; nil where the sample has another outer form.
  func image(in sample: MessagePackValue) -> Range<Int>? {
    switch (self, sample) {
    case (.img2pose, .array(let parts)):
      if parts.count == 5, case .binary(let image) = parts[0] { return image }
    case (.records, .map(let members)):
      if members.count == 2, members.contains(where: { $0.key == "record" }),
        case .binary(let image)? = members.first(where: { $0.key == "image" })?.value
      {
        return image
      }
    default: break
    }
    return nil
  }
}
