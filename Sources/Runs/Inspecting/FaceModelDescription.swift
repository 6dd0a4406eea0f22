internal import Foundation
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
      "  " + $0.name.padding(toLength: 13, withPad: " ", startingAt: 0) + $0.value
    }
    lines += ["", "  point       x mm      y mm      z mm  part"]
    for (i, point) in model.points.enumerated() {
      let millimetres = point * 1000
      lines.append(
        String(
          format: "  %5d %10.3f%10.3f%10.3f  ", i, millimetres.x, millimetres.y, millimetres.z)
          + model.layout.name(ofPoint: i))
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
      ("interocular", String(format: "%.1f mm", model.interocularDistance * 1000)),
      ("extents", extents),
    ]
  }

  private var extents: String {
    (0..<3).map { axis in
      let values = model.points.map { $0[axis] * 1000 }
      return String(
        format: "%@ %.1f to %.1f", ["x", "y", "z"][axis], values.min() ?? 0, values.max() ?? 0)
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
