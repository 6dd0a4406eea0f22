import Testing

@testable import Reporting

@Suite("The page's template")
struct PageTemplateTests {
  @Test(
    "values, sections and lines of marks alone",
    arguments: [
      ("<b>{{a}}</b>", "<b>1 &lt; 2 &amp; &quot;3&quot; &#39;</b>"),
      ("<b>{{{a}}}</b>{{none}}", "<b>1 < 2 & \"3\" '</b>"),
      ("{{#yes}}in {{n}}{{/yes}}{{#no}}out{{/no}}{{#none}}out{{/none}}", "in 7"),
      ("{{#texts}}[{{.}}]{{/texts}}", "[x][y&lt;]"),
      // The inner name is found first, then the outer one.
      ("{{#rows}}{{n}}{{yes}} {{#cells}}{{.}}{{n}}{{/cells}};{{/rows}}", "8true p8;9true ;"),
      // What stands in a line by itself leaves none.
      ("a\n  {{#texts}}\n  - {{.}}\n  {{/texts}}\nb\n", "a\n  - x\n  - y&lt;\nb\n"),
      ("{{#yes}}\na\n{{/yes}}\n{{#yes}}\nb\n{{/yes}}\n", "a\nb\n"),
      // What shares its line keeps it.
      ("a {{#yes}}\nb{{/yes}}\n c", "a \nb\n c"),
    ])
  func rendered(template: String, expected: String) throws {
    let rows: [[String: Any]] = [["n": 8, "cells": ["p"]], ["n": 9, "cells": [String]()]]
    let values: [String: Any] = [
      "a": "1 < 2 & \"3\" '", "n": 7, "yes": true, "no": false, "texts": ["x", "y<"], "rows": rows,
    ]
    #expect(try PageTemplate(template).render(values).utf8.elementsEqual(expected.utf8))
  }

  @Test(
    "marks that do not match are named",
    arguments: [
      ("{{a", "expected '}}', found the end"),
      ("{{#a}}", "expected the end of 'a', found the end of all"),
      ("{{#a}}{{/b}}", "expected the end of 'a', found that of 'b'"),
      ("{{/b}}", "expected the end of '', found that of 'b'"),
    ])
  func malformed(template: String, message: String) {
    let error = #expect(throws: PageTemplate.Malformed.self) { try PageTemplate(template) }
    #expect(error?.description == message)
  }
}
