internal import Schema

/// The source of one outcome, for files that annotate one image.
struct OutcomeSource: AnnotationSource {
  private var outcome: Outcome?

  init(_ outcome: Outcome) { self.outcome = outcome }

  var position: Int { outcome == nil ? 1 : 0 }
  var size: Int { 1 }

  mutating func next() -> Outcome? {
    defer { outcome = nil }
    return outcome
  }
}
