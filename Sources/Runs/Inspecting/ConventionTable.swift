internal import Codecs
public import Geometry
internal import Labelling
internal import Reporting
internal import Schema

/// What `conventions` lists.
public struct ConventionTable {
  /// Those that are listed.
  public var conventions: [EulerConvention]

  /// A table of these.
  public init(conventions: [EulerConvention]) { self.conventions = conventions }

  /// For people.
  public var text: String {
    """
    What systems mean by pitch, yaw and roll, as R of the canonical pose X_camera = R X + t:
    camera and face with x to the image's right, y down and z away from the camera; a face that
    looks into the camera has R = 1. Angles are written in the system's order; a positive one turns
    about the canonical axis named, right-handed, which shows as the words say.


    """ + Self.table(angles) + "\nWhere they are used, and R\n\n" + Self.table(uses)
      + "\nOther notations of --from and --to\n\n" + Self.table(Self.others)
  }

  /// Prints the table, and draws the mean face turned by each system's angles.
  ///
  /// - Parameters:
  ///   - path: of the SVG.
  ///   - context: what the run is given by whoever starts it.
  /// - Throws: `OutputRefusal` or `FileError` where it cannot be written.
  public func draw(to path: String, _ context: RunContext) throws -> RunOutcome {
    // A pipe may have any name, but what ends otherwise is another file, mistyped.
    let name = SourceLocation.fileName(of: path)
    guard path.hasSuffix(".svg") || !name.contains(".") else {
      throw OutputRefusal(path, "expected the name of a .svg file")
    }
    let outputs = try OutputSet(file: path, inputs: [])
    context.print(text)
    let model = FaceModel.bfm68Points
    let drawing = ConventionDrawing(conventions, layout: model.layout, points: model.points)
    try context.begin(outputs)
    try outputs.write(drawing.svg.utf8)
    try outputs.publish()
    context.say("wrote     \(path)")
    return .done
  }

  private var angles: [[String]] {
    [["system", "order", "unit", "+pitch", "+yaw", "+roll", "singular"]]
      + conventions.map { convention in
        [
          convention.rawValue, convention.order.map(\.rawValue).joined(separator: ", "),
          convention.nativeUnit,
        ]
          + EulerAngles.Name.allCases.map {
            "\(convention.axis(of: $0)) \(convention.meaning(of: $0))"
          } + [convention.singularity]
      }
  }

  private var uses: [[String]] {
    conventions.map { [$0.rawValue, $0.formula, $0.users] }
  }

  private static var others: [[String]] {
    PoseNotation.Layout.allCases.map {
      [$0.rawValue, "\(PoseNotation.numbers($0).count) numbers", PoseNotation.numbers($0).summary]
    }
  }

  /// Columns as wide as their widest cell.
  private static func table(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).dropLast().map {
        $0 + String(repeating: " ", count: $1 - $0.count)
      }
      return "  " + (cells + row.suffix(1)).joined(separator: "  ") + "\n"
    }.joined()
  }
}
