import Datasets
import Geometry
import Schema
import TestSupport
import Testing

@Suite("CSV tables")
struct CSVTests {
  private static let plain = """
    file,left,top,right,bottom,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,mouth_left_x,mouth_left_y,mouth_right_x,mouth_right_y,pitch,yaw,roll,person,note
    a.jpg,10,20,30,40,1,2,3,4,5,6,7,8,9,10,10,-20,5,p7,"one, two"
    b.jpg,,,,,,,,,,,,,,,,,,,
    a.jpg,50,60,70,80,1,2,3,4,5,6,7,8,,,,,,,

    """

  @Test("plain names of columns need no map; rows of one image make one record")
  func plainNames() throws {
    let reading = try FormReading("csv", ["faces.csv": Self.plain])
    #expect(reading.issues.isEmpty)
    #expect(reading.records.map(\.image.path) == ["a.jpg", "b.jpg"])
    #expect(reading.records.map(\.faces.count) == [2, 0])
    let faces = reading.records[0].faces
    #expect(faces.map(\.edges) == [[10, 20, 30, 40], [50, 60, 70, 80]])
    #expect(faces[0].points == [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]])
    #expect(faces[1].points[4] == nil)
    #expect(faces[0].attribute("subject_id") == .text("p7"))
    let angles = try #require(faces[0].attribute(FaceAttributes.eulerName(.aflw)))
    #expect(angles["yaw"]?.number == -20)
    #expect(faces[0].pose?.translation == nil && faces[1].pose == nil)
  }

  @Test("semicolons with decimal commas, tabs, CRLF and a byte order mark")
  func separators() throws {
    for (header, row) in [
      ("image;x;y;w;h", "a.jpg;1,5;2,5;10;20,25"),
      ("image\tx\ty\tw\th", "a.jpg\t1.5\t2.5\t10\t20.25"),
      ("\"image\",\"x\",\"y\",\"w\",\"h\"", "\"a.jpg\",\"1.5\",2.5, 10 ,20.25"),
    ] {
      let text = "\u{FEFF}\(header)\r\n\(row)\r\n"
      let reading = try FormReading("csv", ["t.csv": text])
      #expect(reading.records.first?.faces.first?.edges == [1.5, 2.5, 11.5, 22.75], "\(header)")
    }
  }

  @Test("a map names columns, or their numbers where there is no header")
  func maps() throws {
    let text = "who,where,a,b,c,d,ex,ey,v\np1,x.jpg,1,2,3,4,7,8,1\n"
    let map = try ColumnMap("image=where,box_xywh=a:b:c:d,nose=ex:ey:v,subject=who")
    for (text, map) in [
      (text, map),
      (
        String(text.split(separator: "\n")[1]),
        try ColumnMap("image=2,box_xywh=3:4:5:6,nose=7:8:9,subject=1")
      ),
    ] {
      let reading = try FormReading("csv", ["t.csv": text]) { $0.columns = map }
      let record = try #require(reading.records.first)
      #expect(record.image.path == "x.jpg" && record.faces[0].edges == [1, 2, 4, 6])
      #expect(record.faces[0].attribute("subject_id") == .text("p1"))
    }
  }

  @Test(
    "a broken map says what is expected",
    arguments: [
      ("box=a:b:c:d", "image=COLUMN"), ("image", "MEANING=COLUMN"),
      ("image=a,box=b:c", "X1:Y1:X2:Y2"),
      ("image=a,ear=b", "one of image"), ("image=a,nose=b", "X:Y"),
    ])
  func brokenMaps(text: String, expected: String) {
    let error = #expect(throws: ColumnMapError.self) { try ColumnMap(text) }
    #expect(error?.description.contains(expected) == true)
  }

