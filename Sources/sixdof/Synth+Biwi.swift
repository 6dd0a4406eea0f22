internal import ArgumentParser
internal import Datasets
internal import Pipeline

extension Synth {
  /// Makes a BIWI dataset: images on worker threads, files in order.
  func makeBiwi() throws {
    var options = SynthesisOptions()
    options.seed = seed
    let size = size ?? ImageSize(width: 640, height: 480)
    (options.width, options.height) = (size.width, size.height)
    options.noise = noise
    let settings = options
    try reportingFailures {
      let stop = Interruptible().stop
      var synthesis = try BiwiSynthesis(folder: output, options: settings)
      let meter = ProgressMeter(style: runOptions.progress, unit: "images", total: count)
      var (asked, done) = (0, 0)
      try mapInOrder(
        workers: runOptions.jobs, window: 4 * runOptions.jobs, makeContext: {},
        source: {
          try stop.check()
          guard asked < count else { return nil }
          defer { asked += 1 }
          return asked
        },
        transform: { _, index in BiwiSynthesis.images(index: index, options: settings) },
        sink: { images in
          try synthesis.add(index: done, images: images)
          done += 1
          meter.update(position: done, done: done, rejected: 0)
        })
      try synthesis.finish()
      meter.finish()
      say(
        "wrote     \(output): \(Tally.count(done, "frame")) in two sequences, truth.jsonl and truth_depth.jsonl"
      )
      return Exit.done
    }
  }
}
