internal import Codecs
internal import Geometry
internal import Glibc
internal import Labelling
internal import Schema

extension InspectionRun {
  /// Says what an image's file states, and the camera that is taken for it where none is named.
  func inspectImage(_ input: String, _ context: RunContext) throws {
    guard picturePath == nil, index == nil else {
      throw RunFailure(
        "\(input): expected annotations to show, found an image alone", reason: .call,
        remedy: .findFaces)
    }
    let header: ImageHeader?
    do {
      header = try MappedFile(path: input).withBytes {
        try ImageExaminer().header($0, isWhole: true)
      }
    } catch let fault as ImageError {
      throw RunFailure("\(input): image: \(fault)")
    }
    guard let header else { return }
    context.show(
      "\(input): \(header.format.rawValue.uppercased()) image, \(header.width) x \(header.height) pixels, \(header.colour.words), \(header.bitDepth) bits a channel"
    )
    if let orientation = header.orientation, orientation != 1 {
      context.print(
        "  EXIF orientation \(orientation): viewers turn it; annotations are of the stored pixels\n"
      )
    }
    var image = ImageReference(path: input)
    (image.width, image.height) = (header.width, header.height)
    let choices: [(CameraChoice, String)] = [
      (.widthPlusHeight, "width + height, as img2pose takes it"),
      (.exif, header.equivalentFocalLength.map { "\($0.short) mm on film, by EXIF" } ?? ""),
    ]
    for (choice, words) in choices where !words.isEmpty {
      let camera = choice.camera(
        for: image, equivalentFocalLength: header.equivalentFocalLength)
      guard let focal = camera?.intrinsics.focalLength.x else { continue }
      let view = 2 * atan(Double(header.width) / 2 / focal) * 180 / .pi
      context.print(
        "  focal length \(focal.short) pixels (\(words)): \(view.short) degrees across\n")
    }
  }
}

extension ImageHeader.Colour {
  fileprivate var words: String {
    switch self {
    case .grey: "grey"
    case .rgb: "RGB"
    case .cmyk: "CMYK"
    }
  }
}
