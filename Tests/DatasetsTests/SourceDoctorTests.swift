import Codecs
import Foundation
import Schema
import TestSupport
import Testing

@testable import Datasets

/// A tree of small files of one byte, or of what is given.
private func plant(_ paths: [String], _ contents: [UInt8] = [1], in folder: String) throws {
  for path in paths {
    let url = URL(fileURLWithPath: "\(folder)/\(path)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(contents).write(to: url)
  }
}

private func diagnosis(_ folder: String) throws -> SourceDiagnosis {
  try SourceDoctor.diagnosis(of: FileTree(path: folder))
}

private func faults(_ diagnosis: SourceDiagnosis) -> [String] {
  diagnosis.findings.filter { $0.check.severity > .note }.map(\.check.id)
}

/// 300W-LP with two images a set, mirrored ones and landmarks, each file with content of its own.
private func plantThreeHundredWLP(in folder: String) throws {
  for set in ["AFW", "HELEN", "IBUG", "LFPW"] {
    for number in 0..<2 {
      let stem = "\(set)_photo_\(number)"
      for name in [set, set + "_Flip"] {
        try plant(["300W_LP/\(name)/\(stem).jpg", "300W_LP/\(name)/\(stem).mat"], in: folder)
      }
      try plant(
        ["300W_LP/landmarks/\(set)/\(stem)_pts.mat"],
        Array(repeating: 0, count: 128) + [UInt8(number), 7], in: folder)
    }
  }
  try plant(["300W_LP/Code/readme.txt", "300W_LP/Code/ModelGeneration/a.mat"], in: folder)
}

@Suite("Source doctor")
struct SourceDoctorTests {
  @Test("numbers have commas between thousands")
  func numbers() {
    #expect(
      [0, 12, 999, 1000, 61_225, 1_902_724].map(SourceDiagnosis.text)
        == ["0", "12", "999", "1,000", "61,225", "1,902,724"])
  }

  @Test("300W-LP whole in its layout has notes alone, with counts beside the official ones")
  func cleanThreeHundredWLP() throws {
    try withTemporaryDirectory { folder in
      try plantThreeHundredWLP(in: folder)
      let found = try diagnosis(folder)
      #expect(found.dataset == "300w-lp")
      #expect(found.title == "300W-LP, with mirrored images, with the folder landmarks")
      #expect(faults(found) == [])
      #expect(found.isSound)
      #expect(found.counts.first { $0.what == "images" }?.text == "8 of 61,225")
      #expect(found.findings.contains { $0.detail == "images: found 8 of 61,225" })
    }
  }

  @Test("each fault of 300W-LP is found by its id, with what to do")
  func brokenThreeHundredWLP() throws {
    func broken(_ damage: (String) throws -> Void) throws -> SourceDiagnosis {
      try withTemporaryDirectory { folder in
        try plantThreeHundredWLP(in: folder)
        try damage(folder + "/300W_LP")
        return try diagnosis(folder)
      }
    }
    let files = FileManager.default
    let bare = try broken { try files.removeItem(atPath: $0 + "/landmarks") }
    #expect(faults(bare) == ["source-missing-folder"])
    #expect(bare.findings[0].detail.contains("--landmark-tables"))
    let half = try broken { try files.removeItem(atPath: $0 + "/landmarks/IBUG") }
    #expect(faults(half) == ["source-missing-folder"])
    #expect(half.findings[0].detail.hasPrefix("landmarks/IBUG: expected 2 files"))
    let unpaired = try broken { try files.removeItem(atPath: $0 + "/HELEN/HELEN_photo_1.mat") }
    #expect(faults(unpaired) == ["source-unpaired-files"])
    #expect(unpaired.findings[0].detail.contains("found 1 images without .mat"))
    let flips = try broken {
      try files.removeItem(atPath: $0 + "/LFPW_Flip/LFPW_photo_1.mat")
      try files.removeItem(atPath: $0 + "/LFPW_Flip/LFPW_photo_1.jpg")
    }
    #expect(faults(flips) == ["source-unpaired-files"])
    let copy = try broken { root in
      try plant(
        ["landmarks/AFW/AFW_photo_1_pts.mat"],
        // The header, which tells the time of writing, is another.
        Array(repeating: 9, count: 128) + [0, 7], in: root)
    }
    #expect(faults(copy) == ["source-shared-landmarks"])
    #expect(copy.findings[0].detail.contains("1 of 4 pairs"))
  }

  @Test("empty files, web pages, LFS pointers and unfinished downloads are found in any dataset")
  func fileFaults() throws {
    try withTemporaryDirectory { folder in
      try plant((1...4).map { "AFLW2000/image0000\($0).jpg" }, in: folder)
      try plant((1...4).map { "AFLW2000/image0000\($0).mat" }, in: folder)
      #expect(faults(try diagnosis(folder)) == [])
      #expect(try diagnosis(folder).dataset == "aflw2000")
      try plant(["AFLW2000/image00001.jpg", "AFLW2000/image00002.jpg"], [], in: folder)
      try plant(
        ["AFLW2000/image00003.mat"],
        Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8), in: folder)
      try plant(["AFLW2000/image00004.jpg"], Array("\n<!DOCTYPE html><html>".utf8), in: folder)
      try plant(["AFLW2000.zip.crdownload"], in: folder)
      let found = try diagnosis(folder)
      #expect(
        faults(found).sorted() == [
          "source-empty-file", "source-not-data", "source-not-data", "source-unfinished-download",
        ])
      let details = found.findings.map(\.detail)
      #expect(
        details.contains { $0.hasPrefix("AFLW2000/image00001.jpg and 1 more: expected data") })
      #expect(details.contains { $0.contains("git lfs pull") })
    }
  }

  @Test("BIWI's layouts are told apart, and what lacks calibration or poses is found")
  func biwi() throws {
    func plantBiwi(_ top: String, image: String, depth: Bool, in folder: String) throws {
      for sequence in ["01", "02"] {
        let path = "\(top)/\(sequence)"
        try plant(["\(path)/rgb.cal", "\(path)/depth.cal", "\(top)/\(sequence).obj"], in: folder)
        for frame in ["00003", "00004"] {
          try plant(
            ["\(path)/frame_\(frame)_\(image)", "\(path)/frame_\(frame)_pose.txt"], in: folder)
          if depth { try plant(["\(path)/frame_\(frame)_depth.bin"], in: folder) }
        }
      }
    }
    try withTemporaryDirectory { folder in
      try plantBiwi("hpdb", image: "rgb.png", depth: true, in: folder)
      let found = try diagnosis(folder)
      #expect(found.title == "BIWI Kinect Head Pose, as distributed (hpdb)")
      #expect(faults(found) == [])
      #expect(found.counts.first { $0.what == "frames with a pose" }?.text == "4 of 15,678")
      try FileManager.default.removeItem(atPath: folder + "/hpdb/02/rgb.cal")
      try FileManager.default.removeItem(atPath: folder + "/hpdb/01/frame_00004_rgb.png")
      let broken = try diagnosis(folder)
      #expect(faults(broken).sorted() == ["source-missing-folder", "source-unpaired-files"])
      #expect(broken.findings.contains { $0.detail.contains("--frame depth") })
    }
    try withTemporaryDirectory { folder in
      try plantBiwi("faces_0", image: "rgb.png", depth: true, in: folder)
      #expect(try diagnosis(folder).title.hasSuffix("Kaggle's mirror (faces_0)"))
    }
    try withTemporaryDirectory { folder in
      try plantBiwi("biwi_head_pose", image: "rgb.jpg", depth: false, in: folder)
      let found = try diagnosis(folder)
      #expect(found.title.hasSuffix("fastai's mirror"))
      #expect(faults(found) == [])
    }
  }

  @Test("WIDER FACE's splits and forms of annotation are named")
  func wider() throws {
    try withTemporaryDirectory { folder in
      try plant(
        [
          "WIDER_val/images/0--Parade/0_Parade_a_1.jpg", "WIDER_val/images/1--Handshaking/b.jpg",
          "WIDER_test/images/0--Parade/c.jpg",
        ], in: folder)
      let alone = try diagnosis(folder)
      #expect(alone.title == "WIDER FACE, images alone")
      #expect(
        alone.findings.contains { $0.detail.hasPrefix("annotations of val: found none here") })
      #expect(!alone.findings.contains { $0.detail.hasPrefix("annotations of test") })
      try plant(["wider_face_split/wider_face_val_bbx_gt.txt", "val/label.txt"], in: folder)
      let found = try diagnosis(folder)
      #expect(found.dataset == "wider-face")
      #expect(found.title == "WIDER FACE, images and annotations")
      #expect(!found.findings.contains { $0.detail.hasPrefix("annotations") })
      #expect(found.counts.contains { $0.what == "images of val" && $0.text == "2 of 3,226" })
      #expect(found.counts.contains { $0.what == "annotations, RetinaFace's label.txt (val)" })
      #expect(faults(found) == [])
    }
  }

  @Test("ARKitFace's layouts and the challenge's subset are told apart, and halves are found")
  func arkitFace() throws {
    let tail = "100/01_Neutral/1616"
    try withTemporaryDirectory { folder in
      try plant(["image/\(tail)_ar.jpg", "info/\(tail)_info.npz"], in: folder)
      let found = try diagnosis(folder)
      #expect(found.title == "ARKitFace, PerspNet's layout" && faults(found) == [])
      #expect(found.counts[0].text == "1 of 902,724")
      try FileManager.default.removeItem(atPath: folder + "/info")
      #expect(faults(try diagnosis(folder)) == ["source-missing-folder"])
    }
    try withTemporaryDirectory { folder in
      try plant(
        [
          "ARKitFace_image_train/image/\(tail)_ar.jpg",
          "ARKitFace_info_train/info/\(tail)_info.npz",
          "ARKitFace_list/list/ARKitFace_train.csv",
        ], in: folder)
      let found = try diagnosis(folder)
      #expect(found.title == "ARKitFace, TRG's layout" && faults(found) == [])
    }
    try withTemporaryDirectory { folder in
      try plant(
        [
          "image/\(tail)_ar.jpg", "info/\(tail)_info.npz", "68landmarks/\(tail)_68landmarks.txt",
          "list/WCPA_track2_train.csv",
        ], in: folder)
      #expect(try diagnosis(folder).title == "WCPA, ARKitFace's subset")
    }
  }

  @Test("a folder of something else is said to be none of the datasets")
  func unknown() throws {
    try withTemporaryDirectory { folder in
      try plant(["a/b.jpg", "c.txt"], in: folder)
      let found = try diagnosis(folder)
      #expect(found.dataset == nil && faults(found) == ["source-unknown-layout"])
      #expect(found.findings[0].detail.contains("found 2 others"))
    }
  }
}

