import Foundation
import Glibc

/// What a worker tells while it runs, in a file: it may not live to tell it otherwise.
struct Progress {
  var index = 0
  /// When the input under way was begun, by the system's clock.
  var startedNanoseconds: UInt64 = 0
  var refused = 0
  var slowestNanoseconds: UInt64 = 0
  var slowest = 0
  var peakBytes = 0
  /// Whether the worker came to its end.
  var isDone = false

  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

/// Feeds one parser in a process of its own, which a signal may end.
struct Worker {
  let parser: FuzzedParser
  let seeds: SeedFolder
  let place: Place
  let seed: UInt64
  /// How many bytes a worker may take.
  static let mostBytes = 1 << 30
  /// It took more than that; the input's number is in its progress.
  static let tooLarge: Int32 = 3

  /// - Parameter kept: where to write the input instead of parsing it.
  func run(_ range: Range<Int>, kept: String?) throws {
    var mutator = Mutator(seeds: try parser.seeds(seeds), shape: parser.shape)
    precondition(!mutator.seeds.isEmpty, "\(parser.name) has no seed")
    if let kept {
      let input = mutator.input(range.lowerBound, seed: seed)
      try Data(input).write(to: URL(fileURLWithPath: kept))
      return
    }
    // What asks for far more is ended before the system suffers. The address sanitizer reserves terabytes for itself.
    if dlsym(nil, "__asan_init") == nil {
      var limit = rlimit(rlim_cur: 16 << 30, rlim_max: 16 << 30)
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    }
    let descriptor = open("\(place.path).progress", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    let parse = try parser.make(place, seeds)
    var progress = Progress()
    func note() {
      withUnsafeBytes(of: progress) { _ = pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }
    for index in range {
      let input = mutator.input(index, seed: seed)
      progress.index = index
      progress.startedNanoseconds = Progress.now()
      note()
      do { try parse(input) } catch {
        // What a refusal says is made, too.
        _ = "\(error)"
        progress.refused += 1
      }
      let spent = Progress.now() - progress.startedNanoseconds
      if spent > progress.slowestNanoseconds {
        (progress.slowestNanoseconds, progress.slowest) = (spent, index)
      }
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      progress.peakBytes = usage.ru_maxrss * 1024
      if progress.peakBytes > Self.mostBytes {
        note()
        exit(Self.tooLarge)
      }
    }
    progress.isDone = true
    note()
  }
}
