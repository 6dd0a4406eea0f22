internal import Codecs
public import Datasets
internal import Schema

extension InputKind {
  /// What an argument names, for a look at the options beside it; by its name where there is nothing, or nothing
  /// that can be read.
  public init(argument: String) {
    self = (try? InputKind(path: argument)) ?? InputKind(name: argument)
  }
}

extension WrongInput {
  /// Says of an input what it is and which command wants it.
  public static func refusal(_ path: String, _ kind: InputKind, expected: String) -> WrongInput {
    var wrong = WrongInput(path: path, expected: expected, found: kind.description)
    switch kind {
    case .records: wrong.remedy = "records are for label, stats, pack, export, check and others"
    case .shard:
      wrong.remedy =
        "LMDBs are for stats, export, verify, check, infer, validate, evaluate, calibrate, diff, merge, split, sample, sheet and inspect"
    case .foreignLMDB:
      wrong.remedy = "LMDBs are read that 'sixdof pack' or img2pose's converter wrote"
    case .annotations(let form):
      wrong.remedy =
        "make records of it first: sixdof convert \(form.dataset) --annotations \(path) --output NAME.jsonl"
    case .tree:
      if let contents = try? TreeContents(path: path) {
        let isFolder = (try? FileSignature(path: path)) == nil
        wrong.found = "\(isFolder ? "a folder" : "an archive") of \(contents.words)"
        wrong.remedy = contents.remedy(at: path)
      }
    case .image: wrong.remedy = "sixdof infer \(path) finds faces in it"
    case .depthImage: wrong.remedy = "sixdof inspect \(path) shows it"
    case .empty: break
    case .other(_, let remedy): wrong.remedy = remedy
    }
    return wrong
  }

  /// - Throws: `WrongInput` unless the input is a folder or archive.
  public static func requireTree(_ path: String, expected: String) throws {
    // A path at which there is nothing is told by whoever opens it.
    guard let kind = try? InputKind(path: path), kind != .tree else { return }
    // Of archives that cannot be entered, and of what stands in one's place, others know more.
    if case .other = kind, SourceDoctor.isSource(path) { return }
    throw refusal(path, kind, expected: expected)
  }
}

extension ImageStore {
  /// Where a run's images are, if nearly all were missing where they were looked for: said where some could be used.
  ///
  /// - Throws: `WrongInput` where none could.
  func tellOtherRoot(used: Int, _ say: (String) -> Void) throws {
    guard let otherRoot else { return }
    guard used == 0 else { return say("images    \(otherRoot)") }
    throw WrongInput(
      path: path, expected: "the annotations' images", found: "none: \(otherRoot)")
  }
}

extension TreeContents {
  /// The command that takes it.
  public func remedy(at path: String) -> String? {
    switch dataset {
    case let dataset? where DatasetDescription.named(dataset)?.readTree == nil:
      "name its annotation file: sixdof convert \(dataset) --annotations FILE --images \(path) --output NAME.jsonl"
    case let dataset?: "sixdof convert \(dataset) --input \(path) --output NAME.jsonl reads it"
    case nil: isImages ? "sixdof infer \(path) --output NAME.jsonl finds faces in them" : nil
    }
  }
}
