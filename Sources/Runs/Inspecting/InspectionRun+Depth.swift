internal import Codecs
internal import Datasets

extension InspectionRun {
  /// What a depth image of BIWI holds; `picturePath` shows it, the nearest depth white and the farthest dark.
  func inspectDepth(_ input: String, _ context: RunContext) throws -> [UInt8]? {
    let file = try MappedFile(path: input)
    let depth: BiwiDepth
    do {
      depth = try file.withBytes { try BiwiDepth($0) }
    } catch let problem as BiwiDepth.Problem {
      throw RunFailure("\(input): \(problem)")
    }
    let count = depth.width * depth.height
    let range = depth.range.map { ", \($0.lowerBound) to \($0.upperBound) mm" } ?? ""
    context.show(
      "\(input): depth image, \(depth.width) x \(depth.height), \(depth.measured) of \(count) pixels measured\(range)"
    )
    return picturePath == nil ? nil : picture(of: depth).png()
  }

  private func picture(of depth: BiwiDepth) -> PixelImage {
    var image = PixelImage(width: depth.width, height: depth.height)
    guard let range = depth.range else { return image }
    let span = Double(max(range.upperBound - range.lowerBound, 1))
    for (i, millimetres) in depth.millimetres.enumerated() where millimetres != 0 {
      // Black is left for pixels without a depth.
      let share = Double(range.upperBound - Int(millimetres)) / span
      let grey = UInt8(40 + 215 * share)
      for channel in 0..<3 { image.pixels[3 * i + channel] = grey }
    }
    return image
  }
}
