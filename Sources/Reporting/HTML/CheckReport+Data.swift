internal import FoundationEssentials
internal import Geometry
internal import Glibc
internal import Schema

extension CheckReport {
  /// The data from which the page's script makes rows and pictures. It is JSON without a `<`, so that it cannot end
  /// its script element.
  ///
  /// Arrays are used instead of objects, for there may be thousands; `data.js` says what each place holds.
  var data: String {
    get throws {
      var records = RecordTable()
      var body = JSONWriter()
      body.object { writer in
        writer.key("checks")
        writer.array { array in
          for tally in tallies {
            array.array {
              $0.value(tally.check.id)
              $0.value(Check.Severity.allCases.firstIndex(of: tally.check.severity) ?? 0)
              $0.value(tally.check.title)
              $0.value(tally.check.explanation)
              if let threshold = tally.check.threshold { $0.value(threshold) } else { $0.null() }
              $0.value(tally.count)
            }
          }
        }
        writer.key("findings")
        writer.array { array in
          for finding in findings { write(finding, &records, to: &array) }
        }
        writer.key("faces")
        writer.array { array in
          for face in faces { write(face, &records, to: &array) }
        }
        writer.key("worst")
        writer.array { array in for index in worst { array.value(index) } }
        writer.key("records")
        writer.array { array in
          for record in records.all {
            array.array {
              $0.value(record.id.printable)
              $0.value(record.path.printable)
              $0.value(record.size?.width ?? 0)
              $0.value(record.size?.height ?? 0)
            }
          }
        }
      }
      return String(decoding: try body.bytes, as: UTF8.self).replacing("<", with: "\\u003c")
    }
  }

  private func write(
    _ finding: ReportedFinding, _ records: inout RecordTable, to writer: inout JSONWriter
  ) {
    let record = finding.record.map { records.index(of: $0) } ?? -1
    writer.array {
      $0.value(finding.check)
      $0.value(record)
      $0.value(finding.face ?? -1)
      $0.value(finding.location.file.printable)
      $0.value(finding.location.line ?? 0)
      $0.number(finding.measure, digits: 4)
      $0.value(finding.detail.printable)
    }
  }

  private func write(
    _ face: ReportedFace, _ records: inout RecordTable, to writer: inout JSONWriter
  ) {
    let record = records.index(of: face.record)
    writer.array { writer in
      writer.value(record)
      writer.value(face.index)
      writer.array { array in
        for edge in [face.box.left, face.box.top, face.box.right, face.box.bottom] {
          array.number(edge, digits: 1)
        }
      }
      writer.numbers(face.angles.map { [$0.yaw, $0.pitch, $0.roll] }, digits: 1)
      writer.numbers(face.translation.map { [$0.x, $0.y, $0.z] }, digits: 3)
      writer.number(face.residual, digits: 4)
      if let portrait = face.portrait {
        writer.value(Data(portrait).base64EncodedString())
      } else {
        writer.null()
      }
      guard let drawing = face.drawing else { return writer.null() }
      writer.array {
        $0.array { array in
          for point in drawing.landmarks {
            array.number(point?.x, digits: 1)
            array.number(point?.y, digits: 1)
          }
        }
        $0.numbers(drawing.axes.flatMap { [$0.x, $0.y] }, digits: 1)
      }
    }
  }
}

/// Numbers the records to which listed findings or faces belong, in the order in which they are asked for.
private struct RecordTable {
  private(set) var all: [ReportedRecord] = []
  private var indices: [Int: Int] = [:]

  mutating func index(of record: ReportedRecord) -> Int {
    if let known = indices[record.ordinal] { return known }
    indices[record.ordinal] = all.count
    all.append(record)
    return all.count - 1
  }
}

extension JSONWriter {
  /// A number with at most `digits` digits after the point; null for nil, NaN and infinity.
  fileprivate mutating func number(_ value: Double?, digits: Int) {
    guard let value, value.isFinite else { return null() }
    let scale = pow(10, Double(digits))
    let rounded = (value * scale).rounded() / scale
    self.value(!rounded.isFinite ? value : rounded == 0 ? 0 : rounded)
  }

  fileprivate mutating func numbers(_ values: [Double]?, digits: Int) {
    guard let values else { return null() }
    array { array in for value in values { array.number(value, digits: digits) } }
  }
}
