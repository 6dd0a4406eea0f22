public import Codecs
internal import Schema

/// BIWI Kinect Head Pose (Fanelli et al., IJCV 2013; FORMATS §5): 24 sequences of 20 persons before a
/// Kinect, each frame with a colour image, a depth image and the head's pose.
///
///     hpdb/NN/frame_FFFFF_rgb.png, _depth.bin, _pose.txt    Kaggle: faces_0/NN; fastai: NN, _rgb.jpg
///     hpdb/NN/rgb.cal, depth.cal
public enum Biwi {
  /// Which of the Kinect's two cameras poses are given in.
  public enum Frame: String, Sendable, CaseIterable {
    /// The camera of the images, as TRG and PerspNet have it: R = R_cal R_head, and
    /// t = (R_cal T_head + T_cal) / 1000.
    case colour
    /// The camera that `_pose.txt` is written in, as img2pose, Hopenet and FSA-Net have it, about a degree
    /// away. Boxes still lie in the colour image, for it is the one that is trained on.
    case depth
  }

  /// The annotations in a folder, zip or tar, wherever in it the sequences lie.
  ///
  /// A frame becomes a record where it has both a colour image and a pose. Files of a frame belong
  /// together by the number in their names.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions, frame: Frame = .colour
  ) throws -> any AnnotationSource {
    BiwiSource(tree: tree, options: options, frame: frame)
  }

  /// The person of a sequence, `F01`... and `M01`..., or nil for a number that the dataset does not have.
  ///
  /// Four persons were recorded twice, so a split by sequences would let them cross (the table is that
  /// of the dataset's readme, as its HuggingFace card gives it).
  public static func subject(ofSequence number: Int) -> String? {
    subjects.indices.contains(number - 1) ? subjects[number - 1] : nil
  }

  private static let subjects = [
    "F01", "F02", "F03", "F04", "F05", "F06", "M01", "M02", "M03", "M04", "M05", "M06", "M07",
    "M08", "F03", "M09", "M10", "F05", "M11", "M12", "F02", "M01", "M13", "M14",
  ]
}
