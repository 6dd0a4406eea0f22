public import ArgumentParser
internal import Datasets
public import Runs

/// Shares of a split, with the names that their number tells or that are written out.
struct SplitRatios: ExpressibleByArgument {
  var shares: [GroupSplit.Share]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let usual = [["train"], ["train", "test"], ["train", "val", "test"]]
    shares = []
    for (i, part) in parts.enumerated() {
      let words = part.split(separator: "=", omittingEmptySubsequences: false)
      guard let last = words.last, let weight = Double(last), weight >= 1e-9,
        weight <= 1e9
      else {
        return nil
      }
      if words.count == 1, parts.count <= usual.count, !argument.contains("=") {
        shares.append(GroupSplit.Share(name: usual[parts.count - 1][i], weight: weight))
      } else {
        guard words.count == 2, words[0].isFileNamePart,
          !shares.contains(where: { $0.name == words[0] })
        else { return nil }
        shares.append(GroupSplit.Share(name: String(words[0]), weight: weight))
      }
    }
  }
}

/// NAME=FILE.
extension SplitRun.ListFile: ExpressibleByArgument {
  public init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="),
      case let part = argument[..<equals], part.isFileNamePart,
      case let path = argument[argument.index(after: equals)...], !path.isEmpty
    else { return nil }
    self.init(part: String(part), path: String(path))
  }
}

extension Substring {
  /// Whether it can name a part's files, beside others whose names have a point.
  fileprivate var isFileNamePart: Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }
}
