public import Geometry
internal import Schema

/// What a table of faces has columns of: one column, or some that belong together.
public enum TableColumn: Sendable, Equatable {
  /// `image`: the image's path.
  case image
  /// `record`: the record's id.
  case record
  /// `dataset`
  case dataset
  /// `split`
  case split
  /// `image_width`, `image_height`, in pixels.
  case size
  /// `x1`, `y1`, `x2`, `y2`: left, top, right and bottom, in 0-based pixels.
  case box
  /// `bbox_x`, `bbox_y`, `bbox_w`, `bbox_h`: likewise, with width and height.
  case boxSize
  /// `left_eye_x`, `left_eye_y`, `left_eye_v` and so on for `PointNames.ours`: five points in 0-based pixels, with left
  /// meaning the image's left, and 0 for missing, 1 for occluded, 2 for visible.
  case points
  /// `x_0`, `y_0`, `v_0` to `x_67`, `y_67`, `v_67`: likewise, iBUG's 68 points.
  case landmarks
  /// `pitch`, `yaw`, `roll`: in degrees by `EulerConvention.aflw`.
  case angles
  /// `rx_rad`, `ry_rad`, `rz_rad`: the rotation vector in radians.
  case rotation
  /// `tx_m`, `ty_m`, `tz_m`: the translation in metres.
  case translation
  /// `fx_px`, `fy_px`, `cx_px`, `cy_px`: focal lengths and principal point.
  case camera
  /// Likewise, pitch, yaw and roll as another system means them, `hopenet_pitch` and so on.
  case euler(EulerConvention)
  /// An attribute of the face of this name.
  case attribute(String)

  /// The columns of a table where nobody says other ones.
  public static let usual: [TableColumn] = [.image, .box, .points, .angles, .translation]

  private static let named: [(name: String, column: TableColumn)] = [
    ("image", .image), ("record", .record), ("dataset", .dataset), ("split", .split),
    ("size", .size), ("box", .box), ("box_xywh", .boxSize), ("points", .points),
    ("points_68", .landmarks), ("angles", .angles), ("rotation", .rotation),
    ("translation", .translation), ("camera", .camera),
  ]
  private static let attributeMark = "attribute:"

  /// What can be named, for messages.
  public static let names = named.map(\.name) + [attributeMark + "NAME"]

  /// As `init(_:)` takes it.
  public var name: String {
    if case .attribute(let name) = self { return Self.attributeMark + name }
    if case .euler(let convention) = self { return FaceAttributes.eulerName(convention) }
    return Self.named.first { $0.column == self }?.name ?? ""
  }

  /// From a name of `names`; nil where it is none. An attribute's name cannot have a mark that separates columns.
  public init?(_ name: String) {
    if name.hasPrefix(Self.attributeMark) {
      let attribute = String(name.dropFirst(Self.attributeMark.count))
      guard !attribute.isEmpty,
        !attribute.utf8.contains(where: { $0 < 0x20 || ",;\"".utf8.contains($0) })
      else { return nil }
      self = .attribute(attribute)
      return
    }
    guard let column = Self.named.first(where: { $0.name == name })?.column else { return nil }
    self = column
  }

  /// The names in the table's header.
  var header: [String] {
    switch self {
    case .image: ["image"]
    case .record: ["record"]
    case .dataset: ["dataset"]
    case .split: ["split"]
    case .size: ["image_width", "image_height"]
    case .box: ["x1", "y1", "x2", "y2"]
    case .boxSize: ["bbox_x", "bbox_y", "bbox_w", "bbox_h"]
    case .points: PointNames.ours.flatMap { ["\($0)_x", "\($0)_y", "\($0)_v"] }
    case .landmarks: (0..<68).flatMap { ["x_\($0)", "y_\($0)", "v_\($0)"] }
    case .angles: ["pitch", "yaw", "roll"]
    case .rotation: ["rx_rad", "ry_rad", "rz_rad"]
    case .translation: ["tx_m", "ty_m", "tz_m"]
    case .camera: ["fx_px", "fy_px", "cx_px", "cy_px"]
    case .euler(let convention): ["pitch", "yaw", "roll"].map { "\(convention.rawValue)_\($0)" }
    case .attribute(let name): [name]
    }
  }

  /// The layout of points that it holds; nil for other columns.
  var layout: Landmarks.Layout? {
    switch self {
    case .points: .face5
    case .landmarks: .ibug68
    default: nil
    }
  }
}
