/// What the source doctor of `Datasets` looks for, by name; the catalogue of `Checks` lists it too.
public enum SourceChecks {
  public static let incomplete = Check(
    "source-incomplete", .note, "fewer files than the official dataset has",
    "Samples and synthetic sets are smaller by intent; a download that should be whole is not.")
  public static let variant = Check(
    "source-variant", .note, "a mirror or another version",
    "Mirrors leave parts out; what that means for poses is said.")
  public static let elsewhere = Check(
    "source-part-elsewhere", .note, "a part that may lie elsewhere",
    "Datasets come in several archives; this one holds only some of their parts.")
  public static let missingFolder = Check(
    "source-missing-folder", .warning, "a folder or file of the layout is missing",
    "What is read falls back to a poorer source, or leaves frames out.")
  public static let unpaired = Check(
    "source-unpaired-files", .warning, "files without their counterpart",
    "An interrupted download or copy leaves images without annotation, or the other way round.")
  public static let sharedLandmarks = Check(
    "source-shared-landmarks", .warning, "rotated images with one set of landmarks",
    "A circulating copy of 300W-LP has the first image's landmarks for all rotated images of a photo; poses fitted to them are wrong."
  )
  public static let unknownLayout = Check(
    "source-unknown-layout", .warning, "no dataset that is known",
    "The names of files and folders are those of none of the datasets that are read.")
  public static let unfinishedDownload = Check(
    "source-unfinished-download", .error, "a download that is not finished",
    "Browsers and download tools rename the file when it is whole.")
  public static let partialArchive = Check(
    "source-partial-archive", .error, "an archive that is not whole",
    "Members at its end are missing, or all are.")
  public static let notData = Check(
    "source-not-data", .error, "a file that stands for another",
    "A web page or a Git LFS pointer was saved under the file's name.")
  public static let emptyFile = Check(
    "source-empty-file", .error, "files without a byte",
    "A full disk or an interrupted unpacking leaves such files.")

  public static let all = [
    incomplete, variant, elsewhere, missingFolder, unpaired, sharedLandmarks, unknownLayout,
    unfinishedDownload, partialArchive, notData, emptyFile,
  ]
}
