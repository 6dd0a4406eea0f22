internal import Codecs
internal import Schema

extension DatasetDescription {
  /// CelebA's lists (Liu et al., ICCV 2015), as text or as Kaggle's tables. FORMATS-FOREIGN A11.
  static let celeba: DatasetDescription = {
    var form = DatasetDescription(
      form: "celeba", title: "CelebA",
      holds: FormContents(
        box: "x y width height", landmarks: "5 points", identity: "person"),
      recognises: { file in
        guard file.json == nil, file.xml == nil, let list = CelebAList(file.lines) else {
          return nil
        }
        return switch list.kind {
        case .landmarks: "a list with the columns 'lefteye_x' to 'rightmouth_y'"
        case .boxes: "a list with the columns 'x_1', 'y_1', 'width' and 'height'"
        }
      },
      read: { try CelebAReader.reader($0, $1) })
    form.readTree = { tree, options in
      DistinctIDs(try CelebAReader.reader(try CelebAReader.mainList(in: tree), options))
    }
    return form
  }()
}
