internal import Codecs
internal import Schema

/// The places of one image's files, by the path that they share, such as "AFW_Flip/AFW_1051618982_1_0".
struct MATFacePaths {
  let stem: String
  /// The name of the folder, which for 300W-LP is the set's; empty where there is no folder.
  let folderName: String

  /// - Parameters:
  ///   - stem: relative to the tree, without the suffix.
  ///   - top: the name of the tree itself, which is the folder of files at its top.
  init(stem: String, top: String = "") {
    self.stem = stem
    folderName = stem.pathParts.dropLast().last.map(String.init) ?? top
  }

  /// - Parameter path: of an image or a .mat file; its suffix is cut off.
  init(path: String) {
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
    let dot = path.utf8[folder...].lastIndex(of: UInt8(ascii: "."))
    self.init(stem: dot.map { String(path[..<$0]) } ?? path)
  }

  var file: String { stem + ".mat" }

  /// Whether the image is a mirrored copy of 300W-LP.
  var isFlip: Bool { folderName.hasSuffix("_Flip") }

  /// The file of 300W-LP's landmarks, landmarks/AFW/<stem>_pts.mat, which AFW and AFW_Flip share; nil where
  /// the image lies at the top of the tree.
  var landmarkFile: String? {
    let parts = stem.pathParts.map(String.init)
    guard parts.count >= 2, let name = parts.last else { return nil }
    let set = isFlip ? String(folderName.dropLast("_Flip".count)) : folderName
    return (parts.dropLast(2) + ["landmarks", set, name + "_pts.mat"]).joined(separator: "/")
  }

  /// The name that all images of one photo share: 300W-LP numbers its rotated copies from 0 at the stem's end.
  func sourcePhoto(_ form: MATFaceForm) -> String {
    let name = stem.pathParts.last ?? ""
    guard form == .threeHundredWLP, let cut = name.lastIndex(of: "_"),
      case let digits = name[name.index(after: cut)...], !digits.isEmpty,
      digits.allSatisfy({ ("0"..."9").contains($0) })
    else { return String(name) }
    return String(name[..<cut])
  }

  /// The attributes of a face beyond the common ones.
  func attributes(
    _ form: MATFaceForm, _ pose: PoseParameters, landmarks: FaceParameters.LandmarkSource?,
    isEgocentric: Bool
  ) -> [FaceAttributes.Other] {
    var members = [("source_photo", JSONValue.text(sourcePhoto(form)))]
    if form == .threeHundredWLP, isFlip { members.append(("flip", .boolean(true))) }
    switch landmarks {
    case .mirroredPts3d: members.append(("mirrored-landmarks", .boolean(true)))
    case .rebuilt: members.append(("rebuilt-landmarks", .boolean(true)))
    case .pt2d: members.append(("contour-jaw", .boolean(true)))
    case .pt3d68, .pts3d, nil: break
    }
    if isEgocentric { members.append((MATFaceAttributes.egocentric, .boolean(true))) }
    members.append(("within_99_degrees", .boolean(pose.angles.isWithin99Degrees)))
    return members.map { FaceAttributes.Other(name: $0.0, value: $0.1) }
  }
}

extension Face {
  /// Whether the jaw is the outline in the image and no projection of the head's points, as `pt2d` has it.
  var hasContourJaw: Bool { attributes.others.contains { $0.name == "contour-jaw" } }
}
