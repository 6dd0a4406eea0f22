import Foundation
import Glibc

/// Something that no input may do, and the input that did it.
struct Fault {
  let parser: String
  let index: Int
  let what: String
  let input: String
}

/// Feeds parsers in workers, two at a time, and starts a worker anew behind an input that ended it.
final class Campaign {
  let program: String
  let seeds: String
  let work: String
  let inputs: Int
  let seed: UInt64
  private(set) var faults: [Fault] = []
  private static let mostSeconds = 20
  /// One parser with so many faults tells nothing new.
  private static let mostFaults = 20

  /// One parser's state.
  private final class Run {
    let parser: FuzzedParser
    var next = 0
    var process: Process?
    var total = Progress()
    var faults = 0
    /// For how long it may run in all.
    let started = Progress.now()

    init(_ parser: FuzzedParser) { self.parser = parser }
  }

  init(program: String, seeds: String, work: String, inputs: Int, seed: UInt64) {
    (self.program, self.seeds, self.work) = (program, seeds, work)
    (self.inputs, self.seed) = (inputs, seed)
  }

  /// - Parameters:
  ///   - jobs: workers at a time.
  ///   - seconds: how long a parser is fed at most; nil for all inputs, however long they take.
  func run(_ parsers: [FuzzedParser], jobs: Int, seconds: Int?) throws {
    var waiting = parsers.map(Run.init)
    var running: [Run] = []
    while !waiting.isEmpty || !running.isEmpty {
      while running.count < jobs, !waiting.isEmpty {
        let run = Run(waiting.removeFirst().parser)
        try start(run)
        running.append(run)
      }
      usleep(5000)
      for (index, run) in running.enumerated().reversed() {
        let spent = Int((Progress.now() - run.started) / 1_000_000_000)
        if try isOver(run, isLate: seconds.map { spent >= $0 } ?? false) {
          report(run, seconds: Double(Progress.now() - run.started) * 1e-9)
          running.remove(at: index)
        }
      }
    }
  }

  private func start(_ run: Run) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments =
      [seeds, work] + ["--worker", run.parser.name, "--first", "\(run.next)"]
      + ["--inputs", "\(inputs)", "--seed", "\(seed)"]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    process.standardError = FileHandle.nullDevice
    unlink("\(work)/\(run.parser.name).progress")
    try process.run()
    run.process = process
  }

  private func progress(_ run: Run) -> Progress? {
    guard let data = FileManager.default.contents(atPath: "\(work)/\(run.parser.name).progress"),
      data.count >= MemoryLayout<Progress>.size
    else { return nil }
    return data.withUnsafeBytes { $0.loadUnaligned(as: Progress.self) }
  }

  /// - Returns: whether the parser had all its inputs, or its time.
  private func isOver(_ run: Run, isLate: Bool) throws -> Bool {
    guard let process = run.process else { return true }
    if process.isRunning {
      guard let progress = progress(run) else { return false }
      let spent = Progress.now() - min(progress.startedNanoseconds, Progress.now())
      let isStuck = spent > UInt64(Self.mostSeconds) * 1_000_000_000
      guard isStuck || isLate else { return false }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      add(progress, to: run)
      guard isStuck else { return true }
      return try goOn(run, progress, "took more than \(Self.mostSeconds) seconds")
    }
    guard let progress = progress(run) else {
      throw Failure("\(run.parser.name): expected a worker that starts, found one that ended")
    }
    add(progress, to: run)
    if progress.isDone { return true }
    let what =
      process.terminationReason == .uncaughtSignal
      ? "signal \(process.terminationStatus)"
      : process.terminationStatus == Worker.tooLarge
        ? "took \(progress.peakBytes >> 20) MB" : "status \(process.terminationStatus)"
    return try goOn(run, progress, what)
  }

  private func add(_ progress: Progress, to run: Run) {
    run.next = progress.index + 1
    run.total.refused += progress.refused
    run.total.peakBytes = max(run.total.peakBytes, progress.peakBytes)
    if progress.slowestNanoseconds > run.total.slowestNanoseconds {
      run.total.slowestNanoseconds = progress.slowestNanoseconds
      run.total.slowest = progress.slowest
    }
  }

  /// Keeps the input that ended a worker and goes on behind it.
  private func goOn(_ run: Run, _ progress: Progress, _ what: String) throws -> Bool {
    let kept = "\(work)/found-\(run.parser.name)-\(progress.index)"
    let worker = Worker(
      parser: run.parser, seeds: SeedFolder(path: seeds),
      place: try Place("\(work)/\(run.parser.name)"), seed: seed)
    try worker.run(progress.index..<progress.index + 1, kept: kept)
    faults.append(Fault(parser: run.parser.name, index: progress.index, what: what, input: kept))
    run.faults += 1
    guard run.next < inputs, run.faults < Self.mostFaults else { return true }
    try start(run)
    return false
  }

  private func report(_ run: Run, seconds: Double) {
    let slowest = Double(run.total.slowestNanoseconds) * 1e-6
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let name = run.parser.name + String(repeating: " ", count: max(0, 18 - run.parser.name.count))
    let line =
      "\(name)\(padded("\(run.next)", 9))\(padded("\(run.total.refused)", 9)) refused"
      + "\(padded("\(run.faults)", 4)) faults"
      + padded("\(Int(slowest.rounded()))", 8) + " ms slowest (\(run.total.slowest))"
      + padded("\(run.total.peakBytes >> 20)", 6) + " MB"
      + padded("\(Int(seconds))", 6) + " s\n"
    FileHandle.standardOutput.write(Data(line.utf8))
  }
}

struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
