internal import Geometry
internal import Schema

extension FaceModel {
  /// Face Mesh's own face, in metres, moved and scaled to lie on img2pose's, so that poses have the origin and the scale
  /// of the others' in the frame `bfm`.
  public static let faceMesh = FaceModel(
    name: "mediapipe-468",
    source:
      "google-ai-edge/mediapipe, canonical_face_model.obj (Apache-2.0), placed on img2pose's face",
    layout: .mediapipe468, points: placed(on: MeanFace.ibug68Points), frame: .bfm,
    turnSigma: meshTurnSigma)

  /// By how much poses of Face Mesh's points pitch less than the annotation of 16 photographs of AFLW2000, about the
  /// face's x axis in radians. It is between 2.5 and 3 degrees for two versions of the network.
  private static let meshTurn = 2.5 * Double.pi / 180
  /// What errors remain on these photographs: root mean squares about the camera's axes, of faces at all angles.
  private static let meshTurnSigma = SIMD3<Double>(6, 6, 3)

  /// The mesh, turned by `meshTurn`, with the scale and the place that bring it nearest to another face by least squares
  /// over iBUG's points of brows, eyes, nose and mouth. Its plane of symmetry stays where x is 0.
  private static func placed(on other: [SIMD3<Double>]) -> [SIMD3<Double>] {
    let turn = Rotation(rotationVector: SIMD3(meshTurn, 0, 0))
    let mesh = FaceMesh.points.map { turn * $0 }
    let inner = 17..<68
    let (from, to) = (inner.map { mesh[Landmarks.Layout.ibugOfMesh[$0]] }, Array(other[inner]))
    let count = Double(inner.count)
    let (middle, target) = (from.reduce(.zero, +) / count, to.reduce(.zero, +) / count)
    var (shared, own) = (0.0, 0.0)
    for (point, place) in zip(from, to) {
      shared += ((point - middle) * (place - target)).sum()
      own += ((point - middle) * (point - middle)).sum()
    }
    let scale = shared / own
    let offset = (target - scale * middle) * SIMD3(0, 1, 1)
    return mesh.map { scale * $0 + offset }
  }
}
