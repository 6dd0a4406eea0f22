internal import Schema

/// The checks of `verify`, in addition to those of LMDBs (`ShardChecks.swift`).
extension Check {
  static let outputManifest = Check(
    "output-manifest", .error, "manifest that is missing, altered or of another form",
    "It says what all other files are to hold. Fetch it again, or make the output anew.")
  static let outputFile = Check(
    "output-file", .error, "file of an output that is missing, altered or foreign",
    "It is not the one that the run wrote. Fetch it again, or make the output anew.")
  static let outputSample = Check(
    "output-sample", .error, "sample that is not as it was written",
    "Its bytes have another hash than the run stored. Fetch the LMDB again, or make the output anew."
  )
  static let outputImage = Check(
    "output-image", .error, "image in an LMDB that is none or was cut short",
    "A trainer's decoder stops at it.")
  static let outputCounts = Check(
    "output-counts", .error, "counts that are not those of the files",
    "The manifest or the files were changed since they were written, or are of two runs.")
}
