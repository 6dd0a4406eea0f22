import Geometry
import Schema
import Testing

@Suite("Angles among a face's attributes")
struct FaceEulerTests {
  private func face(_ rotation: Rotation?) -> Face {
    var face = Face(box: BoundingBox(left: 0, top: 0, right: 1, bottom: 1))
    face.pose = rotation.map {
      HeadPose(rotationVector: $0.rotationVector, translation: [0, 0, 1])
    }
    return face
  }

  private func angles(_ face: Face, _ name: String) -> [String: Double]? {
    guard let other = face.attributes.others.first(where: { $0.name == name }),
      case .object(let members) = other.value
    else { return nil }
    return Dictionary(
      uniqueKeysWithValues: members.compactMap { key, value in
        guard case .double(let number) = value else { return nil }
        return (key, number)
      })
  }

  @Test("names have underscores, values are degrees by name")
  func described() throws {
    var face = face(
      EulerConvention.aflw.rotation(of: .degrees(pitch: 10, yaw: -20, roll: 30)))
    face.describePose(in: [.aflw, .perspNet])
    #expect(face.attributes.others.map(\.name) == ["euler_aflw", "euler_perspnet_yxz"])
    let found = try #require(angles(face, "euler_aflw"))
    for (name, expected) in [("pitch", 10.0), ("yaw", -20), ("roll", 30)] {
      #expect(abs(try #require(found[name]) - expected) < 1e-12)
    }
    let others = try #require(angles(face, "euler_perspnet_yxz"))
    #expect(Set(others.keys) == ["pitch", "yaw", "roll"])
  }

  @Test("stated angles that a rotation would not give back stay, as long as the pose is theirs")
  func stated() throws {
    var face = face(EulerConvention.aflw.rotation(of: .degrees(pitch: 5, yaw: 95, roll: 3)))
    let angles = ["pitch": 5.0, "yaw": 95, "roll": 3]
    face.attributes.others = [
      .init(name: "euler_aflw", value: .object(angles.map { ($0.key, .double($0.value)) }))
    ]
    face.describePose(in: [.aflw])
    #expect(self.angles(face, "euler_aflw") == angles)
    #expect(face.statedAngles(.aflw)?.yaw == 95)
    face.pose = self.face(.identity).pose
    #expect(face.statedAngles(.aflw) == nil)
  }

  @Test("angles of an earlier pose follow the new one, and go with it")
  func renewed() throws {
    var face = face(EulerConvention.aflw.rotation(of: .degrees(pitch: 10, yaw: 0, roll: 0)))
    face.attributes.others = [.init(name: "age", value: .integer(40))]
    face.describePose(in: [.hopenet])
    face.pose = self.face(.identity).pose
    face.describePose(in: [])
    #expect(angles(face, "euler_hopenet") == ["pitch": 0, "yaw": 0, "roll": 0])
    face.pose = nil
    face.describePose(in: [.hopenet])
    #expect(face.attributes.others.map(\.name) == ["age"])
  }
}
