/// The datasets' names, as records and the command line spell them.
public enum DatasetName {
  /// WIDER FACE, with RetinaFace's landmarks (FORMATS §1, §2).
  public static let widerFace = "wider-face"
  /// 300W-LP.
  public static let threeHundredWLP = "300w-lp"
  /// AFLW2000-3D.
  public static let aflw2000 = "aflw2000"
  /// The Biwi Kinect Head Pose Database.
  public static let biwi = "biwi"
  /// ARKitFace.
  public static let arkitFace = "arkitface"
}
