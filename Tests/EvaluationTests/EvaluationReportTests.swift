import Schema
import Testing

@testable import Evaluation

@Suite("Reports")
struct EvaluationReportTests {
  private let report = EvaluationReport(
    method: .trg, pairing: "paired by record id 2", bootstrap: nil,
    counts: [.init("images", "images", 2), .init("faces", "faces", 3)],
    groups: [
      .init(
        name: "|yaw| 0° to 30°", bounds: (0, 30), count: 3,
        rows: [
          .init(
            name: "geodesic", title: "geodesic error", unit: "°",
            published: .init(value: 1.23456, interval: 1...2.5, count: 3),
            correct: .init(value: -0.0001, count: 2), difference: "why"),
          .init(name: "add", title: "ADD", unit: "mm", correct: .init(value: 12, count: 3)),
          .init(name: "none", title: "not there", unit: "%"),
        ])
    ], notes: ["100 % of a|b_c"])

  @Test("text has aligned columns, and says why two differ")
  func text() throws {
    #expect(
      try report.rendered(as: .text) == """
        trg, |yaw| 0° to 30°: 3 faces
                                  as published     correct  unit
          geodesic error  1.235 [1.000, 2.500]  0.000 of 2  °  (1)
          ADD                                –      12.000  mm

        images 2, faces 3
        paired by record id 2
        (1) why
        100 % of a|b_c

        """)
  }

  @Test("Markdown escapes what would end a cell")
  func markdown() throws {
    #expect(
      try report.rendered(as: .markdown) == #"""
        ### trg, \|yaw\| 0° to 30°: 3 faces

        | | as published | correct | unit | |
        |---|---:|---:|---|---|
        | geodesic error | 1.235 [1.000, 2.500] | 0.000 of 2 | ° | (1) |
        | ADD | – | 12.000 | mm |  |

        - images 2, faces 3
        - paired by record id 2
        - (1) why
        - 100 % of a\|b_c

        """#)
  }

  @Test("LaTeX escapes its own characters, and needs no package")
  func latex() throws {
    #expect(
      try report.rendered(as: .latex) == #"""
        % images 2, faces 3
        % paired by record id 2
        % (1) why
        % 100 % of a|b_c

        \begin{tabular}{lrrl}
        \multicolumn{4}{l}{trg, $|$yaw$|$ 0$^\circ$ to 30$^\circ$: 3 faces} \\ \hline
         & as published & correct & unit \\ \hline
        geodesic error$^{1}$ & 1.235 [1.000, 2.500] & 0.000 of 2 & $^\circ$ \\
        ADD & -- & 12.000 & mm \\
        \hline
        \end{tabular}

        """#)
  }

  @Test("JSON has all digits, and null for what is not there")
  func json() throws {
    let value = try JSONParser.value(of: report.rendered(as: .json))
    #expect(value["schema"]?.text == "sixdof.evaluation/1")
    #expect(value["protocol"]?.text == "trg")
    #expect(value["counts"]?["faces"] == .integer(3))
    let group = try #require(value["groups"]?.elements?.first)
    #expect(group["yaw_deg"] == .array([.integer(0), .integer(30)]))
    let metrics = try #require(group["metrics"]?.elements)
    #expect(metrics[0]["published"]?["value"] == .double(1.23456))
    #expect(metrics[0]["published"]?["interval"] == .array([.integer(1), .double(2.5)]))
    #expect(metrics[0]["difference"]?.text == "why")
    #expect(metrics[1]["published"] == .null)
    #expect(metrics[2]["correct"] == .null)
  }

  @Test("a title tells how many faces each column is of, where that is not all")
  func scored() throws {
    var report = report
    report.groups[0].count = 4
    #expect(
      try report.rendered(as: .text).hasPrefix(
        "trg, |yaw| 0° to 30°: 4 faces, 3 scored as published, 3 correctly\n"))
  }

  @Test("intervals and their seed are named once")
  func bootstrap() throws {
    var report = report
    report.bootstrap = Bootstrap(draws: 7, seed: 9)
    #expect(
      try report.rendered(as: .text).contains(
        "[ ] are 95 % intervals of 7 bootstrap draws of faces, seed 9."))
  }
}
