import Codecs
import Datasets
import Foundation
import Geometry
import Schema
import TestSupport
import Testing

@Suite("TRG's dataset root: 68 points")
struct TRGLandmarkTests {
  @Test("300W-LP keeps its numbers, whatever folder its records were read from")
  func own() throws {
    try MATFaceSet.with(.threeHundredWLP) { set in
      func files(at path: String) throws -> [String: [UInt8]] {
        let records = try set.read(at: path).records.sorted { $0.id < $1.id }
        #expect(records.count == 14)
        return try TRGFixture.with(records) { root in
          let lines = try root.text("300W_LP/files.txt").split(separator: "\n")
          #expect(lines.count == root.written.count { $0.isWritten })
          #expect(Set(lines).isSuperset(of: ["AFW/AFW_1000000_1_0", "AFW_Flip/AFW_1000000_1_0"]))
          var files: [String: [UInt8]] = [:]
          for line in lines {
            let name = line.replacing("_Flip/", with: "/")
            let points = "landmarks/\(name)_pts.mat"
            files[points] = try root.bytes("300W_LP/" + points)
            #expect(root.exists("300W_LP/\(line).jpg"))
            #expect(
              try root.points(points)
                == set.points("\(set.root)/landmarks/\(name)_pts.mat"))
          }
          return files
        }
      }
      let (own, above) = try (files(at: set.root), files(at: set.folder))
      #expect(own == above)
    }
  }

  @Test("any other dataset's points are written from 0, under names of their own")
  func others() throws {
    let records = [
      recordOf68Points("wider-face", "0--Parade/a.jpg", split: "train"),
      recordOf68Points("wider-face", "0--Parade/a.jpg", split: "val", shift: 1),
      recordOf68Points("own", "a b/c_Flip/d.jpg"), recordOf68Points("own", "a b/c.jpg.png"),
    ]
    try TRGFixture.with(records) { root in
      #expect(
        try root.text("300W_LP/files.txt")
          == "wider-face/train~0--Parade~a\nwider-face/val~0--Parade~a\n"
          + "own/a%20b~c%5FFlip~d\nown/a%20b~c%2Ejpg")
      for (record, line) in zip(records, try root.text("300W_LP/files.txt").split(separator: "\n"))
      {
        let landmarks = try #require(record.faces[0].landmarks)
        #expect(
          try root.points("landmarks/\(line)_pts.mat")
            == (0..<68).flatMap { [landmarks[$0].position.x, landmarks[$0].position.y] })
        // No pose, so no parameters.
        #expect(!root.exists("300W_LP/\(line).mat"))
      }
    }
  }

  @Test("a long name is cut and keeps a hash, so that two stay two")
  func longNames() throws {
    let long = String(repeating: "é", count: 120)
    try TRGFixture.with(["1", "2"].map { recordOf68Points("own", long + $0 + ".jpg") }) { root in
      let lines = try root.text("300W_LP/files.txt").split(separator: "\n")
      #expect(lines.count == 2 && lines[0] != lines[1])
      #expect(lines.allSatisfy { $0.utf8.count == 204 })
    }
  }

  @Test("a pose stands in the image's own .mat, and an angle beyond 99 degrees is left out")
  func poses() throws {
    func posed(_ path: String, yaw: Double) -> ImageRecord {
      var record = recordOf68Points("own", path)
      record.camera = Camera(
        intrinsics: Intrinsics(focalLength: [100, 100], principalPoint: [30, 20]),
        provenance: .assumedWidthPlusHeight)
      record.faces[0].pose = HeadPose(rotationVector: [0, yaw, 0], translation: [0, 0, 1])
      return record
    }
    try TRGFixture.with([posed("a.jpg", yaw: 0.5), posed("b.jpg", yaw: 1.8)]) { root in
      #expect(root.written.map(\.leftOut) == [[], ["images with an angle beyond 99 degrees"]])
      let arrays = try root.bytes("300W_LP/own/a.mat").withUnsafeBytes {
        try MATArrays($0, path: "")
      }
      #expect(abs((arrays["Pose_Para"]?.doubles[1] ?? 0) - 0.5) < 1e-6)
      #expect(arrays["pts_3d"] == nil)
    }
  }

  @Test("what the class cannot read is left out by reason")
  func leftOut() throws {
    var records = (0..<4).map { recordOf68Points("own", "\($0).jpg") }
    records[0].faces = []
    records[1].faces[0].landmarks = nil
    records[2].faces[0].landmarks?[7] = .missing
    records[3].faces += records[3].faces
    try TRGFixture.with(records) { root in
      #expect(
        root.written.map(\.leftOut) == [
          ["images without a face"], ["images without 68 landmarks"],
          ["images without 68 landmarks"], ["faces beyond one an image"],
        ])
      #expect(root.notes.first == "300W_LP 1 of own")
    }
  }

  @Test("a mirrored copy whose points are others does not change its original's")
  func conflict() throws {
    try MATFaceSet.with(.threeHundredWLP) { set in
      var records = Array(try set.read().records.sorted { $0.id < $1.id })
      let original = try #require(records.firstIndex { $0.image.path == "AFW/AFW_1000000_1_0.jpg" })
      let copy = try #require(
        records.firstIndex { $0.image.path == "AFW_Flip/AFW_1000000_1_0.jpg" })
      records[copy].faces[0].landmarks?[3] = Landmarks.Point([1, 2])
      try TRGFixture.with([records[original], records[copy]]) { root in
        #expect(
          root.written.map(\.leftOut) == [[], ["images whose mirrored copy has other landmarks"]])
        let list = try root.text("300W_LP/files.txt")
        #expect(list == "AFW/AFW_1000000_1_0")
      }
    }
  }
}

extension MATFaceSet {
  /// `pts_3d` of a file.
  fileprivate func points(_ path: String) throws -> [Double] {
    try Array(Data(contentsOf: URL(fileURLWithPath: path))).withUnsafeBytes {
      try MATArrays($0, path: path)["pts_3d"]?.doubles ?? []
    }
  }
}
