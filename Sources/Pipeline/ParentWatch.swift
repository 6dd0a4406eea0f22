internal import Glibc

/// Ends the process soon after the one that started it: a worker that was killed would leave it behind, busy with a
/// part that others are given by then.
public enum ParentWatch {
  /// The environment variable in which a process that starts this one may say its number.
  public static let variable = "SIXDOF_PARENT"

  /// Begins to watch. The run then ends as by SIGTERM. A parent that is gone already is noticed where it has set
  /// `variable`, for whoever takes orphans looks like any parent.
  ///
  /// The system's own signal for this, PR_SET_PDEATHSIG, comes already when the thread ends that started the process.
  public static func begin() {
    let parent = getppid()
    // One that lives and is not the parent has started it through another program.
    let said = getenv(variable).flatMap { pid_t(String(cString: $0)) } ?? parent
    let isOrphan = said != parent && kill(said, 0) != 0 && errno == ESRCH
    _ = SystemThread {
      while !isOrphan, getppid() == parent { usleep(200_000) }
      kill(getpid(), SIGTERM)
    }
  }
}
