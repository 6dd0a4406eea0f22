public import Codecs

/// 300W-LP: photos of 300-W, turned to larger yaws, in sets with mirrored copies (FORMATS §3).
///
///     AFW/<stem>.jpg, AFW/<stem>.mat, AFW_Flip/..., landmarks/AFW/<stem>_pts.mat; HELEN, IBUG, LFPW
public enum ThreeHundredWLP {
  /// Reads the annotations of a folder, zip or tar, at any depth; `Code/` is skipped.
  ///
  /// Poses are the annotated ones, in a camera of f = w + h for the usual 450 x 450 pixels
  /// (`WeakPerspectiveLift` adapts them to images of another size). Files that cannot be read become
  /// issues and are not thrown.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions
  ) throws -> any AnnotationSource {
    MATFaceSource(.threeHundredWLP, in: tree, options: options)
  }

  /// Reads img2pose's lists of JSON files with `pose_para`; several lists are merged by image.
  ///
  /// - Throws: `FileError` where a file cannot be read, `UnrecognisedAnnotations` or `TextFault` where it is not
  ///   such a list.
  public static func annotations(
    inLists paths: [String], options: ReadingOptions
  ) throws -> any AnnotationSource {
    for path in paths {
      let form = try WiderFace.form(of: PackedFile.open(path))
      guard form == .img2pose else {
        throw UnrecognisedAnnotations(
          path: path, expected: "img2pose's list of JSON files", found: form.rawValue)
      }
    }
    return try WiderFace.annotations(at: paths, options: options)
  }

  /// Writes records in the form of 300W-LP below a folder: .mat files beside the images, and those of landmarks.
  public static func writer(to folder: String) -> any DatasetWriter {
    MATFaceWriter(.threeHundredWLP, folder: folder)
  }

  /// Writes records in img2pose's form of 300W-LP: JSON files with `pose_para`, and `300W_LP_annotations.txt`.
  public static func img2PoseWriter(to folder: String) -> any DatasetWriter {
    Img2PoseParameterWriter(folder: folder)
  }

  /// Makes a synthetic `300W_LP/` in a folder. Every second image is the mirrored copy of the one before.
  ///
  /// - Parameters:
  ///   - folder: it is created if it is missing.
  ///   - options: how many images there are, their size and their seed.
  ///   - model: the 68 landmarks of a mean face, in metres.
  public static func synthesis(
    in folder: String, options: SynthesisOptions, model: [SIMD3<Double>]
  ) -> MATFaceSynthesis {
    MATFaceSynthesis(.threeHundredWLP, in: folder, options: options, model: model)
  }
}
