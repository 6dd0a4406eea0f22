internal import Labelling
internal import Reporting
internal import Schema

/// What `inspect` says of a face model and draws of it.
struct FaceModelDescription {
  let model: FaceModel

  /// For people: facts, then a table of the points.
  var text: String {
    var lines = ["\(model.name): face model of \(model.points.count) points"]
    lines += facts.map {
      "  " + $0.name.padded(to: 13) + $0.value
    }
    lines += ["", "  point       x mm      y mm      z mm  part"]
    for (i, point) in model.points.enumerated() {
      let millimetres = point * 1000
      let numbers = (0..<3).map { millimetres[$0].printed("%10.3f") }.joined()
      lines.append(
        "  \(String(i).padded(toRight: 5)) \(numbers)  \(model.layout.name(ofPoint: i))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var drawing: FaceModelDrawing.Model {
    FaceModelDrawing.Model(
      title: model.name,
      facts: facts.filter { $0.name != "source" && $0.name != "axes" }.map {
        "\($0.name): \($0.value)"
      }, layout: model.layout, points: model.points)
  }

  private var facts: [(name: String, value: String)] {
    [
      ("source", model.source),
      ("layout", "\(model.layout.rawValue), \(model.layout.count) points"),
      ("frame", "\(model.frame.rawValue): \(model.frame.summary)"),
      ("axes", FaceModel.Axes.opencv.summary),
      ("interocular", (model.interocularDistance * 1000).printed("%.1f mm")),
      ("extents", extents),
    ]
  }

  private var extents: String {
    (0..<3).map { axis in
      let values = model.points.map { $0[axis] * 1000 }
      let (least, most) = (values.min() ?? 0, values.max() ?? 0)
      return "\(["x", "y", "z"][axis]) \(least.printed("%.1f")) to \(most.printed("%.1f"))"
    }.joined(separator: ", ") + " mm"
  }
}

extension HeadPose.Frame {
  /// Whose axes and origin it is, in words.
  fileprivate var summary: String {
    switch self {
    case .bfm: "img2pose's mean-face axes and origin"
    case .arkit: "Apple's face anchor"
    case .biwiHead: "BIWI's head centre"
    case .user: "the axes and origin of a user's face model"
    }
  }
}
