import Foundation
import Pipeline
import Testing

private let workerCounts = [1, 2, 3, 8]

/// What a run over the numbers from 0 to 99 came to, with faults at some of them.
private struct FaultyRun {
  var outputs: [Int] = []
  var error: Fault?
  let contexts = Gauge()

  init(
    workers: Int, source: Int? = nil, transforms: Set<Int> = [], sink: Int? = nil,
    context: Bool = false
  ) throws {
    var next = 0
    let contexts = contexts
    do {
      try mapInOrder(
        workers: workers, window: 4,
        makeContext: {
          if context { throw Fault(place: "context") }
          return CountedContext(contexts)
        },
        source: { () -> Int? in
          if next == source { throw Fault(place: "source \(next)") }
          defer { next += 1 }
          return next < 100 ? next : nil
        },
        transform: { _, input in
          // The earliest fault is found last.
          if input == transforms.min() { usleep(2_000) }
          if transforms.contains(input) { throw Fault(place: "transform \(input)") }
          return input
        },
        sink: {
          if $0 == sink { throw Fault(place: "sink \($0)") }
          outputs.append($0)
        })
    } catch let fault as Fault {
      error = fault
    }
  }
}

@Suite("Ordered map, faults")
struct OrderedMapErrorTests {
  @Test(
    "the first failing input's error is thrown, after all results before it",
    arguments: workerCounts)
  func transform(workers: Int) throws {
    let run = try FaultyRun(workers: workers, transforms: [40, 41, 42])
    #expect(run.error == Fault(place: "transform 40"))
    #expect(run.outputs == Array(0..<40))
    #expect(run.contexts.now == 0)
  }

  @Test("a sink's error ends the run", arguments: workerCounts)
  func sink(workers: Int) throws {
    let run = try FaultyRun(workers: workers, transforms: [60], sink: 30)
    #expect(run.error == Fault(place: "sink 30"))
    #expect(run.outputs == Array(0..<30))
    #expect(run.contexts.now == 0)
  }

  @Test("a source's error ends the run", arguments: workerCounts)
  func source(workers: Int) throws {
    let run = try FaultyRun(workers: workers, source: 50)
    #expect(run.error == Fault(place: "source 50"))
    // However far ahead the source was, what it gave before is written.
    #expect(run.outputs == Array(0..<50))
    #expect(run.contexts.now == 0)
  }

  @Test("a source's error at the start leaves no thread behind", arguments: workerCounts)
  func sourceAtStart(workers: Int) throws {
    let run = try FaultyRun(workers: workers, source: 0)
    #expect(run.error == Fault(place: "source 0"))
    #expect(run.outputs == [])
    #expect(run.contexts.now == 0)
  }

  @Test("contexts that cannot be made end the run", arguments: workerCounts)
  func context(workers: Int) throws {
    let run = try FaultyRun(workers: workers, context: true)
    #expect(run.error == Fault(place: "context"))
    #expect(run.outputs == [])
    #expect(run.contexts.most == 0)
  }
}
