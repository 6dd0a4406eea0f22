internal import Codecs
internal import Schema

/// Where a record's files go in a layout, relative to the dataset's folder.
struct ARKitFacePaths {
  var image: String
  var info: String
  var landmarks: String
  /// The list that names the sample, with its header and the sample's row; nil where there is none.
  var list: (path: String, header: String, row: String)?

  init(of record: ImageRecord, layout: ARKitFaceWriter.Layout?) {
    let sample = Self.sample(of: record)
    let tail = sample.path(.image)
    let split = record.source.split ?? "train"
    switch layout {
    case nil:
      image = record.image.path.hasSuffix("image/" + tail) ? record.image.path : "image/" + tail
      let root = image.dropLast("image/".count + tail.count)
      landmarks = root + "68landmarks/" + sample.path(.landmarks)
      let file = record.source.file ?? ""
      info =
        file.hasSuffix("info/" + sample.path(.info)) && file.isSafePath
        ? file : root + "info/" + sample.path(.info)
    case .perspNet:
      image = "image/" + tail
      info = "info/" + sample.path(.info)
      landmarks = "68landmarks/" + sample.path(.landmarks)
    case .trg:
      image = "ARKitFace_image_\(split)/image/" + tail
      info = "ARKitFace_info_\(split)/info/" + sample.path(.info)
      landmarks = "ARKitFace_68landmarks_\(split)/68landmarks/" + sample.path(.landmarks)
    }
    let standard = "ARKitFace_list/list/ARKitFace_\(split).csv"
    if case .object(let native) = record.native, let path = native["list"]?.text,
      let header = native["header"]?.text, let row = native["row"]?.text
    {
      let own = path.isSafePath ? path : standard
      list = (layout == .trg ? standard : own, header, row)
    } else if layout == .trg {
      list = (standard, ARKitFaceList.required.joined(separator: ","), Self.row(of: record))
    }
  }

  /// The line that names a record in a list of the three columns.
  static func row(of record: ImageRecord) -> String {
    let sample = sample(of: record)
    return [sample.subject, sample.action, sample.image].map(field).joined(separator: ",")
  }

  /// Whether subject, action and image are names of their own, which make a path and a line of a list.
  static func hasPlainName(_ record: ImageRecord) -> Bool {
    let sample = sample(of: record)
    return sample.isPlain
      && [sample.subject, sample.action, sample.image].allSatisfy { !$0.hasLineEnd }
  }

  /// The sample's name, from the attributes that the reader gives; otherwise from the image's path, whose last
  /// three parts are the subject, the action and the image.
  private static func sample(of record: ImageRecord) -> ARKitFaceSample {
    let attributes = record.faces.first?.attributes.others ?? []
    let named = ARKitFaceList.required.compactMap { name in
      attributes.first { $0.name == name }?.value.text
    }
    if named.count == 3 {
      let sample = ARKitFaceSample(subject: named[0], action: named[1], image: named[2])
      if sample.isPlain { return sample }
    }
    var parts = record.image.path.split(separator: "/").map(String.init)
    let file = parts.popLast() ?? "0"
    let stem =
      file.hasEnding("_ar.jpg")
      ? String(file.dropLast(7)) : file.split(separator: ".").first.map(String.init) ?? file
    return ARKitFaceSample(
      subject: parts.dropLast().last ?? "0", action: parts.last ?? "0", image: stem)
  }

  /// A field as RFC 4180 writes it.
  private static func field(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

extension String {
  /// Whether the path stays below the folder that it is relative to.
  fileprivate var isSafePath: Bool {
    if case .refused = ImagePathVerdict(self) { false } else { true }
  }
}
