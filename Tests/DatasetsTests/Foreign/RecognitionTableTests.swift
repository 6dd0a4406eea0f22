import Codecs
import Datasets
import Foundation
import Schema
import TestSupport
import Testing

/// Each sample of a form beside the project, against all forms.
@Suite("Recognition of all forms")
struct RecognitionTableTests {
  /// The folder of a sample, one of its annotation files, and its form.
  private static let samples: [(folder: String, file: String, form: String)] = [
    ("aflw-19-mat", "AFLWinfo_release.mat", "aflw-19"), ("aflw-sqlite", "aflw.sqlite", "aflw"),
    ("celeba", "Anno/list_landmarks_celeba.txt", "celeba"),
    ("coco-keypoints-5", "annotations.json", "coco"),
    ("coco-wholebody", "annotations.json", "coco"), ("cofw", "COFW_train_color.mat", "cofw"),
    ("csv-mapping", "faces.csv", "csv"), ("cvat-images", "annotations.xml", "cvat"),
    ("datumaro-json", "annotations.json", "datumaro"),
    ("directmhp-coco", "annotations.json", "coco"),
    ("directmhp-predictions", "predictions.json", "coco-results"),
    ("dlib-xml", "labels.xml", "imglab"),
    ("dlib-xml-real", "training_with_face_landmarks.xml", "imglab"),
    ("fddb", "FDDB-fold-01-ellipseList.txt", "fddb"), ("fsanet-npz", "BIWI_test.npz", "fsanet-npz"),
    ("label-studio", "export.json", "label-studio"), ("labelme", "a.json", "labelme"),
    ("mafa", "LabelTrainAll.mat", "mafa"), ("mediapipe-json", "mediapipe.json", "mediapipe"),
    ("mtcnn-list", "list.txt", "mtcnn"), ("openface-csv", "clip.csv", "openface"),
    ("pts-real", "takeo.pts", "pts"), ("retinaface-variants", "label.txt", "wider-face"),
    ("wflw", "list_98pt_rect_attr_train.txt", "wflw"),
    ("whenet-list", "annotation.txt", "panoptic"),
    ("wider-float", "wider_face_train_bbx_gt.txt", "wider-face"),
    ("yunet-15", "label.txt", "wider-face"), ("predictions", "dad.json", "dad-predictions"),
    ("predictions", "generic.csv", "csv"), ("predictions", "hopenet_video.txt", "angle-text"),
    ("predictions", "rotvec.csv", "csv"),
  ]

  @Test(
    "a sample is its form, and what is cut off it that form or none",
    .enabled(if: sharedData != nil), arguments: samples)
  func sample(folder: String, file: String, form: String) throws {
    let path = try #require(sharedData) + "/foreign/\(folder)/\(file)"
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(Self.form(of: bytes[...], path) == form)
    let isText = FileSignature(head: bytes) == .text(.ascii)
    for place in [1, 2, 5, 16, 40] + (1...8).map({ bytes.count * $0 / 9 }) {
      // A row that is cut off may be a whole one of another form.
      let end = isText ? bytes[..<place].lastIndex(of: 0x0A) ?? 0 : place
      let found = Self.form(of: bytes[..<end], path)
      #expect(found == nil || found == form, "\(end) of \(bytes.count) bytes: \(found ?? "")")
    }
    #expect(Self.form(of: [], path) == nil)
  }

  @Test("each form is asked for by one name, and has one reader of files and one of folders")
  func names() {
    let all = DatasetDescription.all
    #expect(Set(all.map(\.name)).count == all.count)
    #expect(Set(all.map(\.title)).count == all.count)
    for form in all where form.recognises != nil {
      #expect(form.readFiles != nil && form.readTree != nil, "\(form.name)")
      #expect(!form.contents.members.isEmpty, "\(form.name)")
    }
  }

  private static func form(of bytes: ArraySlice<UInt8>, _ path: String) -> String? {
    bytes.withUnsafeBytes { Recognition(of: $0, path: path)?.dataset }
  }
}
