internal import Datasets
internal import Schema

/// Several sources, one after the other; each outcome says which it is from.
struct JoinedSources: AnnotationSource {
  private var sources: [any AnnotationSource]
  private var current = 0

  init(_ sources: [any AnnotationSource]) { self.sources = sources }

  var position: Int { sources.reduce(0) { $0 + $1.position } }
  var size: Int { sources.reduce(0) { $0 + $1.size } }

  mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  mutating func nextPending() throws -> PendingOutcome? {
    while current < sources.count {
      let input = current
      switch try sources[input].nextPending() {
      case .read(var outcome):
        outcome.input = input
        return .read(outcome)
      case .deferred(let read):
        return .deferred {
          var outcome = read()
          outcome.input = input
          return outcome
        }
      case nil: current += 1
      }
    }
    return nil
  }
}