  @Test("radians are told by their columns' names; angles alone have the whole image as box")
  func angles() throws {
    let text = "image,yaw_rad,pitch_rad,roll_rad\na.jpg,0.5,0.25,-1\n"
    let face = try #require(
      try FormReading("csv", ["t.csv": text], pictures: ["a.jpg"]).records.first?.faces.first)
    let angles = try #require(face.attribute(FaceAttributes.eulerName(.aflw)))
    #expect(abs((angles["yaw"]?.number ?? 0) - 28.64788975654116) < 1e-9)
    #expect(face.edges == [0, 0, 320, 240])
    #expect(face.attribute("bbox_from") == .text("whole-image"))
  }

  @Test("broken cells are issues with their line, and the other rows are read")
  func broken() throws {
    let text =
      "image,x1,y1,x2,y2\na.jpg,1,2,x,4\nb.jpg,1,2,3,\nc.jpg,1,2,3,4\n,1,2,3,4\nd.jpg,1,2,1e300,4\n"
    let reading = try FormReading("csv", ["t.csv": text])
    #expect(reading.records.flatMap(\.faces).count == 1)
    for words in [
      "t.csv:2: row: expected a number in 'x2', found 'x'",
      "t.csv:3: row: expected numbers in 'x1', 'y1', 'x2', 'y2', found an empty cell in 'y2'",
      "t.csv:5: row: expected the name of an image", "t.csv:6: box 1",
    ] {
      #expect(reading.issues.contains { $0.contains(words) }, "\(words) \(reading.issues)")
    }
  }

  @Test("a name alone is an image without faces, but not where the line was cut off in it")
  func namesAlone() throws {
    let text = "image,x1,y1,x2,y2\na.jpg,1,2,30,40\nb.jpg\nimages/000"
    let reading = try FormReading("csv", ["t.csv": text])
    #expect(reading.records.map(\.image.path) == ["a.jpg", "b.jpg"])
    #expect(reading.issues == ["t.csv:4: row: expected 5 cells, as the header has, found 1"])
  }

  @Test(
    "a row whose angles cannot be read says which, and why",
    arguments: [
      ("1,2,nan", "numbers in 'pitch', 'yaw', 'roll', found 'nan' in 'roll'"),
      (",1,2", "numbers in 'pitch', 'yaw', 'roll', found an empty cell in 'yaw'"),
      ("inf,1,2", "an angle up to 360 degrees in 'yaw', found 'inf'"),
      ("1,x,2", "a number in 'pitch', found 'x'"),
      ("nan,nan,nan", "numbers in 'pitch', 'yaw', 'roll', found 'nan' in 'pitch'"),
      ("1,2", "4 cells, as the header has, found 3"),
      ("1,2,3,4", "4 cells, as the header has, found 5; a text with the mark"),
    ])
  func brokenAngles(cells: String, problem: String) throws {
    let text = "image,yaw,pitch,roll\nb.jpg,1,2,3\na.jpg,\(cells)\n"
    let reading = try FormReading("csv", ["t.csv": text])
    #expect(reading.records.map(\.image.path) == ["b.jpg"])
    #expect(reading.issues.count == 1)
    #expect(
      reading.issues.first?.hasPrefix("t.csv:3: row: expected \(problem)") == true,
      "\(reading.issues)")
    // With a box, the face is kept.
    let boxes = "image,x1,y1,x2,y2,yaw,pitch,roll\na.jpg,1,2,30,40,\(cells)\n"
    let boxed = try FormReading("csv", ["t.csv": boxes])
    guard cells.split(separator: ",", omittingEmptySubsequences: false).count == 3 else { return }
    #expect(boxed.records.first?.faces.count == 1 && boxed.records[0].faces[0].pose == nil)
    #expect(boxed.issues.count == (cells == "nan,nan,nan" ? 0 : 1), "\(boxed.issues)")
  }

  @Test(
    "a translation whose unit or axes no name tells is no point, and told",
    arguments: [["tx", "ty", "tz"], ["tx_mm", "ty_mm", "tz_mm"]])
  func unknownPlace(names: [String]) throws {
    let text = "image,yaw,pitch,roll,\(names.joined(separator: ","))\na.jpg,1,2,3,10,20,900\n"
    let reading = try FormReading("csv", ["t.csv": text], pictures: ["a.jpg"])
    let face = try #require(reading.records.first?.faces.first)
    #expect(face.pose?.translation == nil && face.landmarks == nil)
    #expect(
      reading.issues.contains {
        $0.contains(
          "translation in '\(names.joined(separator: "', '"))': expected 'tx_m', 'ty_m', 'tz_m'")
      }, "\(reading.issues)")
  }

  @Test("a translation in metres that no head has is an issue with its line")
  func implausiblePlace() throws {
    let text = "image,yaw,pitch,roll,tx_m,ty_m,tz_m\na.jpg,1,2,3,0,0,1e12\nb.jpg,1,2,3,0,0,1\n"
    let reading = try FormReading("csv", ["t.csv": text], pictures: ["a.jpg", "b.jpg"])
    #expect(reading.issues.contains { $0.contains("t.csv:2:") && $0.contains("'tx_m'") })
    #expect(reading.records.last?.faces.first?.pose?.translation == SIMD3(0, 0, 1))
  }

  @Test("cells that are all empty are no pose; a trailing comma is none either")
  func emptyAngles() throws {
    let text = "image,yaw,pitch,roll\na.jpg,,,\nb.jpg\nc.jpg,1,2,3,\n"
    let reading = try FormReading("csv", ["t.csv": text])
    #expect(reading.records.map(\.faces.count) == [0, 0, 1] && reading.issues.isEmpty)
  }

  @Test("poses of one image without boxes are all kept, and said to be several")
  func repeatedPoses() throws {
    let text = "image,yaw,pitch,roll\na.jpg,1,2,3\nb.jpg,1,2,3\na.jpg,4,5,6\n"
    let reading = try FormReading("csv", ["t.csv": text])
    #expect(reading.records.map(\.faces.count) == [2, 1])
    #expect(
      reading.issues == [
        "t.csv:4: 'a.jpg': expected one pose, as there are no boxes to tell faces apart, found 2, in lines 2, 4"
      ])
  }

  @Test("angles of which one has no column are said to be so, and stay")
  func fewAngles() throws {
    let text = "image,x1,y1,x2,y2,yaw,pitch\na.jpg,1,2,30,40,5,6\n"
    let reading = try FormReading("csv", ["t.csv": text])
    #expect(
      reading.issues == [
        "t.csv: angles: expected columns of pitch, yaw and roll, found 'pitch', 'yaw' alone; they stay under 'native'"
      ])
    guard case .object(let native)? = reading.records[0].faces[0].native else {
      Issue.record("no native")
      return
    }
    #expect(native["yaw"] == .text("5") && native["pitch"] == .text("6"))
  }

  @Test("boxes that all may be fractions of the image are a reason to ask")
  func fractions() throws {
    let rows = (1...5).map { "\($0).jpg,0.1,0.2,0.5,0.\($0 + 3)\n" }
    let header = "image,x1,y1,x2,y2\n"
    let all = try FormReading("csv", ["t.csv": header + rows.joined()])
    #expect(all.issues.count == 1)
    #expect(all.issues.first?.contains("found none beyond 1 in 5 faces") == true, "\(all.issues)")
    let one = try FormReading("csv", ["t.csv": header + rows.joined() + "6.jpg,1,2,30,40\n"])
    #expect(one.issues.isEmpty)
  }

  @Test("a convention of other numbers than angles is refused for angles")
  func otherNotation() throws {
    let reading = try FormReading("csv", ["t.csv": "image,yaw,pitch,roll\na.jpg,1,2,3\n"]) {
      $0.notation = .numbers(.matrix)
    }
    #expect(
      reading.issues == [
        "t.csv:1: angles in 'yaw': expected a convention of angles, found matrix"
      ])
  }

  @Test("unknown names of points stay native and are named once")
  func unmapped() throws {
    let text = "image,chin_x,chin_y\na.jpg,1,2\nb.jpg,3,4\n"
    let reading = try FormReading("csv", ["t.csv": text])
    #expect(reading.records.count == 2 && reading.records[0].faces[0].landmarks == nil)
    #expect(reading.issues.count { $0.contains("'chin'") } == 1)
  }

  @Test("a table is recognised by its header")
  func recognition() {
    #expect(FormReading.form(of: Self.plain, named: "x.txt") == "csv")
    for text in [
      "image,label\na.jpg,1\n", "x1,y1,x2,y2\n1,2,3,4\n", "image,x1,y1,x2,y2\na.jpg,1\n", "",
    ] {
      #expect(FormReading.form(of: text, named: "x.csv") == nil, "\(text)")
    }
  }

  @Test("mutated tables never trap")
  func mutations() throws {
    #expect(
      try FormReading.mutate("csv", Self.plain, named: "t.csv", seed: 4) == 300)
  }

  @Test("a map of columns is kept in a file, whose faults are told by line, with the nearest name")
  func mapFiles() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/my.map"
      func map(_ text: String) throws -> ColumnMap {
        try TestSupport.write(text, to: path)
        return try ColumnMap(argument: "@" + path)
      }
      let whole = try ColumnMap("image=who,box=a:b:c:d,yaw=y,pitch=p,roll=r")
      var read = try map("# mine\r\nimage = who\r\n\r\nbox=a:b:c:d\r\nyaw=y,pitch=p,roll=r")
      #expect(read.file == path)
      read.file = nil
      #expect(read == whole)
      for (text, words) in [
        (
          "image=who\nyow=y\n",
          "my.map:2: map of columns: expected MEANING=COLUMN, found 'yow=y' (yaw?)"
        ),
        ("image=who\nbox\n", "my.map:2:"), ("yaw=y\n", "expected image=COLUMN"),
      ] {
        do {
          _ = try map(text)
          Issue.record("\(text) is read")
        } catch {
          #expect("\(error)".contains(words), "\(error)")
        }
      }
      let table = try FormReading("csv", ["t.csv": "who,left,top,right,bottm\n"], named: ["t.csv"])
      {
        $0.columns = try ColumnMap("image=who,box=left:top:right:bottom")
      }
      #expect(
        table.issues.first?.contains("none named 'bottom' (bottm?)") == true, "\(table.issues)")
    }
  }

}
