internal import Codecs
internal import Schema

extension ShardLayout {
  /// What a sample is, in words.
  var form: String {
    switch self {
    case .img2pose: "an array of image, global poses, boxes, local poses and landmarks"
    case .records: "a map of record and image"
    }
  }

  /// Where the image is in a sample; nil where its outer form is another.
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
