public import Schema

/// A picture of face models: front, side and top view of each, arranged and measured as in a technical
/// drawing (third angle: the top view above the front, the side view to its right, all at one scale).
public struct FaceModelDrawing {
  /// A model to be drawn.
  public struct Model {
    var title: String
    var facts: [String]
    var layout: Landmarks.Layout
    var points: [SIMD3<Double>]

    /// A model with its text.
    ///
    /// - Parameters:
    ///   - title: the model's name.
    ///   - facts: the lines under the title.
    ///   - layout: what the points are called.
    ///   - points: as many as the layout has, in metres; x right, y down, z away from the camera.
    public init(
      title: String, facts: [String], layout: Landmarks.Layout, points: [SIMD3<Double>]
    ) {
      precondition(points.count == layout.count, "as many points as the layout has")
      self.title = title
      self.facts = facts
      self.layout = layout
      self.points = points
    }
  }

  private static let pixelsPerMillimetre = 3.6
  /// Space around the views, and between them, in pixels.
  private static let margin = SIMD2<Double>(48, 28)
  private static let gap = SIMD2<Double>(52, 44)
  /// The space that the text beside the views needs at least, in pixels.
  private static let leastText = SIMD2<Double>(400, 190)

  private let models: [Model]

  /// - Parameter models: drawn one below the other.
  public init(_ models: [Model]) { self.models = models }

  /// A complete SVG file on a light background.
  public var svg: String {
    var height = 0.0
    var width = 0.0
    var text = ""
    for model in models {
      let (part, size) = Self.page(model, top: height)
      text += part
      height += size.y
      width = max(width, size.x)
    }
    let (across, down) = (Int(width.rounded(.up)), Int(height.rounded(.up)))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(across) \(down)" \
      width="\(across)" height="\(down)" font-family="'DejaVu Sans', Verdana, sans-serif">
      <style>\(FaceModelStyle.sheet)</style>
      <title>\(SVG.escaped(models.map(\.title).joined(separator: ", ")))</title>
      <rect width="100%" height="100%" fill="#f4f5f7"/>
      \(text)</svg>

      """
  }

  private static func page(_ model: Model, top: Double) -> (svg: String, size: SIMD2<Double>) {
    let points = model.points.map { $0 * 1000 }
    var (low, high) = (points[0], points[0])
    for point in points {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    let middle = (low + high) / 2
    // There is room for the labels, up to the next line of the grid; the origin is always inside.
    let step = FaceModelView.gridStep
    low = (pointwiseMin(low - 5, .zero) / step).rounded(.down) * step
    high = (pointwiseMax(high + 5, .zero) / step).rounded(.up) * step
    let size = (high - low) * pixelsPerMillimetre
    let left = margin.x
    let right = left + size.x + gap.x
    let textWidth = max(size.z, leastText.x)
    let upper = top + margin.y
    let upperHeight = max(size.z, leastText.y)
    let lower = upper + upperHeight + gap.y
    let none = points.map { _ in false }
    func view(
      _ title: String, _ points: [SIMD2<Double>], _ isFar: [Bool], _ axes: (String, String),
      _ low: SIMD2<Double>, _ high: SIMD2<Double>, at origin: SIMD2<Double>
    ) -> String {
      FaceModelView(
        title: title, layout: model.layout, points: points, isFar: isFar, axes: axes, low: low,
        high: high, scale: pixelsPerMillimetre, origin: origin
      ).svg
    }
    // The half that is turned away is faint. Points within 4 mm of the middle belong to both halves.
    var svg = view(
      "Top", points.map { SIMD2($0.x, -$0.z) }, points.map { $0.y > middle.y + 4 }, ("x", "−z"),
      SIMD2(low.x, -high.z),
      SIMD2(high.x, -low.z), at: SIMD2(left, upper + upperHeight - size.z))
    svg += view(
      "Front", points.map { SIMD2($0.x, $0.y) }, none, ("x", "y"), SIMD2(low.x, low.y),
      SIMD2(high.x, high.y), at: SIMD2(left, lower))
    // Seen from the image's right.
    svg += view(
      "Side", points.map { SIMD2($0.z, $0.y) }, points.map { $0.x < middle.x - 4 }, ("z", "y"),
      SIMD2(low.z, low.y), SIMD2(high.z, high.y), at: SIMD2(right, lower))
    svg += description(model, at: SIMD2(right, upper))
    let width = right + textWidth + margin.x
    return (svg, SIMD2(width, lower + size.y + margin.y + 8 - top))
  }

  private static func description(_ model: Model, at place: SIMD2<Double>) -> String {
    var text = SVG.text(model.title, at: place + SIMD2(0, 20), "heading")
    var y = place.y + 44
    for fact in model.facts {
      text += SVG.text(fact, at: SIMD2(place.x, y), "fact")
      y += 18
    }
    y += 10
    for (i, contour) in model.layout.contours.enumerated() {
      // Two columns.
      let at = SIMD2(place.x + Double(i % 2) * 200, y + Double(i / 2) * 20)
      let style = FaceModelStyle.className(contour.name)
      text += SVG.line(at + SIMD2(0, -4), at + SIMD2(22, -4), "contour \(style)")
      text += "<circle cx=\"\(SVG.number(at.x + 11))\" cy=\"\(SVG.number(at.y - 4))\" r=\"2.6\" "
      text += "class=\"\(style)\"/>\n"
      let range = "\(contour.points.lowerBound)–\(contour.points.upperBound)"
      text += SVG.text("\(contour.name), \(range)", at: at + SIMD2(30, 0), "fact")
    }
    guard model.layout.contours.isEmpty else { return text }
    for i in 0..<model.layout.count {
      let name = model.layout.name(ofPoint: i)
      if name.isEmpty { continue }
      text += SVG.text("\(i)  \(name)", at: SIMD2(place.x, y + Double(i) * 18), "fact")
    }
    return text
  }
}

/// The colours and sizes in drawings of face models.
enum FaceModelStyle {
  /// The class in the style sheet for a part of the face, given in words.
  static func className(_ name: String) -> String {
    for part in ["jaw", "brow", "nose", "eye", "outer", "inner", "mouth"] where name.contains(part)
    {
      return part
    }
    return "jaw"
  }

  static let sheet: String = {
    let colours = [
      ("jaw", "#4a6076"), ("brow", "#8a6414"), ("nose", "#c2452d"), ("eye", "#1b6fb5"),
      ("outer", "#a3286a"), ("inner", "#6d4bb8"), ("mouth", "#a3286a"),
    ]
    let parts = colours.map {
      ".\($0.0){fill:\($0.1)}.contour.\($0.0){stroke:\($0.1)}"
    }
    return parts.joined()
      + ".panel{fill:#fff;stroke:#c9ced6}.grid{stroke:#eceef1}.zero{stroke:#b9c0ca}"
      + ".contour{stroke-width:1.4;stroke-opacity:.55;stroke-linecap:round}"
      + ".leader{stroke:#9aa3ae;stroke-width:.6}.far{opacity:.28}"
      + "text{fill:#39424e}.number{font-size:9px}.tick{font-size:9.5px;fill:#6b7480}"
      + ".axis{font-size:12px;font-style:italic;fill:#6b7480}.title{font-size:13px;font-weight:bold}"
      + ".heading{font-size:19px;font-weight:bold}.fact{font-size:12px}"
      + colours.map { "text.number.\($0.0){fill:\($0.1)}" }.joined()
  }()
}
