internal import Schema

extension CheckCatalogue {
  /// Checks by the readers of annotations.
  static let reading: [Check] = [
    Check(
      .malformedLine, .error, "line that cannot be read",
      "The annotation file has a line of another form. What it says is lost; correct or remove it."),
    Check(
      .malformedRecord, .error, "record that cannot be read",
      "The image's annotation contradicts its format or schema, and none of it is used."),
    Check(
      .unreadableFile, .error, "annotation file that the system cannot read",
      "It is there, and its disk or its permissions refuse it; what it says is not used."),
    Check(
      .unsafePath, .error, "image path that leads out of the images",
      "Absolute paths and those with '..' are refused, for a dataset must not name other files."),
    Check(
      .pathNotUTF8, .error, "path that is not UTF-8",
      "The name was stored in another encoding; rename the file or convert the list."),
    Check(
      .missingAnnotation, .error, "annotation file missing",
      "A file that the dataset's layout calls for is not there; the download or unpacking may be incomplete."
    ),
    Check(
      .missingCamera, .error, "camera missing",
      "Poses are relative to a camera that no file states, so they cannot be used."),
    Check(
      .missingPose, .note, "image without a pose",
      "The dataset has an image whose pose file is missing, as BIWI has some; it is left out."),
    Check(
      .unreadableArray, .warning, "array that cannot be read",
      "One array of a file is damaged; the record is kept without it."),
    Check(
      .badLandmark, .warning, "landmark that cannot be used",
      "A coordinate is no number or has no meaning; the landmark counts as missing."),
    Check(
      .unusableLandmarks, .warning, "landmarks that determine no pose",
      "Too few landmarks, or all in one place or line; the face has no pose."),
    Check(
      .conflictingAnnotation, .warning, "annotations that contradict each other",
      "Two places say different things of one face; the first is kept."),
    Check(
      .mixedSides, .warning, "sides named in two ways",
      "Left is the image's in some faces and the person's in others; half of them are mirrored in training."
    ),
    Check(
      .unmappedPoints, .warning, "points of other names",
      "Their names mean no point of a layout that records have; a map of names says what they mean."
    ),
    Check(
      .otherAnnotations, .note, "annotations of other things",
      "The file also holds annotations that are not of faces, or of a shape that records do not hold."
    ),
    Check(
      .duplicateRecord, .error, "image annotated twice",
      "Two records name one image; it would count twice in training."),
    Check(
      .sharedImagePath, .warning, "one image path in several records",
      "Where the records are of several folders, all but one get another picture than their own."),
    Check(
      .mergedEntries, .warning, "entries of one image merged",
      "One file lists the image more than once, with other faces; the record has all of them."),
    Check(
      .brokenLink, .error, "link that leads nowhere",
      "The file that it names is gone or elsewhere; copy the file in or make the link anew."),
    Check(
      .linkCycle, .note, "link back to a folder",
      "A link leads to a folder that was walked already, often one that it is in; it is not followed again."
    ),
    Check(
      .absolutePath, .warning, "image path from a system's root, or a URL",
      "The record has the path without its root, or without the URL's scheme and host; where the images are elsewhere now, they are not found by it."
    ),
    Check(
      .pathWithSpace, .note, "image path with a space",
      "img2pose's lists cannot hold such paths; other forms can."),
    Check(
      .windowsLineEnds, .note, "text with Windows line ends",
      "It is read as if it had others; a tool of the dataset's own may not do so."),
    Check(
      .byteOrderMark, .note, "text with a byte order mark",
      "It is read without; a tool of the dataset's own may not do so."),
  ]

  /// Checks made when image files are opened.
  static let imageFiles: [Check] = [
    Check(
      .missingImage, .error, "image file missing",
      "The record names a file that is not among the images; check --images and the download."),
    Check(.emptyImage, .error, "image file empty", "The file has no bytes; fetch it again."),
    Check(
      .notAnImage, .error, "file that is no image",
      "Neither JPEG nor PNG; often an error page saved under an image's name."),
    Check(
      .truncatedImage, .error, "image file cut off",
      "The end is missing, and decoders of trainers fail on it; fetch it again."),
    Check(
      .unreadableImage, .error, "image file that cannot be read",
      "The file system or the decoder refuses it."),
    Check(
      .oversizedImage, .error, "image file too large",
      "Larger than --max-image-bytes allows."),
    Check(
      .tooManyPixels, .error, "image of too many pixels",
      "More than --max-pixels allows; a few bytes of a broken or hostile file can claim any size."),
    Check(
      .changedImage, .error, "image of another size than its record says",
      "Boxes and landmarks were made for other pixels; use the images they were made for."),
    Check(
      .exifOrientation, .warning, "image turned by an EXIF tag",
      "Annotations refer to the stored pixels, and readers such as cv2.imread turn them; store the image turned, or have the trainer ignore the tag."
    ),
  ]
}
