/// What a command does, to be called with or without a process around it.
public protocol Job {
  /// Does it, to the end.
  ///
  /// - Throws: `RunFailure`, `WrongInput` or an error of a reader where the input is at fault; `OutputRefusal`,
  ///   `OutputInUse` or `OtherRun` where an output cannot be; `StrictStop`, `Interruption`; `FileError` where the
  ///   system failed. Outputs that were there before still are.
  func perform(_ context: RunContext) throws -> RunOutcome
}
