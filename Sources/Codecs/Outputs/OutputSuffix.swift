/// What the names of a run's outputs end with, after their common prefix.
public enum OutputSuffix {
  /// The samples' hashes.
  public static let hashes = ".hashes.npy"
  public static let poseMean = "_pose_mean.npy"
  public static let poseDeviation = "_pose_stddev.npy"
  public static let poseStatistics = [poseMean, poseDeviation]
  public static let manifest = ".manifest.json"
  public static let issues = ".issues.jsonl"
  public static let records = ".jsonl"
  /// The folder of img2pose's own lists.
  public static let lists = "_img2pose"
}
