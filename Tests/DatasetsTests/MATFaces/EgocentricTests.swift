import Codecs
import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite("Rotations relative to the camera's axis")
struct EgocentricTests {
  @Test("the sight's rotation is put before the annotation's", arguments: MATFaceSet.Form.allCases)
  func turned(form: MATFaceSet.Form) throws {
    try MATFaceSet.with(form) { set in
      let pairs = zip(
        try set.read(native: .none).records,
        try set.read(native: .none, makesEgocentric: true).records)
      for (plain, turned) in pairs {
        let (pose, found) = try (
          #require(plain.faces[0].pose).motion, #require(turned.faces[0].pose).motion
        )
        #expect(found.translation == pose.translation)
        let sight = Rotation.sight(toward: pose.translation)
        #expect(found.rotation.angle(to: sight * pose.rotation) < 1e-14)
        #expect(turned.faces[0].other("egocentric") == .boolean(true))
        #expect(plain.faces[0].other("egocentric") == nil)
      }
    }
  }

  @Test("in an image of another size the sight is that of its own camera")
  func otherSize() throws {
    try MATFaceSet.with(.aflw2000, count: 6, width: 620, height: 380) { set in
      let pairs = zip(
        try set.read(native: .none).records,
        try set.read(native: .none, makesEgocentric: true).records)
      for (plain, turned) in pairs {
        var (plain, turned) = (plain, turned)
        WeakPerspectiveLift.adapt(&plain, width: 620, height: 380)
        WeakPerspectiveLift.adapt(&turned, width: 620, height: 380)
        let (pose, found) = try (
          #require(plain.faces[0].pose).motion, #require(turned.faces[0].pose).motion
        )
        #expect(length(found.translation - pose.translation) < 1e-12)
        #expect(found.rotation.angle(to: pose.egocentric.rotation) < 1e-12)
      }
    }
  }

  @Test(
    "written again, the annotation's rotation is back, with its array or without",
    arguments: MATFaceSet.Form.allCases)
  func writtenBack(form: MATFaceSet.Form) throws {
    try MATFaceSet.with(form) { set in
      var writer = form.writer(to: set.folder + "/again")
      for record in try set.read(native: .all, makesEgocentric: true).records {
        #expect(writer.losses(of: record) == [])
        try writer.write(record, image: nil)
      }
      try writer.finish()
      var bare = form.writer(to: set.folder + "/bare")
      for record in try set.read(native: .none, makesEgocentric: true).records {
        try bare.write(record, image: nil)
      }
      try bare.finish()
      for record in set.truth {
        let name = record.source.file ?? ""
        let (own, again, made) = try (
          matArrays(at: "\(set.root)/\(name)"), matArrays(at: "\(set.folder)/again/\(name)"),
          matArrays(at: "\(set.folder)/bare/\(name)")
        )
        #expect(again == own)
        let pose = try #require(record.faces[0].pose).rotation
        let numbers = try #require(made.first { $0.name == "Pose_Para" }).doubles
        // float32.
        let found = try #require(WeakPerspectivePose(poseParameters: numbers)).rotation
        #expect(found.angle(to: pose) < 1e-6)
      }
    }
  }
}
