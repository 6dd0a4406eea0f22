internal import Datasets
internal import Pipeline
internal import Schema

/// Takes a source's images through worker threads in batches, and hands on what comes of them in the
/// source's order, with progress.
struct OrderedImages {
  var settings: RunSettings
  var stop: StopFlag
  /// How many images a worker takes at a time.
  var batchSize: Int

  /// Runs to the end of `source`, which, like `sink`, is called on the caller's thread.
  ///
  /// - Parameter sink: takes one image, and says how many are done and how many of these were rejected.
  /// - Throws: `Interruption`, or the first error of the source and the closures.
  func run<Worker, Output: Sendable>(
    _ source: inout any AnnotationSource,
    makeWorker: @escaping @Sendable () throws -> Worker,
    transform: @escaping @Sendable (inout Worker, Outcome) throws -> Output,
    sink: (Output) throws -> (done: Int, rejected: Int)
  ) throws {
    var reader = source
    try run(
      total: source.size, next: { try reader.nextPending() }, position: { reader.position },
      makeWorker: makeWorker,
      transform: { worker, image in try transform(&worker, image.outcome()) }, sink: sink)
    source = reader
  }

  /// The same for what is no source: `next` gives one image after the other, and nil at the end.
  ///
  /// - Parameters:
  ///   - total: how much there is to read, in the unit of `position`.
  ///   - position: how much of it was read.
  func run<Input: Sendable, Worker, Output: Sendable>(
    total: Int, next: () throws -> Input?, position: () -> Int,
    makeWorker: @escaping @Sendable () throws -> Worker,
    transform: @escaping @Sendable (inout Worker, Input) throws -> Output,
    sink: (Output) throws -> (done: Int, rejected: Int)
  ) throws {
    let meter = ProgressMeter(style: settings.progress, unit: "images", total: total)
    try mapInOrder(
      workers: settings.jobs, window: 4 * settings.jobs, makeContext: makeWorker,
      source: {
        try stop.check()
        var batch: [Input] = []
        while batch.count < batchSize, let image = try next() { batch.append(image) }
        return batch.isEmpty ? nil : batch
      },
      transform: { worker, batch in try batch.map { try transform(&worker, $0) } },
      sink: { batch in
        try stop.check()
        var progress = (done: 0, rejected: 0)
        for image in batch { progress = try sink(image) }
        meter.update(position: position(), done: progress.done, rejected: progress.rejected)
      })
    meter.finish()
  }
}