@Suite("Archive faults")
struct ArchiveFaultTests {
  /// A zip of nothing but its end record.
  private static func zip(disk: UInt8 = 0, start: UInt8 = 4) -> [UInt8] {
    [
      0x50, 0x4B, 3, 4, 0x50, 0x4B, 5, 6, disk, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, start, 0, 0, 0, 0,
      0,
    ]
  }

  @Test(
    "archives that are not whole are refused with what to do",
    arguments: [
      ("a.zip", [UInt8](repeating: 0, count: 0), "source-empty-file", "fetch it again"),
      ("a.zip", Array("<html>quota</html>".utf8), "source-not-data", "web page"),
      (
        "a.zip", [0x50, 0x4B, 3, 4] + [UInt8](repeating: 1, count: 90_000),
        "source-partial-archive", "broke off"
      ),
      ("a.zip", zip(disk: 2), "source-partial-archive", "the last of 3 parts"),
      ("a.zip", zip(start: 200), "source-partial-archive", "beginning is missing"),
      ("a.z01", [1, 2, 3], "source-partial-archive", "zip -s 0"),
      ("a.zip.crdownload", [1, 2, 3], "source-unfinished-download", "not finished"),
      ("a.tar", [UInt8](repeating: 1, count: 2048), "source-partial-archive", "two empty blocks"),
      (
        "a.zip", Array("version https://git-lfs.github.com/spec/v1".utf8), "source-not-data",
        "git lfs pull"
      ),
      ("a.zip", [0x52, 0x61, 0x72, 0x21, 0x1A, 7], "source-unknown-layout", "RAR"),
    ])
  func broken(name: String, bytes: [UInt8], id: String, words: String) throws {
    try withTemporaryDirectory { folder in
      try plant([name], bytes, in: folder)
      let fault = try #require(try SourceDoctor.archiveFault(at: "\(folder)/\(name)"))
      #expect(fault.check.id == id)
      #expect(fault.detail.hasPrefix(name + ": expected") && fault.detail.contains(words))
    }
  }

  @Test("whole archives and folders have no fault")
  func whole() throws {
    try withTemporaryDirectory { folder in
      try plant(["a.zip"], Self.zip(), in: folder)
      try plant(["a.tar"], [UInt8](repeating: 0, count: 1024), in: folder)
      for name in ["a.zip", "a.tar", ""] {
        let fault = try SourceDoctor.archiveFault(at: "\(folder)/\(name)")
        #expect(fault == nil, "\(name)")
      }
    }
  }
}
