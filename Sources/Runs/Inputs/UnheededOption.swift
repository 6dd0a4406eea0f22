public import Datasets
internal import Geometry

/// An option of reading was given that the input makes no use of. Whoever gives one expects a difference, so the run was
/// asked for in a wrong way.
public struct UnheededOption: Error {
  /// What was given.
  public let option: DatasetDescription.Option
  /// The dataset or form that was named or recognised, as the command line spells it.
  public let dataset: String

  init(_ option: DatasetDescription.Option, _ dataset: String) {
    (self.option, self.dataset) = (option, dataset)
  }
}

extension AnnotationInput {
  /// What of the options is given.
  private var given: [DatasetDescription.Option] {
    var notationOption: DatasetDescription.Option?
    if let notation {
      if case .euler = notation {
        notationOption = .eulerConvention
      } else {
        notationOption = .poseNotation
      }
    }
    let all: [(DatasetDescription.Option, isGiven: Bool)] = [
      (.egocentric, isEgocentric), (.landmarkTables, landmarkTables != nil),
      (.frame, frame != nil), (.pixelOrigin, pixelOrigin != nil),
      (.testProtocol, testProtocol != nil), (.sides, namedSide != nil),
      (.pointNames, pointNames != nil), (.angleUnit, angleUnit != nil),
      (.columns, columns != nil),
    ]
    return all.compactMap { $0.isGiven ? $0.0 : nil } + [notationOption].compactMap { $0 }
  }

  /// - Parameter dataset: what the input is.
  /// - Throws: where an option is given that it does not heed.
  public func requireHeeded(by dataset: DatasetDescription) throws(UnheededOption) {
    for option in given where !dataset.heeds.contains(option) {
      throw UnheededOption(option, dataset.name)
    }
  }

  /// For input that heeds no option.
  ///
  /// - Parameter name: what the input is, in a word or two.
  /// - Throws: where one is given.
  func requireNoOptions(of name: String) throws(UnheededOption) {
    if let option = given.first { throw UnheededOption(option, name) }
  }
}
