public import Codecs

/// AFLW2000-3D: `AFLW2000/imageNNNNN.{jpg,mat}` with 68 points in three dimensions (FORMATS §4).
public enum AFLW2000 {
  /// The annotations in a folder, zip or tar, at any depth; `Code/` is skipped.
  ///
  /// As 300W-LP's, with `pt3d_68` as landmarks. Faces with an angle beyond 99 degrees, which tests leave
  /// out, have the attribute `within_99_degrees` false.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions
  ) throws -> any AnnotationSource {
    MATFaceSource(.aflw2000, in: tree, options: options)
  }

  /// Writes records in its form below a folder.
  public static func writer(to folder: String) -> any DatasetWriter {
    MATFaceWriter(.aflw2000, folder: folder)
  }

  /// Makes `AFLW2000/` in a folder.
  ///
  /// - Parameter model: the 68 points of a mean face in metres.
  public static func synthesis(
    in folder: String, options: SynthesisOptions, model: [SIMD3<Double>]
  ) -> MATFaceSynthesis {
    MATFaceSynthesis(.aflw2000, in: folder, options: options, model: model)
  }
}
