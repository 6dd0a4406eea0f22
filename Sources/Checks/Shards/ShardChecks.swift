internal import Schema

extension Check {
  static let shardKeys = Check(
    "shard-keys", .error, "LMDB whose keys do not fit together",
    "The loader asks for keys that are not there, or never for some that are. Pack anew.")
  static let shardSample = Check(
    "shard-sample", .error, "LMDB value of another form",
    "The loader stops at it, or takes one number for another. Pack anew.")
  static let shardCounts = Check(
    "shard-counts", .error, "sample with unequal numbers of boxes, poses and landmarks",
    "Faces are told by their place in each list, so some get another's pose.")
  static let shardBox = Check(
    "shard-box", .error, "box in an LMDB that is none",
    "img2pose needs whole numbers and an area, or its crop camera divides by zero.")
  static let shardSentinel = Check(
    "shard-sentinel", .warning, "sentinels that contradict each other",
    "A face without a pose has -9 in both poses and -1 in all landmarks, one with a pose has no -1; img2pose's loader trains on all faces without a -1, and blacks out all others."
  )
  static let shardPose = Check(
    "shard-pose", .warning, "local and global pose that are not each other's",
    threshold: "2 degrees by the nearer of both rotation rules",
    "img2pose trains on the local pose and converts it to the global one, which then is another.")
  static let shardCamera = Check(
    "shard-camera", .note, "global poses of another camera than img2pose's",
    "img2pose converts by a focal length of width + height and the image's centre; its global poses will not be these."
  )
  static let shardStatistics = Check(
    "shard-statistics", .error, "pose statistics of other poses",
    threshold: "a millionth of the standard deviation",
    "img2pose learns poses less this mean and over this deviation; of another set they are wrongly scaled."
  )
  static let shardManifest = Check(
    "shard-manifest", .error, "manifest that counts otherwise than the LMDB",
    "The file was changed since, or is another run's.")

  static let shards: [Check] = [
    .shardKeys, .shardSample, .shardCounts, .shardBox, .shardSentinel, .shardPose, .shardCamera,
    .shardStatistics, .shardManifest,
  ]
}
