import Geometry
import Schema
import TestSupport
import Testing

@Suite("object frames of poses")
struct ObjectFrameTests {
  private func pose(_ frame: HeadPose.Frame, _ rotation: SIMD3<Double> = .zero) -> HeadPose {
    HeadPose(
      rotationVector: rotation, translation: [0.1, -0.2, 1], frame: frame, scale: .measured,
      provenance: .annotation)
  }

  @Test("a pose's origin moves by PerspNet's alignment and by the fit to the mean face")
  func known() throws {
    let arkit = try #require(pose(.biwiHead).converted(to: .arkit))
    #expect(length(arkit.place - [0.1, -0.21, 1.021]) < 1e-15)
    #expect(arkit.frame == .arkit && arkit.scale == .measured && arkit.provenance == .annotation)
    let turned = try #require(pose(.bfm, [0, 0, .pi / 2]).converted(to: .arkit))
    // A quarter turn in the image takes x to y and y to -x.
    #expect(length(turned.place - [0.116, -0.201, 1.002]) < 1e-12)
    #expect(turned.rotationVector == [0, 0, .pi / 2])
  }

  @Test("there and back, over any frame, is the pose itself")
  func roundTrip() throws {
    let known: [HeadPose.Frame] = [.bfm, .arkit, .biwiHead]
    for first in known {
      for second in known {
        let start = pose(first, [0.3, -0.8, 0.2])
        let there = try #require(start.converted(to: second))
        for third in known {
          let back = try #require(there.converted(to: third)?.converted(to: first))
          #expect(length(back.place - start.place) < 1e-15)
          #expect(back.rotationVector == start.rotationVector && back.frame == first)
        }
      }
    }
  }

  @Test("of a user's frame nothing is known")
  func user() {
    #expect(pose(.user).converted(to: .bfm) == nil && pose(.bfm).converted(to: .user) == nil)
    #expect(pose(.user).converted(to: .user) == pose(.user))
    for frame in HeadPose.Frame.allCases {
      #expect(frame.exactness(to: frame) == nil && frame.exactness(to: .user) == nil)
    }
    #expect(HeadPose.Frame.bfm.exactness(to: .arkit)?.contains("5 to 10 mm") == true)
  }

  @Test("poses are counted by frame")
  func counts() {
    var counts = FrameCounts()
    #expect(counts.present.isEmpty && !counts.isMixed)
    for frame in [HeadPose.Frame.arkit, .arkit, .bfm] { counts.add(frame) }
    #expect(counts.isMixed && counts.text == "1 pose of bfm, 2 of arkit")
    var sum = counts
    sum += counts
    #expect(sum[.arkit] == 4 && sum[.bfm] == 2 && sum[.user] == 0)
  }
}
