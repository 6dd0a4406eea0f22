import Geometry
import Labelling
import Schema
import Testing

@Suite("The pose img2pose's notebook compares with")
struct Img2PoseReferenceTests {
  private let pose = Extrinsics(
    rotation: Rotation(rotationVector: [0.2, -0.4, 0.1]), translation: [0.05, -0.02, 0.8])

  /// A face that shows the model at `pose`, its landmarks moved by `offset`.
  private func face(movedBy offset: Double) -> (Face, ImageReference) {
    let camera = Intrinsics.widthPlusHeight(450, 400)
    var face = Face(box: BoundingBox(left: 0, top: 0, right: 450, bottom: 400))
    face.landmarks = Landmarks(
      layout: .ibug68,
      points: FaceModel.bfm68Points.points.map {
        .init(camera.projection(of: pose.applied(to: $0)) + offset)
      })
    var image = ImageReference(path: "a.jpg")
    (image.width, image.height) = (450, 400)
    return (face, image)
  }

  @Test("landmarks that count from 0 are taken to count from 1")
  func origin() throws {
    let (face, image) = self.face(movedBy: -1)
    var reference = Img2PoseReference()
    let fit = reference.pose(of: face, in: image)
    let found = try #require(fit)
    #expect(found.rotation.angle(to: pose.rotation) < 1e-4)
    let offset = found.translation - pose.translation
    #expect((offset * offset).sum().squareRoot() < 1e-4)
  }

  @Test("without 68 landmarks, or the image's size, there is none")
  func none() {
    var reference = Img2PoseReference()
    var (face, image) = self.face(movedBy: 0)
    let sized = reference.pose(of: face, in: image)
    #expect(sized != nil)
    let unsized = reference.pose(of: face, in: ImageReference(path: "a.jpg"))
    #expect(unsized == nil)
    face.landmarks = face.landmarks?.fivePoints
    let five = reference.pose(of: face, in: image)
    #expect(five == nil)
  }
}
