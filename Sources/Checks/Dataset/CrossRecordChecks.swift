internal import Schema

extension Check {
  static let photoInTwoSplits = Check(
    "photo-in-two-splits", .error, "source photo in two splits",
    "Rotated or mirrored copies of a photo on both sides of a split measure memory, and not what was learned. Split anew by photo."
  )
  static let subjectInTwoSplits = Check(
    "subject-in-two-splits", .error, "person in two splits",
    "A network that has seen the person in training is tested on the same face. Split anew by person."
  )
  static let sequenceInTwoSplits = Check(
    "sequence-in-two-splits", .error, "sequence in two splits",
    "Neighbouring frames are nearly the same picture. Split anew by sequence.")
  static let sharedLandmarks = Check(
    "shared-landmarks", .error, "landmarks that other images have too",
    "At most one of the images can have them. A copy of 300W-LP circulates whose rotated images share one set of landmarks: get the original."
  )
  static let unmirroredFlip = Check(
    "unmirrored-flip", .warning, "mirrored copy that does not mirror its original",
    threshold: "1 px for landmarks, 0.5 degrees for the rotation",
    "Landmarks are to be at width - 1 - x with sides exchanged, the rotation to have yaw and roll negated."
  )
  static let duplicateImage = Check(
    "duplicate-image", .warning, "image with the pixels of another",
    "It counts twice in training. Drop one, and look whether their annotations agree.")
  static let duplicateAcrossSplits = Check(
    "duplicate-across-splits", .error, "image with the pixels of one in another split",
    "What is tested was trained on. Drop it from one of the splits.")
  static let nearDuplicate = Check(
    "near-duplicate", .note, "image that looks like another",
    threshold: "\(CrossRecordCheck.defaultRadius) of 64 bits of the DCT hash",
    "Often the same photo, compressed or resized again. Look at both.")
  static let nearDuplicateAcrossSplits = Check(
    "near-duplicate-across-splits", .warning, "image that looks like one in another split",
    threshold: "\(CrossRecordCheck.defaultRadius) of 64 bits of the DCT hash",
    "If it is the same photo, what is tested was trained on. Look at both.")
}
