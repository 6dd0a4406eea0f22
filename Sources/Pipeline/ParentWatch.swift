internal import Glibc

/// Ends the process soon after the one that started it: a worker that was killed would leave it behind, busy with a
/// part that others are given by then.
public enum ParentWatch {
  /// Begins to watch. The run then ends as by SIGTERM.
  ///
  /// The system's own signal for this, PR_SET_PDEATHSIG, comes already when the thread ends that started the process.
  public static func begin() {
    let parent = getppid()
    _ = SystemThread {
      while getppid() == parent { usleep(200_000) }
      kill(getpid(), SIGTERM)
    }
  }
}
