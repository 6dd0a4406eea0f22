import Foundation
import Pipeline
import Testing

@Suite("Ordered crew")
struct OrderedCrewTests {
  private func crew(_ workers: Int, window: Int, _ contexts: Gauge = Gauge()) throws
    -> OrderedCrew<Int, Int>
  {
    try OrderedCrew(
      workers: workers, window: window, makeContext: { CountedContext(contexts) },
      transform: { _, input in
        if input % 5 == 0 { usleep(300) }
        if input >= 1000 { throw Fault(place: "\(input)") }
        return 2 * input
      })
  }

  @Test("results are collected in the order in which inputs were added", arguments: [1, 2, 5])
  func order(workers: Int) throws {
    let crew = try crew(workers, window: 7)
    var results: [Int] = []
    for input in 0..<100 {
      if crew.isFull { results.append(try crew.collect()) }
      crew.add(input)
      #expect(crew.pending <= 7)
    }
    while crew.pending > 0 { results.append(try crew.collect()) }
    #expect(results == (0..<100).map { 2 * $0 })
  }

  @Test("the earliest error ends the crew, with nothing pending and no thread left")
  func error() throws {
    let contexts = Gauge()
    let crew = try crew(3, window: 8, contexts)
    for input in [1, 1005, 1001, 2] { crew.add(input) }
    #expect(try crew.collect() == 2)
    #expect(throws: Fault(place: "1005")) { try crew.collect() }
    #expect(crew.pending == 0)
    #expect(contexts.now == 0)
  }

  @Test("a thread makes its context for an input, and not before")
  func contexts() throws {
    let contexts = Gauge()
    let crew = try crew(4, window: 4, contexts)
    crew.add(1)
    #expect(try crew.collect() == 2)
    #expect(contexts.most == 1)
  }

  @Test("a crew that is let go ends its threads, whatever is pending")
  func letGo() throws {
    let contexts = Gauge()
    do {
      let crew = try crew(2, window: 50, contexts)
      for input in 0..<50 { crew.add(input) }
    }
    #expect(contexts.now == 0)
  }
}
