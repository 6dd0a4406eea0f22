internal import ArgumentParser
internal import Reporting

/// A list of overlays, as "box,mesh".
struct OverlayList: ExpressibleByArgument {
  var overlays: FacePortrait.Overlays

  static let names = FacePortrait.Overlays.named.map(\.name)

  init(_ overlays: FacePortrait.Overlays) { self.overlays = overlays }

  init?(argument: String) {
    overlays = []
    if argument == "none" { return }
    for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let named = FacePortrait.Overlays.named.first(where: { $0.name == word }) else {
        return nil
      }
      overlays.insert(named.overlay)
    }
  }

  var defaultValueDescription: String {
    let names = FacePortrait.Overlays.named.filter { overlays.contains($0.overlay) }.map(\.name)
    return names.isEmpty ? "none" : names.joined(separator: ",")
  }
}

/// What is drawn of an annotation over its image.
struct DrawingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What is drawn over an image, with commas: box, landmarks, axes, mesh (the mean face in the annotated pose); or none.",
      valueName: "list"))
  var draw = OverlayList([.box, .landmarks, .axes])
}
