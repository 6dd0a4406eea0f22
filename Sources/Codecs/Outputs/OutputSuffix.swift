/// The endings of the names of a run's outputs, after their common prefix.
public enum OutputSuffix {
  /// The samples' hashes, an n x 2 array of uint64 (`HashTable`).
  public static let hashes = ".hashes.npy"
  /// The mean of the samples' poses, a NumPy array of six float64.
  public static let poseMean = "_pose_mean.npy"
  /// Their standard deviation, likewise.
  public static let poseDeviation = "_pose_stddev.npy"
  /// Both of them.
  public static let poseStatistics = [poseMean, poseDeviation]
  /// What was written, and from what, as JSON.
  public static let manifest = ".manifest.json"
  /// Likewise of a part of a run, with what the whole is made of.
  public static let part = ".part.json"
  /// What a folder was exported from, and what its reader will do with it, as JSON.
  public static let export = ".export.json"
  /// The issues, one JSON object on each line.
  public static let issues = ".issues.jsonl"
  /// The records, one JSON object on each line.
  public static let records = ".jsonl"
  /// Findings, one JSON object on each line.
  public static let findings = ".findings.jsonl"
  /// Of a part of a check: the records' names, one JSON array on each line.
  public static let evidenceNames = ".names.jsonl"
  /// Of a part of a check: rows (pixel hash, DCT hash, record) of uint64.
  public static let evidenceImages = ".images.npy"
  /// Of a part of a check: rows (kind, hash, record) of uint64, of what records may have in common.
  public static let evidenceKeys = ".keys.npy"
  /// The folder of img2pose's own lists.
  public static let lists = "_img2pose"
}
