public import Schema

/// The face models of a run: which one a face's landmarks are fitted with.
public struct FaceModelSet: Sendable, Equatable {
  /// One a layout at most.
  public let models: [FaceModel]

  /// The bundled mean face: 5 points for `face5`, 68 for `ibug68`.
  public static let bfm = FaceModelSet(models: [.bfmFivePoints, .bfm68Points])

  /// One model for all landmarks.
  public init(_ model: FaceModel) { self.init(models: [model]) }

  private init(models: [FaceModel]) { self.models = models }

  /// The model for landmarks of a layout; nil where none fits (`aflw21`).
  ///
  /// A model of 68 points serves `face5` reduced to five. One of five serves `ibug68` too: it is then
  /// `face5` that it has, and the landmarks are to be reduced alike (`Landmarks.fivePoints`).
  public func model(for layout: Landmarks.Layout) -> FaceModel? {
    if let model = models.first(where: { $0.layout == layout }) { return model }
    return layout == .aflw21 ? nil : models.first?.fivePoints
  }

  /// The model for a face's landmarks, and the landmarks in the model's layout; nil where none fits.
  public func match(_ landmarks: Landmarks) -> (model: FaceModel, landmarks: Landmarks)? {
    guard let model = model(for: landmarks.layout) else { return nil }
    if model.layout == landmarks.layout { return (model, landmarks) }
    return landmarks.fivePoints.map { (model, $0) }
  }
}
