import Codecs
import Foundation
import TestSupport
import Testing

/// The mesh in a file of this name and content.
private func mesh(_ name: String, _ bytes: [UInt8]) throws -> Mesh {
  try withTemporaryDirectory { folder in
    let path = "\(folder)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    do {
      return try Mesh(contentsOf: path)
    } catch let error as MeshError {
      // Without the folder, which differs from run to run.
      throw Refusal(description: String("\(error)".dropFirst(folder.count + 1)))
    }
  }
}

private struct Refusal: Error, CustomStringConvertible { var description: String }

private func refusal(_ name: String, _ text: String) -> String? {
  #expect(throws: Refusal.self) { try mesh(name, Array(text.utf8)) }?.description
}

/// A number's bytes in the order of the machine (little-endian) or reversed.
private func bytes<Value>(_ value: Value, _ isBigEndian: Bool) -> [UInt8] {
  let bytes = withUnsafeBytes(of: value) { Array($0) }
  return isBigEndian ? bytes.reversed() : bytes
}

private let plyHeader = """
  element vertex 4
  property uchar red
  property list uchar short weights
  property double z
  property float x
  property float32 y
  element face 1
  property list uchar int vertex_indices
  end_header

  """

private let corners: [SIMD3<Double>] = [[0, 0, 0.1], [1, 0, 0.2], [1, 1, 0.3], [0, 1, 0.4]]

@Suite("Meshes")
struct MeshTests {
  @Test("an OBJ gives vertices and triangles, whatever else it holds")
  func obj() throws {
    let text = """
      # made by hand
      mtllib a.mtl
      v 0 0 0.1 0.5 0.5 0.5\r
      v 1 0 2e-1
      vn 0 0 1
      vt 0.5 0.5
      \tv  1 1 .3
      v 0 1 0.4 1
      o head
      f 1/1/1 2//1 3/1 4
      f -4 -3 -2
      """
    let mesh = try mesh("a.OBJ", Array(text.utf8))
    #expect(mesh.vertices == corners)
    #expect(mesh.triangles == [[0, 1, 2], [0, 2, 3], [0, 1, 2]])
  }

  @Test("an OBJ's faults are named with their lines")
  func objFaults() {
    #expect(refusal("a.obj", "v 1 2\n") == "a.obj:1: expected v x y z, found the line's end")
    #expect(refusal("a.obj", "#\nv 1 2 3,5") == "a.obj:2: expected v x y z, found '3,5'")
    #expect(
      refusal("a.obj", "v 1 2 3\nf 1 2") == "a.obj:2: face: expected at least 3 vertices, found 2")
    #expect(
      refusal("a.obj", "v 1 2 3\nf 1 1 2\n")
        == "a.obj:2: face: expected vertices from 1 to 1, found 2")
    for number in ["0", "-2", "x", "9999999999"] {
      #expect(
        refusal("a.obj", "v 1 2 3\nf 1 1 \(number)")
          == "a.obj:2: expected a vertex's number, found '\(number)'")
    }
  }

  @Test("an ASCII PLY gives the vertices after elements and properties of others")
  func asciiPLY() throws {
    let text =
      "ply\r\nformat ascii 1.0\ncomment made by hand\nelement camera 2\nproperty float x\n"
      + plyHeader
      + "7\n8\n1 2 5 6 0.1 0 0\n1 0 0.2 1 0\n1 1 9 0.3 1 1\n1 0 .4 0 1\n4 0 1 2 3\n"
    let mesh = try mesh("a.ply", Array(text.utf8))
    #expect(mesh.vertices == corners)
    #expect(mesh.triangles == [[0, 1, 2], [0, 2, 3]])
  }

  @Test("a binary PLY of either byte order gives the same", arguments: [false, true])
  func binaryPLY(isBigEndian: Bool) throws {
    let order = isBigEndian ? "binary_big_endian" : "binary_little_endian"
    var file = Array("ply\nformat \(order) 1.0\n".utf8) + Array(plyHeader.utf8)
    for (i, corner) in corners.enumerated() {
      file += [200, UInt8(i)]
      for weight in 0..<i { file += bytes(Int16(weight), isBigEndian) }
      file += bytes(corner.z, isBigEndian)
      file += bytes(Float(corner.x), isBigEndian) + bytes(Float(corner.y), isBigEndian)
    }
    file.append(4)
    for i in 0..<4 { file += bytes(Int32(i), isBigEndian) }
    let whole = try mesh("a.ply", file)
    #expect(whole.vertices == corners)
    #expect(whole.triangles == [[0, 1, 2], [0, 2, 3]])
    let error = #expect(throws: Refusal.self) { try mesh("a.ply", Array(file.dropLast())) }
    #expect(error?.description == "a.ply: expected more elements, found the file's end")
  }

  @Test(
    "a PLY's faults are named with their lines",
    arguments: [
      ("solid x", "a.ply: expected a PLY file, found something else"),
      (
        "ply\nformat text 1.0\n",
        "a.ply:2: expected ascii, binary_little_endian or binary_big_endian, found 'text'"
      ),
      ("ply\n", "a.ply:2: expected a PLY header's end, found the file's"),
      (
        "ply\nformat ascii 1.0\nelement vertex many\n",
        "a.ply:3: expected how many there are of element 'vertex', found 'many'"
      ),
      (
        "ply\nformat ascii 1.0\nproperty float x\n",
        "a.ply:3: expected an element before its properties, found none"
      ),
      (
        "ply\nformat ascii 1.0\nelement vertex 1\nproperty half x\n",
        "a.ply:4: expected a property's type, found 'half'"
      ),
      ("ply\nformat ascii 1.0\nend_header\n", "a.ply: expected an element 'vertex', found none"),
      (
        "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nend_header\n",
        "a.ply: element 'vertex': expected one number 'z'"
      ),
      (
        "ply\nformat ascii 1.0\n" + plyHeader + "1 0 a",
        "a.ply:12: expected a number, found 'a'"
      ),
      (
        "ply\nformat ascii 1.0\n" + plyHeader + "1 -3 0",
        "a.ply:12: expected a list's length, found -3.0"
      ),
      (
        "ply\nformat ascii 1.0\n" + plyHeader + "1 0 0 0 0\n",
        "a.ply:13: expected a number, found the file's end"
      ),
      (
        "ply\nformat ascii 1.0\n" + plyHeader
          + "1 0 0 0 0\n1 0 0 0 0\n1 0 0 0 0\n1 0 0 0 0\n3 0 1 4\n",
        "a.ply: face: expected vertices from 0 to 3, found 4"
      ),
    ])
  func plyFaults(text: String, message: String) {
    #expect(refusal("a.ply", text) == message)
  }

  @Test("no changed file makes it crash")
  func fuzz() {
    var random = SeededRandom(seed: 5)
    let obj = Array("v 0 0 1\nv 1 0 2e3\nv 1 1 3\nf 1/2/3 2//1 -1\n".utf8)
    let ply =
      Array(("ply\nformat binary_big_endian 1.0\n" + plyHeader).utf8)
      + Array(repeating: 0, count: 90)
    var refused = 0
    for round in 0..<1000 {
      var file = round % 2 == 0 ? obj : ply
      for _ in 0...random.below(3) {
        let place = random.below(file.count)
        if random.below(3) == 0 {
          file.remove(at: place)
        } else {
          file[place] = UInt8(random.below(256))
        }
      }
      do { _ = try mesh(round % 2 == 0 ? "a.obj" : "a.ply", file) } catch { refused += 1 }
    }
    #expect(refused > 100)
  }
}
