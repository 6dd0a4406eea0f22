public import ArgumentParser
internal import Datasets
public import Runs

/// Shares of a split, with the names that their number tells or that are written out.
struct SplitRatios: ExpressibleByArgument {
  var shares: [GroupSplit.Share]

  init?(argument: String) {
    guard let shares = GroupSplit.shares(argument) else { return nil }
    self.shares = shares
  }
}

/// NAME=FILE.
extension SplitRun.ListFile: ExpressibleByArgument {
  public init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="),
      case let part = argument[..<equals], GroupSplit.isPartName(part),
      case let path = argument[argument.index(after: equals)...], !path.isEmpty
    else { return nil }
    self.init(part: String(part), path: String(path))
  }
}
