import Foundation
import Pipeline
import Testing

private let workerCounts = [1, 2, 3, 8]

@Suite("Ordered map")
struct OrderedMapTests {
  @Test(
    "results come in input order, each once, for any number of workers", arguments: workerCounts)
  func order(workers: Int) throws {
    var inputs = (0..<500).makeIterator()
    var outputs: [String] = []
    try mapInOrder(
      workers: workers, window: 4 * workers, makeContext: {}, source: { inputs.next() },
      transform: { _, input in
        // Uneven work, so that later inputs are often ready first.
        if input % 7 == 0 { usleep(500) }
        return "\(input)"
      }, sink: { outputs.append($0) })
    #expect(outputs == (0..<500).map { "\($0)" })
  }

  @Test(
    "no more inputs than the window are under way, and the window is used up",
    arguments: [(1, 1), (2, 3), (3, 5), (8, 4)])
  func window(workers: Int, window: Int) throws {
    var inputs = (0..<100).makeIterator()
    let underWay = Gauge()
    try mapInOrder(
      workers: workers, window: window, makeContext: {},
      source: { () -> Int? in
        guard let input = inputs.next() else { return nil }
        underWay.enter()
        return input
      }, transform: { $1 }, sink: { _ in underWay.leave() })
    #expect(underWay.most == window)
    #expect(underWay.now == 0)
  }

  @Test(
    "each worker has a context of its own that lasts for the whole run", arguments: workerCounts)
  func contexts(workers: Int) throws {
    var inputs = (0..<200).makeIterator()
    let contexts = Gauge()
    var totals: [ObjectIdentifier: Int] = [:]
    try mapInOrder(
      workers: workers, window: 2 * workers,
      makeContext: { (owner: CountedContext(contexts), uses: 0) }, source: { inputs.next() },
      transform: { context, _ in
        context.uses += 1
        return (ObjectIdentifier(context.owner), context.uses)
      }, sink: { totals[$0.0] = max(totals[$0.0] ?? 0, $0.1) })
    #expect(contexts.most <= workers)
    #expect(totals.count <= workers)
    #expect(totals.values.reduce(0, +) == 200)
    #expect(contexts.now == 0)
  }

  @Test("source and sink run on the caller's thread, transforms elsewhere")
  func threads() throws {
    let caller = ObjectIdentifier(Thread.current)
    var inputs = (0..<20).makeIterator()
    var strangers = 0
    var callers = 0
    try mapInOrder(
      workers: 2, window: 4, makeContext: {},
      source: { () -> Int? in
        if ObjectIdentifier(Thread.current) != caller { strangers += 1 }
        return inputs.next()
      }, transform: { _, _ in ObjectIdentifier(Thread.current) },
      sink: { thread in
        if ObjectIdentifier(Thread.current) != caller { strangers += 1 }
        if thread == caller { callers += 1 }
      })
    #expect(strangers == 0)
    #expect(callers == 0)
  }

  @Test("an empty source gives nothing and ends", arguments: workerCounts)
  func emptySource(workers: Int) throws {
    let contexts = Gauge()
    var outputs: [Int] = []
    try mapInOrder(
      workers: workers, window: 1, makeContext: { CountedContext(contexts) },
      source: { nil as Int? }, transform: { $1 }, sink: { outputs.append($0) })
    #expect(outputs == [])
    #expect(contexts.now == 0)
  }

  @Test("the source is not asked again after its end")
  func sourceEnd() throws {
    var calls = 0
    try mapInOrder(
      workers: 2, window: 8, makeContext: {},
      source: { () -> Int? in
        calls += 1
        return calls <= 3 ? calls : nil
      }, transform: { $1 }, sink: { _ in })
    #expect(calls == 4)
  }
}
