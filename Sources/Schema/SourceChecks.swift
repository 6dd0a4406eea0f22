/// The checks of the source doctor in `Datasets`. The catalogue in `Checks` lists them too.
public enum SourceChecks {
  /// Fewer files than the official dataset has, by their number.
  public static let incomplete = Check(
    "source-incomplete", .note, "fewer files than the official dataset has",
    "Samples and synthetic sets are smaller by intent; a download that should be whole is not.")
  /// A mirror or another version of a dataset, recognised by its files.
  public static let variant = Check(
    "source-variant", .note, "a mirror or another version",
    "Mirrors leave parts out; what that means for poses is said.")
  /// A part of a dataset that may be in another of its archives.
  public static let elsewhere = Check(
    "source-part-elsewhere", .note, "a part that may lie elsewhere",
    "Datasets come in several archives; this one holds only some of their parts.")
  /// A folder or file of a dataset's layout that is not there.
  public static let missingFolder = Check(
    "source-missing-folder", .warning, "a folder or file of the layout is missing",
    "What is read falls back to a poorer source, or leaves frames out.")
  /// Images without annotation, or annotations without image.
  public static let unpaired = Check(
    "source-unpaired-files", .warning, "files without their counterpart",
    "An interrupted download or copy leaves images without annotation, or the other way round.")
  /// The faulty copy of 300W-LP in which all rotated images of a photo share one set of landmarks.
  public static let sharedLandmarks = Check(
    "source-shared-landmarks", .warning, "rotated images with one set of landmarks",
    "A circulating copy of 300W-LP has the first image's landmarks for all rotated images of a photo; poses fitted to them are wrong."
  )
  /// Files and folders that fit none of the known datasets.
  public static let unknownLayout = Check(
    "source-unknown-layout", .warning, "no dataset that is known",
    "The names of files and folders are those of none of the datasets that are read.")
  /// A file that a browser or download tool has not finished, by its name.
  public static let unfinishedDownload = Check(
    "source-unfinished-download", .error, "a download that is not finished",
    "Browsers and download tools rename the file when it is whole.")
  /// An archive that is cut short or damaged.
  public static let partialArchive = Check(
    "source-partial-archive", .error, "an archive that is not whole",
    "Members at its end are missing, or all are.")
  /// A web page or a Git LFS pointer under the name of a file.
  public static let notData = Check(
    "source-not-data", .error, "a file that stands for another",
    "A web page or a Git LFS pointer was saved under the file's name.")
  /// A file of 0 bytes.
  public static let emptyFile = Check(
    "source-empty-file", .error, "files without a byte",
    "A full disk or an interrupted unpacking leaves such files.")

  /// All of these, in ascending order of severity.
  public static let all = [
    incomplete, variant, elsewhere, missingFolder, unpaired, sharedLandmarks, unknownLayout,
    unfinishedDownload, partialArchive, notData, emptyFile,
  ]
}
