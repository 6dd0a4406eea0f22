internal import Labelling
public import Rendering

extension HeadMesh {
  /// The bundled head, whose face is drawn as the mesh.
  public static var bfm: HeadMesh { HeadMesh(landmarks: FaceModel.bfm68Points.points) }
}
