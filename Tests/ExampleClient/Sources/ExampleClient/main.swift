import Geometry
import Schema
import Shards

// ExampleClient FILE.lmdb: fits a pose to a face's five points, then reads the poses of the file's first sample.
let points: [SIMD2<Double>] = [[296, 208], [344, 208], [320, 237], [301, 261], [338, 261]]
var solver = LeastSquaresPoseSolver(model: MeanFace.fivePoints, interocularDistance: 0.062)
solver.fit(
  faces: 1, camera: { _ in .widthPlusHeight(640, 480) },
  landmark: { _, point in (points[point], weight: 1) },
  take: { _, fit in if let fit { print("fitted \(fit.extrinsics.translation) m") } })

try ShardReader(path: CommandLine.arguments[1]).withSample(0) { sample, _ in
  for face in sample.record.faces {
    // A pose of angles alone has no extrinsics: only a rotation.
    if let extrinsics = face.pose?.extrinsics { print("stored \(extrinsics.translation) m") }
  }
}
