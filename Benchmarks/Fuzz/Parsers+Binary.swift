import Codecs
import Datasets
import Foundation
import Geometry

extension FuzzedParser {
  private static let limit = 64 << 20

  static let binaries = [
    FuzzedParser("mat", .bytes, seeds: { try $0.files(".mat") }) { _, _ in
      { input in try input.withUnsafeBytes { _ = try MATArrays($0, path: "x.mat") } }
    },
    FuzzedParser("mat-cells", .headed(600), seeds: { try $0.files("train.mat") }) { _, _ in
      { input in
        let file = try MATFile(FileContents(input), path: "x.mat")
        for name in ["event_list", "file_list", "face_bbx_list", "blur_label_list"]
        where file.contains(name) {
          try file.withVariable(name) { value in
            for cell in value.cells ?? [] { _ = cell?.numbers ?? cell?.cells?.first??.numbers }
          }
        }
      }
    },
    FuzzedParser("npy", .bytes, seeds: { try $0.files(".npy") + arrays }) { _, _ in
      { input in
        try input.withUnsafeBytes { bytes in
          let array = try NPYArray(bytes, name: "x.npy")
          _ = array.shapeText
          _ = array.doubles
          _ = try? array.integers()
        }
      }
    },
    FuzzedParser("python-literal", .headed(128), seeds: { _ in arrays }) { _, _ in
      { input in try input.withUnsafeBytes { _ = try NPYArray($0, name: "x.npy").shapeText } }
    },
    FuzzedParser("npz", .bytes, seeds: { try $0.files(".npz") }) { _, _ in
      { input in
        try input.withUnsafeBytes { bytes in
          let file = try NPZFile(bytes)
          try file.withArrays(limit: limit) {
            for entry in $0 { _ = try entry.array.get().doubles }
          }
          for name in file.names { try file.withArray(name, limit: limit) { _ = $0.shapeText } }
        }
      }
    },
    FuzzedParser("mesh-obj", .text, seeds: { _ in [Array(obj.utf8)] }) { place, _ in
      { input in _ = try Mesh(contentsOf: place.write(input, to: "x.obj")) }
    },
    FuzzedParser("mesh-ply", .headed(200), seeds: { _ in [Array(ply.utf8), binaryPLY] }) {
      place, _ in
      { input in _ = try Mesh(contentsOf: place.write(input, to: "x.ply")) }
    },
    FuzzedParser("messagepack", .bytes, seeds: { _ in packed }) { _, _ in
      { input in
        let value = input.withUnsafeBytes { MessagePackValue(decoding: $0) }
        if value == nil { throw CocoaError(.formatting) }
      }
    },
    FuzzedParser("biwi-depth", .headed(64), seeds: { try $0.files("_depth.bin") }) { _, _ in
      { input in try input.withUnsafeBytes { _ = try BiwiDepth($0) } }
    },
    FuzzedParser("biwi-text", .text, seeds: { try $0.files(".cal", "_pose.txt") }) { _, _ in
      { input in
        try input.withUnsafeBytes { bytes in
          _ = try? BiwiCalibration(text: bytes)
          _ = try BiwiPose(text: bytes)
        }
      }
    },
  ]

  private static let arrays = [
    NPY.file([1, 2, 3, 4, 5, 6], shape: [2, 3]), NPY.file([]),
    NPY.file(type: "<i4", shape: [2, 2], data: [UInt8](repeating: 1, count: 16)),
    NPY.file(type: "|b1", shape: [4], data: [0, 1, 0, 1]),
  ]

  private static let obj = """
    # a mesh
    v 0 0 0
    v 1 0 0.5
    v 0 1e-3 -2
    v 1 1 1
    vt 0.5 0.5
    vn 0 0 1
    f 1 2 3
    f 1/1/1 3/1/1 -1/1/1
    f 1//1 2//1 3//1 4//1

    """

  private static let ply = """
    ply
    format ascii 1.0
    comment a mesh
    element vertex 3
    property float x
    property float y
    property double z
    property uchar red
    element face 1
    property list uchar int vertex_indices
    end_header
    0 0 0 255
    1 0 0 0
    0 1 0.5 7
    3 0 1 2

    """

  private static let binaryPLY: [UInt8] = {
    let header = """
      ply
      format binary_little_endian 1.0
      element vertex 3
      property float x
      property float y
      property float z
      element face 1
      property list uchar int vertex_indices
      end_header

      """
    return Array(header.utf8) + [UInt8](repeating: 0, count: 36) + [3, 0, 0, 0, 0, 1, 0, 0, 0]
      + [2, 0, 0, 0]
  }()

  private static let packed: [[UInt8]] = {
    let writer = MessagePackWriter()
    writer.writeArray(count: 4)
    writer.write(1 << 40)
    writer.write(-2.5)
    writer.writeArray(count: 0)
    writer.writeBinaryHeader(count: 3)
    return [
      writer.bytes + [1, 2, 3], [0x82, 0xA1, 0x61, 0xC0, 0xA1, 0x62, 0xC3],
      [0xDC, 0, 2, 0xD9, 1, 0x61, 0xCB, 0, 0, 0, 0, 0, 0, 0, 0], [0x91, 0x91, 0x91, 0x90],
    ]
  }()
}
