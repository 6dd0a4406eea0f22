public import Codecs
public import Schema

extension RecordIssue {
  /// Why a record's image cannot be used.
  public init(_ failure: ImageStore.Failure, imageOf record: ImageRecord) {
    let (code, detail): (Code, String) =
      switch failure {
      case .missing(let near):
        (
          .missingImage,
          "expected a file among the images, found none"
            + (near.map { "; there is '\($0.path)', \($0.difference)" } ?? "")
        )
      case .brokenLink: (.brokenLink, "expected a file, found a link that leads nowhere")
      case .oversized(let detail): (.oversizedImage, detail)
      case .unreadable(let reason):
        (.unreadableImage, "expected a readable file, found: \(reason)")
      case .broken(let error): (Code(error.reason), error.description)
      }
    self.init(code, at: record.location, "image '\(record.image.path)': \(detail)")
  }
}

extension RecordIssue.Code {
  /// The code of a reason why an image cannot be used.
  public init(_ reason: ImageError.Reason) {
    self =
      switch reason {
      case .empty: .emptyImage
      case .notAnImage: .notAnImage
      case .truncated: .truncatedImage
      case .damaged, .unreadable: .unreadableImage
      case .tooManyPixels: .tooManyPixels
      }
  }
}
