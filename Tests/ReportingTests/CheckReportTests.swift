import Foundation
import Geometry
import Reporting
import Schema
import Testing

@Suite("Check report")
struct CheckReportTests {
  private let box = Check(
    "degenerate-box", .error, "box without area", threshold: "more than 0 px", "Leave it out.")
  private let residual = Check("large-residual", .warning, "large residual", "Look at it.")
  private let turned = Check("exif-orientation", .note, "turned by a tag", "Turn it.")

  /// A record with one face whose fit has this residual.
  private func record(_ name: String, residual: Double? = nil, x: Double = 0.1) -> ImageRecord {
    var image = ImageReference(path: "\(name).jpg")
    (image.width, image.height) = (640, 480)
    var face = Face(box: BoundingBox(left: 10, top: 20, right: 110, bottom: 140))
    let points = (0..<5).map { Landmarks.Point(SIMD2(20 + 15 * Double($0), 60)) }
    face.landmarks = Landmarks(layout: .face5, points: points)
    face.pose = HeadPose(rotationVector: [0, 0.5, 0], translation: [x, 0, 1])
    if let residual {
      face.fit = FitQuality(
        solver: .leastSquares, points: 5, reprojectionError: 40 * residual, interocularDistance: 40)
    }
    return ImageRecord(
      id: name, source: RecordSource(dataset: "wider-face"), image: image, faces: [face])
  }

  private func finding(_ check: Check, _ detail: String = "box: expected area, found none")
    -> Finding
  {
    Finding(
      check, at: SourceLocation(file: "label.txt", line: 7), record: "a", face: 0, measure: 2,
      detail)
  }

  private func builder(
    _ checks: [Check], limits: CheckReportBuilder.Limits = CheckReportBuilder.Limits()
  ) -> CheckReportBuilder {
    CheckReportBuilder(
      title: "train.jsonl", facts: [CheckReport.Fact("Input", "train.jsonl")], checks: checks,
      limits: limits)
  }

  /// The page's data as its script reads them.
  private func data(_ html: String) throws -> JSONValue {
    let opening = "<script type=\"application/json\" id=\"data\">"
    let start = try #require(html.firstRange(of: opening)).upperBound
    let end = try #require(html[start...].firstRange(of: "</script>")).lowerBound
    return try JSONParser.value(of: String(html[start..<end]))
  }

  private func count(_ member: String, _ data: JSONValue) -> Int {
    data[member]?.elements?.count ?? 0
  }

  @Test("counts findings by check and severity, and names the checks that found nothing")
  func counts() throws {
    var builder = builder([box, residual, turned])
    builder.add(record("a"), findings: [finding(box), finding(residual)])
    builder.add(record("b"), findings: [finding(residual)])
    let report = builder.finish()
    #expect((report.imageCount, report.faceCount, report.count) == (2, 2, 3))
    #expect(report.count(of: .error) == 1)
    #expect(report.count(of: .warning) == 2)
    #expect(report.tallies.map(\.count) == [1, 2, 0])
    let html = try report.html()
    #expect(html.contains("3 checks looked at 2 faces in 2 images."))
    #expect(html.contains("<h1 id=\"summary-heading\">3 findings</h1>"))
    #expect(html.contains("1 check without findings"))
    #expect(html.contains("more than 0 px"))
  }

  @Test("of a clean dataset says that nothing was found, and has no table")
  func clean() throws {
    var builder = builder([box])
    builder.add(record("a"))
    let html = try builder.finish().html()
    #expect(html.contains("<h1 id=\"summary-heading\">Nothing found</h1>"))
    #expect(!html.contains("<table"))
  }

  @Test("of no records at all is a page without distributions")
  func empty() throws {
    let html = try builder([box]).finish().html()
    #expect(html.contains("1 check looked at no faces in no images."))
    #expect(!html.contains("id=\"distributions\""))
  }

  @Test("takes no text of a dataset for markup or code")
  func escapes() throws {
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&\"'"
    var builder = CheckReportBuilder(
      title: evil, facts: [CheckReport.Fact(evil, evil)],
      checks: [Check("odd", .error, evil, threshold: evil, evil)])
    var record = record(evil, residual: 0.4)
    record.image.path = evil
    let check = Check("odd", .error, evil, threshold: evil, evil)
    builder.add(
      record,
      findings: [
        Finding(check, at: SourceLocation(file: evil), record: evil, face: 0, evil)
      ])
    let html = try builder.finish().html()
    #expect(!html.contains("<script>alert"))
    #expect(!html.contains("<img src"))
    let data = try data(html)
    #expect(data["findings"]?.elements?.first?.elements?.last?.text == evil)
    #expect(data["records"]?.elements?.first?.elements?.first?.text == evil)
  }

  @Test("asks no network for anything")
  func network() throws {
    var builder = builder([box])
    builder.add(record("a", residual: 0.2), findings: [finding(box)]) { _, _ in [0xFF, 0xD8] }
    let html = try builder.finish().html()
    #expect(html.contains("default-src 'none'"))
    for outside in ["src=\"http", "href=\"http", "url(", "@import"] {
      #expect(!html.contains(outside))
    }
  }

  @Test("is the same bytes for the same input")
  func repeatable() throws {
    func page() throws -> String {
      var builder = builder([box, residual, turned])
      for i in 0..<50 {
        builder.add(
          record("\(i)", residual: Double(i % 7) / 20), findings: [finding(residual)]
        ) { _, _ in [1, 2, 3] }
      }
      return try builder.finish().html()
    }
    let first = try page()
    let second = try page()
    #expect(first == second)
  }

