import Foundation
import Schema
import Testing

@Suite("Records and their schema")
struct RecordSchemaTests {
  private func schema() throws -> JSONValue {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appendingPathComponent("Schemas/image-record-1.schema.json")
    return try JSONParser.value(of: String(contentsOf: file, encoding: .utf8))
  }

  private func names(_ value: JSONValue?) -> Set<String> {
    guard case .object(let members) = value else { return [] }
    return Set(members.map(\.key))
  }

  @Test("a full record's members are exactly those that the schema lists")
  func members() throws {
    let schema = try schema()
    let definitions = try #require(schema["$defs"])
    let record = try JSONParser.value(of: fullRecord().jsonLine)
    let properties = try #require(schema["properties"])
    #expect(names(record) == names(properties))
    #expect(names(record["source"]) == names(properties["source"]?["properties"]))
    #expect(names(record["image"]) == names(properties["image"]?["properties"]))
    #expect(names(record["camera"]) == names(definitions["camera"]?["properties"]))
    let faces = try #require(record["faces"]?.elements)
    #expect(faces.count == 3)
    for face in faces {
      #expect(names(face) == names(definitions["face"]?["properties"]))
      #expect(names(face["pose"]) == names(definitions["pose"]?["properties"]))
      #expect(names(face["fit"]) == names(definitions["fit"]?["properties"]))
      let layout = try #require(face["landmarks"]?["layout"]?.text)
      #expect(names(face["landmarks"]) == names(definitions[layout]?["properties"]))
      #expect(
        names(face["attributes"])
          == names(definitions["attributes"]?["properties"]).union(["age", "a \"b\""]))
    }
    // None of the above compared nothing with nothing.
    #expect(names(definitions["face"]?["properties"]).count == 6)
    #expect(names(definitions["attributes"]?["properties"]).count == 13)
  }

  @Test("all values of each choice are those that the schema lists")
  func choices() throws {
    let schema = try schema()
    let definitions = try #require(schema["$defs"])
    func listed(_ definition: String, _ member: String) -> [String]? {
      definitions[definition]?["properties"]?[member]?["enum"]?.elements?.compactMap(\.text)
    }
    #expect(listed("camera", "provenance") == Camera.Provenance.allCases.map(\.rawValue))
    #expect(listed("pose", "frame") == HeadPose.Frame.allCases.map(\.rawValue))
    #expect(listed("pose", "scale") == HeadPose.Scale.allCases.map(\.rawValue))
    #expect(listed("pose", "provenance") == HeadPose.Provenance.allCases.map(\.rawValue))
    #expect(listed("fit", "solver") == FitQuality.Solver.allCases.map(\.rawValue))
    let visibilities = definitions["visibility"]?["enum"]?.elements?.compactMap(\.text)
    #expect(visibilities == Landmarks.Visibility.allCases.map(\.rawValue))
    #expect(schema["properties"]?["schema"]?["const"]?.text == ImageRecord.schemaName)
  }

  @Test("each flag of a fit has the name that the schema lists")
  func flags() throws {
    let items = try schema()["$defs"]?["fit"]?["properties"]?["flags"]?["items"]
    let names = items?["enum"]?.elements?.compactMap(\.text) ?? []
    var record = fullRecord()
    for (bit, name) in names.enumerated() {
      record.faces[0].fit?.flags = .init(rawValue: 1 << bit)
      let written = try JSONParser.value(of: record.jsonLine)
      #expect(written["faces"]?.elements?[0]["fit"]?["flags"] == .array([.text(name)]))
    }
    #expect(names.count == 7)
  }

  @Test("each layout has the number of points that the schema wants")
  func layouts() throws {
    let definitions = try schema()["$defs"]
    for layout in Landmarks.Layout.allCases {
      let points = definitions?[layout.rawValue]?["properties"]?["points"]
      #expect(points?["minItems"] == .integer(layout.count))
      #expect(points?["maxItems"] == .integer(layout.count))
    }
  }
}
