public import Codecs
internal import Schema

/// BIWI Kinect Head Pose (Fanelli et al., IJCV 2013; FORMATS §5): 24 sequences of 20 persons in front of a
/// Kinect. Each frame has a colour image, a depth image and the head's pose.
///
///     hpdb/NN/frame_FFFFF_rgb.png, _depth.bin, _pose.txt    Kaggle: faces_0/NN; fastai: NN, _rgb.jpg
///     hpdb/NN/rgb.cal, depth.cal
public enum Biwi {
  /// The camera, one of the Kinect's two, in which poses are given.
  public enum Frame: String, Sendable, CaseIterable {
    /// The camera of the images, which TRG and PerspNet use: R = R_cal R_head, and
    /// t = (R_cal T_head + T_cal) / 1000.
    case colour
    /// The camera in which `_pose.txt` is written, which img2pose, Hopenet and FSA-Net use; it is turned by
    /// about a degree. Boxes still lie in the colour image, for that is the one to train on.
    case depth
  }

  /// Reads the annotations of a folder, zip or tar, wherever the sequences lie in it.
  ///
  /// A frame becomes a record if it has both a colour image and a pose. The number in their names says which
  /// files belong to one frame.
  public static func annotations(
    in tree: FileTree, options: ReadingOptions, frame: Frame = .colour
  ) throws -> any AnnotationSource {
    BiwiSource(tree: tree, options: options, frame: frame)
  }

  /// The person in a sequence, `F01`... or `M01`...; nil for a number that the dataset does not have.
  ///
  /// Four persons were recorded twice, so a split by sequences would put them into both parts. The table is
  /// that of the dataset's readme, as its HuggingFace card gives it.
  public static func subject(ofSequence number: Int) -> String? {
    subjects.indices.contains(number - 1) ? subjects[number - 1] : nil
  }

  private static let subjects = [
    "F01", "F02", "F03", "F04", "F05", "F06", "M01", "M02", "M03", "M04", "M05", "M06", "M07",
    "M08", "F03", "M09", "M10", "F05", "M11", "M12", "F02", "M01", "M13", "M14",
  ]
}
