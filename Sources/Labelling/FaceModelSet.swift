public import Schema

/// The face models of a run. They decide with which model a face's landmarks are fitted.
public struct FaceModelSet: Sendable, Equatable {
  /// At most one for each layout.
  public let models: [FaceModel]

  /// img2pose's mean face: its 5 points for `face5`, its 68 for `ibug68`.
  public static let bfm = FaceModelSet(models: [.bfmFivePoints, .bfm68Points])

  /// All bundled faces: img2pose's, and Face Mesh's own for its points.
  public static let bundled = FaceModelSet(models: bfm.models + [.faceMesh])

  /// The bundled faces by their names.
  public static let named = ["bfm": bfm, "face-mesh": FaceModelSet(.faceMesh)]

  /// What the models say of the difference between faces; nil where they say nothing.
  public var identitySigma: Double? { models.lazy.compactMap(\.identitySigma).first }

  /// One user's model for all landmarks.
  public init(_ model: FaceModel) { self.init(models: [model]) }

  private init(models: [FaceModel]) { self.models = models }

  /// The model for landmarks of a layout; nil where there are no models.
  ///
  /// A model of 68 points serves `face5`, reduced to five. A model of five points serves all others
  /// too; the landmarks must then be reduced as well (`Landmarks.fivePoints`).
  public func model(for layout: Landmarks.Layout) -> FaceModel? {
    if let model = models.first(where: { $0.layout == layout }) { return model }
    return models.first?.fivePoints
  }

  /// The model for a face's landmarks, with the landmarks in the model's layout; nil where none fits.
  public func match(_ landmarks: Landmarks) -> (model: FaceModel, landmarks: Landmarks)? {
    guard let model = model(for: landmarks.layout) else { return nil }
    if model.layout == landmarks.layout { return (model, landmarks) }
    return (model, landmarks.fivePoints)
  }
}
