import ArgumentParser
import Schema
import Testing

@testable import sixdof

@Suite("What is mistyped")
struct MistypedTests {
  private func message(_ line: String) -> String? {
    let arguments = line.split(separator: " ").map(String.init)
    if arguments.first == "help" { return Mistyped.message(for: arguments) }
    do {
      _ = try Sixdof.parseAsRoot(arguments)
      return nil
    } catch {
      return Mistyped.message(for: arguments, after: error)
    }
  }

  @Test(
    "is told with the nearest that there is",
    arguments: [
      ("biuld wider-face", "'biuld' is not a command; did you mean 'build'?"),
      ("help anotate", "'anotate' is not a command; did you mean 'annotate'?"),
      ("plan biuld wider-face", "'biuld' is not a command; did you mean 'build'?"),
      ("frobnicate", "'frobnicate' is not a command; 'sixdof --help' lists them"),
      (
        "build wider-face --annotation l.txt --images i --output o",
        "'--annotation' is not an option of 'sixdof build'; did you mean '--annotations'?"
      ),
      (
        "label r.jsonl --outptu=o.jsonl",
        "'--outptu' is not an option of 'sixdof label'; did you mean '--output'?"
      ),
      (
        "stats r.jsonl --output o --frobnicate",
        "'--frobnicate' is not an option of 'sixdof stats'; 'sixdof help stats' lists them"
      ),
      (
        "build widerface --images i --output o",
        "'widerface' is not a dataset; did you mean 'wider-face'?"
      ),
      (
        "export r.jsonl --format cvta --output o",
        "'cvta' is not a format; did you mean 'cvat'?"
      ),
      ("label r.jsonl --output o --solver epnpp", "'epnpp' is not a solver; did you mean 'epnp'?"),
    ])
  func told(line: String, expected: String) {
    #expect(message(line) == expected)
  }

  @Test(
    "and nothing is said of what is not",
    arguments: [
      "build --help", "help", "help build", "help help", "--version", "--jobs 3", "label r.jsonl",
      "label r.jsonl --output o --jobs 0", "label r.jsonl --output o --solver qqqqqqqq",
      "export r.jsonl --format cvat", "label -- --frobnicate",
    ])
  func quiet(line: String) {
    #expect(message(line) == nil)
  }

  @Test("the program ends with 64, before anything is read")
  func program() throws {
    let run = try Program.run(["biuld", "wider-face"])
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errors == "error: 'biuld' is not a command; did you mean 'build'?\n")
  }
}

@Suite("The nearest word")
struct NearestWordTests {
  @Test(
    "differs by a slip: a letter more, less, another, or two exchanged; case and hyphens do not count"
  )
  func near() {
    let known = ["left_eye", "nose", "right_eye"]
    for (word, expected) in [
      ("lefteye", "left_eye"), ("Left-Eye", "left_eye"), ("letf_eye", "left_eye"),
      ("rigth_eye", "right_eye"), ("noze", "nose"), ("nos", "nose"), ("noses", "nose"),
      ("esno", nil), ("chin", nil), ("", nil),
    ] {
      #expect(NearestWord.to(word, among: known) == expected, "\(word)")
    }
    #expect(NearestWord.to("noze", among: known, differingInAtMost: 0.2) == nil)
    #expect(NearestWord.to("nose", among: [String]()) == nil)
    #expect(NearestWord.to(String(repeating: "x", count: 100_000), among: known) == nil)
  }
}
