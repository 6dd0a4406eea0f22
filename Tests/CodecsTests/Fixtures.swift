internal import Codecs
internal import Foundation

/// A smooth picture with a different colour in every place, as JPEG keeps it well.
func gradient(width: Int, height: Int) -> PixelImage {
  var image = PixelImage(width: width, height: height)
  for y in 0..<height {
    for x in 0..<width {
      let at = 3 * (y * width + x)
      image.pixels[at] = UInt8(40 + 150 * x / width)
      image.pixels[at + 1] = UInt8(60 + 120 * y / height)
      image.pixels[at + 2] = 90
    }
  }
  return image
}

/// Bytes without a pattern, the same in every run.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 33)
  }
}

extension [UInt8] {
  func write(to path: String) throws {
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(self).write(to: url)
  }

  init(file path: String) throws {
    self = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// A JPEG file's bytes with marker segments after its first marker.
  func inserting(segment marker: UInt8, _ payload: [UInt8], times: Int = 1) -> [UInt8] {
    let length = payload.count + 2
    let segment = [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + payload
    return Array(prefix(2)) + (0..<times).flatMap { _ in segment } + dropFirst(2)
  }
}

/// Makes a symbolic link.
func link(_ path: String, to target: String) throws {
  try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
}

/// A program of the system that failed.
struct ToolFailure: Error {
  var command: [String]
  var status: Int32
}

/// Runs a program of the system in a folder and waits for its success.
func runTool(_ command: String..., in folder: String) throws {
  try runTool(command, in: folder)
}

func runTool(_ command: [String], in folder: String) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: command[0])
  process.arguments = Array(command.dropFirst())
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw ToolFailure(command: command, status: process.terminationStatus)
  }
}
