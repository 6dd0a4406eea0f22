import Foundation
import Pipeline
import Testing

@Suite("Stop flag")
struct StopFlagTests {
  @Test("throws from the moment it is raised, and not before")
  func check() throws {
    let flag = StopFlag()
    #expect(!flag.isRaised)
    try flag.check()
    flag.raise()
    #expect(flag.isRaised)
    #expect(throws: Interruption.self) { try flag.check() }
    flag.raise()
    #expect(throws: Interruption.self) { try flag.check() }
  }

  @Test("a flag raised on one thread stops a run on another")
  func acrossThreads() {
    let flag = StopFlag()
    Thread { flag.raise() }.start()
    var isDone = 0
    #expect(throws: Interruption.self) {
      try mapInOrder(
        workers: 1, window: 1, makeContext: {},
        source: { () -> Int? in
          try flag.check()
          return 1
        }, transform: { $1 }, sink: { isDone += $0 })
    }
    #expect(flag.isRaised)
  }
}
