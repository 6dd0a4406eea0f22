/// The datasets' names, as records and the command line spell them.
public enum DatasetName {
  public static let widerFace = "wider-face"
  public static let threeHundredWLP = "300w-lp"
  public static let aflw2000 = "aflw2000"
  public static let biwi = "biwi"
  public static let arkitFace = "arkitface"
}
