import Codecs
import Foundation
import Geometry
import Labelling
import Rendering
import Timing

// Draws meshes of several sizes and prints milliseconds a drawing as tab-separated rows; the script
// Benchmarks/raster starts it.
//
// usage: Raster SIDE PIXELS ROUNDS [FOLDER]
//
// SIDE    a grid of SIDE x SIDE vertices bent to the front of a head; or head0 to head4, the head round the
//         68 landmarks, each of whose triangles is split in four so many times
// PIXELS  of the head's height in an image of 450 x 450: the grid is 0.2 m high, and so is a face
// FOLDER  where the mesh and the image are left, for a peer to draw the same

let arguments = CommandLine.arguments.dropFirst().map { $0 }
let splits = arguments.first.flatMap { $0.hasPrefix("head") ? Int($0.dropFirst(4)) : nil }
guard arguments.count >= 3, let side = splits == nil ? Int(arguments[0]) : 2,
  let pixels = Double(arguments[1]), let rounds = Int(arguments[2]), side >= 2, rounds >= 1
else {
  FileHandle.standardError.write(Data("usage: Raster SIDE PIXELS ROUNDS [FOLDER]\n".utf8))
  exit(64)
}

let imageSize = 450
let camera = Intrinsics.widthPlusHeight(imageSize, imageSize)
let pose = Extrinsics(
  rotation: Rotation(rotationVector: [0.1, 0.3, 0.05]),
  translation: [0, 0, camera.focalLength.y * 0.2 / pixels])

func vertex(_ row: Int, _ column: Int) -> SIMD3<Float> {
  let (u, v) = (Double(column) / Double(side - 1), Double(row) / Double(side - 1))
  let angle = (u - 0.5) * 2.6
  let width = 0.075 * (1 - pow(2 * v - 1, 4) * 0.6)
  let nose = 0.025 * exp(-pow(angle / 0.2, 2) - pow((v - 0.55) / 0.1, 2))
  return SIMD3<Float>(
    SIMD3(width * sin(angle), 0.2 * (v - 0.5), 0.02 - (0.09 + nose) * cos(angle)))
}

var vertices: [SIMD3<Float>] = []
var triangles: [SIMD3<Int32>] = []
if let splits {
  let outline = HeadMesh(landmarks: FaceModel.bfm68Points.points).outline
  vertices = outline.vertices
  triangles = (0..<outline.triangles.count).map {
    SIMD3<Int32>(truncatingIfNeeded: outline.triangles[$0])
  }
  for _ in 0..<splits { split() }
} else {
  for row in 0..<side {
    for column in 0..<side {
      vertices.append(vertex(row, column))
      guard row > 0, column > 0 else { continue }
      let d = Int32(row * side + column)
      let (a, b, c) = (d - Int32(side) - 1, d - Int32(side), d - 1)
      triangles += [SIMD3(a, c, b), SIMD3(b, c, d)]
    }
  }
}

/// Each triangle in four, at the middles of its edges.
@MainActor func split() {
  var middles: [SIMD2<Int32>: Int32] = [:]
  @MainActor func middle(_ a: Int32, _ b: Int32) -> Int32 {
    let key = SIMD2(min(a, b), max(a, b))
    if let known = middles[key] { return known }
    vertices.append((vertices[Int(a)] + vertices[Int(b)]) / 2)
    middles[key] = Int32(vertices.count - 1)
    return Int32(vertices.count - 1)
  }
  triangles = triangles.flatMap { corners in
    let (a, b, c) = (corners.x, corners.y, corners.z)
    let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a))
    return [SIMD3(a, ab, ca), SIMD3(ab, b, bc), SIMD3(ca, bc, c), SIMD3(ab, bc, ca)]
  }
}

let colours = [SIMD3<Float>](repeating: SIMD3(236, 188, 160), count: vertices.count)
guard let list = TriangleList(triangles, vertexCount: vertices.count) else { exit(70) }
let mesh = ShadedMesh(vertices: vertices, colours: colours, triangles: list)
let view = MeshView(pose: pose, camera: camera)
let renderer = MeshRenderer()
let smooth = MeshRenderer(isAntialiased: true)
let blank = PixelImage(width: imageSize, height: imageSize)
var image = blank

/// Milliseconds of the fastest round and of the median one.
@MainActor func time(_ body: @MainActor () -> Void) -> (least: Double, median: Double) {
  let times = (0..<rounds).map { _ in 1000 * timed(body).seconds }.sorted()
  return (times[0], times[rounds / 2])
}

@MainActor func draw(_ renderer: MeshRenderer) {
  renderer.begin(width: imageSize, height: imageSize)
  renderer.draw(mesh, view: view, on: &image)
}

let drawing = time { draw(renderer) }
let smoothDrawing = time { draw(smooth) }
let normals = time { _ = list.normals(of: vertices) }
image = blank
draw(renderer)
let covered = stride(from: 0, to: image.pixels.count, by: 3).count { image.pixels[$0] > 0 }
let columns = [
  "\(vertices.count)", "\(list.count)", "\(covered)", "\(drawing.least)", "\(drawing.median)",
  "\(smoothDrawing.least)", "\(smoothDrawing.median)", "\(normals.least)", "\(normals.median)",
]
print(columns.joined(separator: "\t"))

if arguments.count > 3 {
  func write(_ numbers: [some BitwiseCopyable], _ name: String) throws {
    let data = numbers.withUnsafeBytes { Data($0) }
    try data.write(to: URL(fileURLWithPath: "\(arguments[3])/\(name)"))
  }
  let camera = vertices.map { SIMD3<Float>(pose.applied(to: SIMD3<Double>($0))) }
  try write(camera.flatMap { [$0.x, $0.y, $0.z] }, "vertices.f32")
  try write(triangles.flatMap { [$0.x, $0.y, $0.z] }, "triangles.i32")
  try write(image.pixels, "image.rgb")
  try write(image.png(), "image.png")
}
