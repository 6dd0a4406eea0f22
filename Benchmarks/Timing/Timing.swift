/// Does `body`, and gives the seconds on the clock that it took, with what it returns.
public func timed<Result>(_ body: () throws -> Result) rethrows -> (seconds: Double, result: Result)
{
  let start = ContinuousClock.now
  let result = try body()
  return ((ContinuousClock.now - start) / .seconds(1), result)
}
