import Codecs
import Foundation
import Geometry
import Rendering

// Draws meshes of several sizes and prints milliseconds a drawing as tab-separated rows; the script
// Benchmarks/raster starts it. The mesh is a grid of SIDE x SIDE vertices bent to the front of a head.
//
// usage: Raster SIDE PIXELS ROUNDS [FOLDER]
//
// PIXELS  of the head's height in an image of 450 x 450
// FOLDER  where the mesh and the image are left, for a peer to draw the same

let arguments = CommandLine.arguments.dropFirst().map { $0 }
guard arguments.count >= 3, let side = Int(arguments[0]), let pixels = Double(arguments[1]),
  let rounds = Int(arguments[2]), side >= 2, rounds >= 1
else {
  FileHandle.standardError.write(Data("usage: Raster SIDE PIXELS ROUNDS [FOLDER]\n".utf8))
  exit(64)
}

let imageSize = 450
let camera = Intrinsics.widthPlusHeight(imageSize, imageSize)
// The grid is 0.2 m high.
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
var colours: [SIMD3<Float>] = []
var triangles: [SIMD3<Int32>] = []
for row in 0..<side {
  for column in 0..<side {
    vertices.append(vertex(row, column))
    colours.append(SIMD3(236, 188, 160))
    guard row > 0, column > 0 else { continue }
    let d = Int32(row * side + column)
    let (a, b, c) = (d - Int32(side) - 1, d - Int32(side), d - 1)
    triangles += [SIMD3(a, c, b), SIMD3(b, c, d)]
  }
}
guard let list = TriangleList(triangles, vertexCount: vertices.count) else { exit(70) }
let mesh = ShadedMesh(vertices: vertices, colours: colours, triangles: list)
let view = MeshView(pose: pose, camera: camera)
let renderer = MeshRenderer()
let blank = PixelImage(width: imageSize, height: imageSize)
var image = blank

/// Milliseconds of the fastest round and of the median one.
func time(_ body: () -> Void) -> (least: Double, median: Double) {
  let times = (0..<rounds).map { _ in
    let start = ContinuousClock.now
    body()
    return Double((ContinuousClock.now - start).components.attoseconds) * 1e-15
  }.sorted()
  return (times[0], times[rounds / 2])
}

let drawing = time {
  renderer.begin(width: imageSize, height: imageSize)
  renderer.draw(mesh, view: view, on: &image)
}
let normals = time { _ = list.normals(of: vertices) }
image = blank
renderer.begin(width: imageSize, height: imageSize)
renderer.draw(mesh, view: view, on: &image)
let covered = stride(from: 0, to: image.pixels.count, by: 3).count { image.pixels[$0] > 0 }
let columns = [
  "\(vertices.count)", "\(list.count)", "\(covered)", "\(drawing.least)", "\(drawing.median)",
  "\(normals.least)", "\(normals.median)",
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
