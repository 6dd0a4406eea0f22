internal import Codecs
internal import Geometry
internal import Schema

/// The files of one image in TRG's 300W_LP folder, beside the image itself.
///
/// TRG's class takes `pts_3d` as 0-based pixels (TARGETS §1.5). Records of 300W-LP keep the numbers that the dataset has,
/// which count from 1, for with these TRG was trained; for any other record they are the record's own, from 0, so that
/// they lie where they should. `_pts.mat` of a mirrored image is that of the original, as the class expects.
///
/// The class wants no pose. Where the record has one, it is in the image's .mat, as in 300W-LP, for other trainers.
struct TRGLandmarkFiles: Sendable {
  /// Such as `AFW_Flip`.
  var set: String
  var stem: String
  /// For the image's .mat; empty where the record has no pose.
  var parameters: [MATArray]
  /// For `_pts.mat`; `pts_3d` is (68, 2) float64.
  var points: [MATArray]
  /// How many of the record's faces are left out.
  var otherFaces: Int

  /// The line of `files.txt`, and the path of the image without its ending.
  var line: String { "\(set)/\(stem)" }

  /// The line that a record gets.
  static func line(of record: ImageRecord) -> String {
    let (set, stem) = place(of: record)
    return "\(set)/\(stem)"
  }

  var landmarkFile: String { "landmarks/\(set.withoutSuffix("_Flip"))/\(stem)_pts.mat" }

  /// Which folder and name an image has, whatever folder the records' paths are relative to.
  static func place(of record: ImageRecord) -> (set: String, stem: String) {
    let paths = MATFacePaths(path: record.image.path)
    let stem = paths.stem.split(separator: "/").last ?? ""
    switch record.source.dataset {
    case DatasetName.threeHundredWLP:
      let isFlip = isFlip(record)
      let own = paths.folderName.withoutSuffix("_Flip")
      // Names begin with their set's: AFW_1051618982_1_0.
      let set = own.isEmpty ? String(stem.prefix { $0 != "_" }) : own
      return (TRGRoot.name(set) + (isFlip ? "_Flip" : ""), TRGRoot.name(stem))
    case DatasetName.aflw2000: return ("AFLW2000", TRGRoot.name(stem))
    case let dataset:
      let prefix = dataset + "/"
      let own = record.id.hasPrefix(prefix) ? record.id.dropFirst(prefix.count) : record.id[...]
      return (TRGRoot.name(dataset), TRGRoot.name(own))
    }
  }

  static func content(of record: ImageRecord, _ image: StoredImage) -> TRGEncoder.Sample.Content {
    guard !record.faces.isEmpty else { return .leftOut("images without a face") }
    guard let face = record.faces.first(where: { $0.landmarks?.sixtyEightPoints != nil }),
      let points = face.landmarks
    else { return .leftOut("images without 68 landmarks") }
    if let pose = face.pose {
      guard EulerConvention.aflw.angles(of: pose.rotation).isWithin99Degrees else {
        return .leftOut("images with an angle beyond 99 degrees")
      }
    }
    let isOwn = record.source.dataset == DatasetName.threeHundredWLP
    guard !isOwn || !face.hasContourJaw else {
      return .leftOut("images whose landmarks are the visible contour")
    }
    var single = record
    single.faces = [face]
    (single.image.width, single.image.height) = (image.header.width, image.header.height)
    let isFlip = isFlip(record)
    let content = MATFaceContent(single, .threeHundredWLP, isFlip: isFlip)
    let (set, stem) = place(of: record)
    var files = TRGLandmarkFiles(
      set: set, stem: stem, parameters: [], points: [], otherFaces: record.faces.count - 1)
    let isLandmark = { (array: MATArray) in array.name.hasPrefix("pts_") }
    if content.obstacle == nil { files.parameters = content.arrays.filter { !isLandmark($0) } }
    if isOwn, content.obstacle == nil {
      files.points = content.arrays.filter(isLandmark)
    } else {
      let shown = isFlip ? points.mirrored(imageWidth: image.header.width) : points
      let origin: Double = isOwn ? 1 : 0
      let numbers = (0..<68).flatMap {
        [shown[$0].position.x + origin, shown[$0].position.y + origin]
      }
      files.points = [MATArray(name: "pts_3d", doubles: numbers, rows: 68, columns: 2)]
    }
    return .landmarks(files)
  }

  /// Whether an image is a mirrored copy of 300W-LP, which its folder says or, where it has none, its face.
  static func isFlip(_ record: ImageRecord) -> Bool {
    guard record.source.dataset == DatasetName.threeHundredWLP else { return false }
    return MATFacePaths(path: record.image.path).isFlip
      || record.faces.contains { face in
        face.attributes.others.contains { $0.name == "flip" && $0.value == .boolean(true) }
      }
  }
}
