public import Codecs
public import Pipeline
public import Schema

/// What a run is given by whoever starts it: a flag that ends it and ears for its words. It keeps the outputs
/// under way.
public final class RunContext {
  /// Ends the run once it is raised.
  public let stop: StopFlag
  /// Takes lines on the run itself, for people: what was read, what was wrong, what was written.
  public let say: (String) -> Void
  /// Takes the answer as text, for whoever asked.
  public let print: (String) -> Void
  /// Those that were begun.
  public private(set) var outputs: [OutputSet] = []
  /// How a front end says a remedy: which option to give.
  public let advice: (RunFailure.Remedy) -> String
  /// Is told of all outputs that were begun whenever another one was.
  private let onBegin: ([OutputSet]) -> Void

  /// What is not given goes nowhere.
  public init(
    stop: StopFlag = StopFlag(), say: @escaping (String) -> Void = { _ in },
    print: @escaping (String) -> Void = { _ in },
    advice: @escaping (RunFailure.Remedy) -> String = { "\($0)" },
    onBegin: @escaping ([OutputSet]) -> Void = { _ in }
  ) {
    (self.stop, self.say, self.print) = (stop, say, print)
    (self.advice, self.onBegin) = (advice, onBegin)
  }

  /// A line of the answer that may hold what a file says.
  public func show(_ line: String) { print(line.printable + "\n") }

  /// Says what the source doctor found. Notes are not said. None is counted among a run's issues, which are of images.
  public func tell(_ findings: [Finding]) {
    for finding in findings where finding.check.severity > .note {
      say("source    \(finding.detail)")
    }
  }

  /// Begins outputs that were checked; from here on there is something unfinished.
  ///
  /// - Parameters:
  ///   - set: the outputs, checked and not begun.
  ///   - run: all that decides what they will hold; with nil, a run that is never gone on with.
  public func begin(_ set: OutputSet, run: String? = nil) throws {
    if !set.isStream {
      set.beforePublishing = MappedFile.checkAllUnchanged
      if !outputs.contains(where: { $0 === set }) { outputs.append(set) }
    }
    try set.begin(run: run ?? OutputSet.anyRun)
    if !set.isStream { onBegin(outputs) }
  }
}
