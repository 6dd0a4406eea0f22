public import Checks
internal import Schema

extension CheckCatalogue {
  /// All checks for people: id, severity, title and limit of each, a line a check.
  public static var table: String {
    let width = all.map(\.id.count).max() ?? 0
    return all.map { check in
      let id = check.id.padded(to: width)
      let severity = check.severity.rawValue.padded(to: 7)
      let limit = check.threshold.map { " (\($0))" } ?? ""
      return "\(id)  \(severity)  \(check.title)\(limit)\n"
    }.joined()
  }
}
