internal import ArgumentParser
internal import Runs
internal import Schema

struct Formats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List all forms of annotation that are read and written.",
    discussion: """
      For each it says what it holds, and what of it records do not.

        sixdof formats
        sixdof formats --format json
      """)

  @OptionGroup var form: PrintedForm

  func run() throws {
    try CommandRun.perform { context in
      let table = FormTable(files: "--annotations", trees: "--input")
      context.print(try form.isJSON ? table.json.prettyText : table.text)
      return .done
    }
  }
}
