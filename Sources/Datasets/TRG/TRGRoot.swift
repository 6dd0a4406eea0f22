internal import Codecs
internal import Schema

/// The names in TRG's `dataset/` root (asw91666/TRG-Release; TARGETS §1.1).
///
///     ARKitFace/flip_index.npy, ARKitFace_list/list/ARKitFace_{train,test}.csv
///     ARKitFace/ARKitFace_image_{train,test}/image/S/A/ID_ar.jpg
///     ARKitFace/ARKitFace_info_{train,test}/info/S/A/ID_info.npz
///     300W_LP/files.txt, SET[_Flip]/STEM.jpg, landmarks/SET/STEM_pts.mat
///     BIWI/download_from_official_site/kinect_head_pose_db/hpdb/annot_mtcnn_fan.pkl, NN/frame_FFFFF_rgb.png ...
enum TRGRoot {
  /// The datasets that TRG has a class for. Every record goes to one of them.
  enum Part: CaseIterable {
    case arkitFace
    case landmarks
    case biwi

    init(of record: ImageRecord) {
      switch record.source.dataset {
      case DatasetName.arkitFace: self = .arkitFace
      case DatasetName.biwi: self = .biwi
      // Its class for 300W-LP wants 68 points of an image and nothing else, which any dataset may have.
      default: self = .landmarks
      }
    }

    /// The part's folder.
    var folder: String {
      switch self {
      case .arkitFace: "ARKitFace"
      case .landmarks: "300W_LP"
      case .biwi: "BIWI/download_from_official_site/kinect_head_pose_db/hpdb"
      }
    }
  }

  /// TRG has two splits; what is not for training is for its test.
  static func split(of record: ImageRecord) -> String {
    switch record.source.split {
    case "val", "test": "test"
    default: "train"
    }
  }

  /// A name of letters, digits and `-_.~` that no other text has: other bytes become %XX, and `/` becomes `~`.
  ///
  /// TRG splits its list at every kind of line end that Unicode has, and replaces `.jpg` and `_Flip` wherever they are
  /// in a path, so neither may be in a name.
  static func name(_ text: some StringProtocol) -> String {
    let plain = Set("-_.".utf8)
    var name = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "/"): name += "~"
      case _ where plain.contains(byte): name.unicodeScalars.append(Unicode.Scalar(byte))
      default: name += "%" + hexadecimal(byte)
      }
    }
    name = name.replacing(".jpg", with: "%2Ejpg").replacing("_Flip", with: "%5FFlip")
    if name.hasPrefix(".") { name = "%2E" + name.dropFirst() }
    // With its endings a name must fit the 255 bytes that file systems allow.
    guard name.utf8.count > longestName else { return name }
    let hash = Array(text.utf8).withUnsafeBytes { sha256(of: $0) }
    return name.prefix(longestName - 33) + "~" + hash.prefix(32)
  }

  private static let longestName = 200

  private static func hexadecimal(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16, uppercase: true)
    return text.utf8.count == 1 ? "0" + text : text
  }
}
