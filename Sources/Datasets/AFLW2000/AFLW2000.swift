public import Codecs

/// AFLW2000-3D: `AFLW2000/imageNNNNN.{jpg,mat}` with 68 points in three dimensions (FORMATS §4).
public enum AFLW2000 {
  /// Reads the annotations of a folder, zip or tar, at any depth; `Code/` is skipped.
  ///
  /// They are read as those of 300W-LP, with `pt3d_68` as landmarks. The attribute `within_99_degrees` is
  /// false for faces with an angle beyond 99 degrees, which published tests leave out.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions
  ) throws -> any AnnotationSource {
    MATFaceSource(.aflw2000, in: tree, options: options)
  }

  /// Writes records in the form of AFLW2000-3D below a folder.
  public static func writer(to folder: String) -> any DatasetWriter {
    MATFaceWriter(.aflw2000, folder: folder)
  }

  /// Makes a synthetic `AFLW2000/` in a folder.
  ///
  /// - Parameters:
  ///   - folder: it is created if it is missing.
  ///   - options: how many images there are, their size and their seed.
  ///   - model: the 68 landmarks of a mean face, in metres.
  public static func synthesis(
    in folder: String, options: SynthesisOptions, model: [SIMD3<Double>]
  ) -> MATFaceSynthesis {
    MATFaceSynthesis(.aflw2000, in: folder, options: options, model: model)
  }
}