  @Test(
    "lists findings of each check, however many another one has, and says what it does not list")
  func bounded() throws {
    var limits = CheckReportBuilder.Limits()
    limits.findings = 100
    var builder = builder([box, residual], limits: limits)
    for i in 0..<500 { builder.add(record("\(i)"), findings: [finding(box)]) }
    for i in 500..<600 { builder.add(record("\(i)"), findings: [finding(residual)]) }
    let report = builder.finish()
    #expect(report.count == 600)
    #expect(report.tallies.map(\.kept) == [75, 25])
    let html = try report.html()
    let data = try data(html)
    #expect(count("findings", data) == 100)
    #expect(html.contains("The table lists 100 of 600 findings."))
    #expect(html.contains("Not listed: 425 of degenerate-box, 75 of large-residual."))
  }

  @Test("shows pictures of a check's first findings only, and asks once for each face")
  func portraits() throws {
    var limits = CheckReportBuilder.Limits()
    limits.portraitsPerCheck = 3
    limits.worst = 0
    var builder = builder([box, residual], limits: limits)
    var asked: [String] = []
    for i in 0..<9 {
      builder.add(record("\(i)"), findings: [finding(box), finding(residual)]) { record, face in
        asked.append("\(record.id)/\(face)")
        return [1, 2, 3]
      }
    }
    #expect(asked == ["0/0", "1/0", "2/0"])
    let html = try builder.finish().html()
    #expect(html.components(separatedBy: "\"AQID\"").count - 1 == 3)
  }

  @Test(
    "shows the faces with the greatest residuals, the worst first, whether anything was found on them"
  )
  func worst() throws {
    var limits = CheckReportBuilder.Limits()
    limits.worst = 3
    var builder = builder([residual], limits: limits)
    for (i, residual) in [0.1, 0.4, 0.2, 0.4, 0.3, .nan, 0.05].enumerated() {
      builder.add(
        record("\(i)", residual: residual), findings: i == 4 ? [finding(self.residual)] : [])
    }
    let data = try data(builder.finish().html())
    let faces = try #require(data["faces"]?.elements)
    let worst = try #require(data["worst"]?.elements).compactMap { $0.number.map { Int($0) } }
    #expect(worst.map { faces[$0].elements?[5].number } == [0.4, 0.4, 0.3])
    let records = try #require(data["records"]?.elements)
    let names = worst.map { index -> String? in
      let record = faces[index].elements?[0].number.map { Int($0) }
      return record.flatMap { records[$0].elements?[0].text }
    }
    #expect(names == ["1", "3", "4"])
  }

  @Test("has findings on the dataset, and on records that were added before")
  func dataset() throws {
    var builder = builder([box, residual])
    builder.add(record("a"), findings: [finding(box)])
    builder.add(finding(residual, "seen before"), of: record("a"))
    builder.add(
      Finding(residual, at: SourceLocation(file: "set"), record: "b", "b"), of: record("b"))
    builder.add(Finding(residual, at: SourceLocation(file: "set"), "of the whole set"))
    let data = try data(builder.finish().html())
    let findings = try #require(data["findings"]?.elements)
    #expect(findings.map { $0.elements?[1].number } == [0, 0, 1, -1])
    #expect(count("records", data) == 2)
    #expect(count("faces", data) == 1)
  }

  @Test("leaves accepted findings out, and says how many")
  func accepted() throws {
    var builder = builder([box])
    builder.acceptedCount += 2
    let html = try builder.finish().html()
    #expect(html.contains("2 accepted findings left out."))
  }

  @Test("survives numbers that are none")
  func notANumber() throws {
    var broken = record("a", residual: .infinity)
    broken.faces[0].box.left = .nan
    broken.faces[0].pose = HeadPose(
      rotationVector: [.nan, 0, 0], translation: [0, .infinity, -1])
    var builder = builder([box])
    var odd = finding(box)
    odd.measure = .nan
    builder.add(broken, findings: [odd])
    let data = try data(builder.finish().html())
    #expect(count("findings", data) == 1)
  }

  @Test("draws a histogram for each number that faces have, and both maps")
  func distributions() throws {
    var builder = builder([box])
    for i in 0..<20 { builder.add(record("\(i)", residual: 0.1, x: Double(i) / 20)) }
    let html = try builder.finish().html()
    #expect(html.components(separatedBy: "<figure>").count - 1 == 8)
    // Half a radian about y is a yaw of 28.6 degrees.
    #expect(html.contains("<title>25° to 30°: 20 faces</title>"))
    #expect(html.contains("<title>yaw 20 to 30°, pitch 0 to 10°: 20 faces</title>"))
    #expect(html.contains("<title>10 % to 11 %: 20 faces</title>"))
    #expect(html.contains("Angles in 300W-LP's convention."))
  }

  @Test("says of few faces where all of them are, and of angles only where there are some")
  func fewFaces() throws {
    func page(_ sizes: [Double]) throws -> String {
      var builder = builder([box])
      for (i, size) in sizes.enumerated() {
        var record = record("\(i)")
        record.faces[0].pose = nil
        record.faces[0].box = BoundingBox(left: 0, top: 0, right: size, bottom: size)
        builder.add(record)
      }
      return try builder.finish().html()
    }
    // Sizes are within a percent.
    let three = try page([100, 100, 300])
    #expect(
      three.contains(
        /median (99|100|101)[^,]* px, all from (99|100|101)[^ ]* px to (29|30)\d px; 3 faces/))
    #expect(try page([100]).contains(/> *<span>(99|100|101)[^ ]* px; 1 face</))
    #expect(try page(Array(repeating: 100, count: 20)).contains("nine tenths from"))
    #expect(!three.contains("300W-LP's convention"))
  }
}
