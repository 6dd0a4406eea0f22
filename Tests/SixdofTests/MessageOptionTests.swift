import ArgumentParser
import Foundation
import Testing

@testable import sixdof

/// Libraries below the program advise options and commands in a few messages. No compiler holds those to what exists.
@Suite("Advice in the libraries' messages")
struct MessageOptionTests {
  /// An option or command that a line of source names within a text.
  private struct Advice {
    let place: String
    let name: Substring
  }

  /// Of other programs, or of Python's trainers.
  private static let foreign: Set<Substring> = ["--dataset_mode", "--out", "--target"]

  private static func advice(_ pattern: Regex<(Substring, Substring)>) throws -> [Advice] {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
    var found: [Advice] = []
    for case let file as URL in FileManager.default.enumerator(
      at: sources, includingPropertiesForKeys: nil) ?? .init()
    where file.pathExtension == "swift" && !file.path.contains("/sixdof/") {
      let lines = try String(contentsOf: file, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated()
      where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        for match in line.matches(of: pattern) {
          found.append(Advice(place: "\(file.lastPathComponent):\(number + 1)", name: match.1))
        }
      }
    }
    return found
  }

  @Test("names no option that there is not")
  func options() throws {
    let helps = Sixdof.configuration.subcommands.map { Sixdof.helpMessage(for: $0, columns: 500) }
    let known = Set(helps.flatMap { $0.matches(of: /(--[a-z][a-z0-9-]*)/).map(\.1) })
    let advice = try Self.advice(/(--[a-z][a-z_0-9-]*)/)
    #expect(advice.count > 10, "the sources were not found")
    for advice in advice where !Self.foreign.contains(advice.name) {
      #expect(known.contains(advice.name), "\(advice.place): \(advice.name)")
    }
  }

  @Test("names no command that there is not")
  func commands() throws {
    let known = Set(Sixdof.configuration.subcommands.map { $0._commandName[...] })
    let advice = try Self.advice(/'?sixdof ([a-z]+) (?:--|\\\(|[A-Z])/)
    #expect(advice.count > 5, "the sources were not found")
    for advice in advice { #expect(known.contains(advice.name), "\(advice.place): \(advice.name)") }
  }
}
