internal import Codecs

/// Smooths the outlines of what is drawn. It finds the share of each pixel on the outline that a mesh covers.
/// After the mesh is drawn, it mixes these pixels with what was there before.
///
/// Shares are exact areas, summed over the outline's edges: an edge that runs down covers what is to its right,
/// and one that runs up uncovers it again. The sum counts layers, so pixels that are fully covered by one layer
/// stay as they are drawn. Only where two outlines cross in a pixel is its share too large.
struct OutlineCoverage {
  /// The parts of edges that pass through one pixel.
  private struct Cell {
    /// The covered area of this pixel.
    var area = 0.0
    /// The covered share of each pixel to the right.
    var cover = 0.0
    /// Red, green, blue and nearness of the nearest point of the outline.
    var value = SIMD4<Float>(0, 0, 0, -.infinity)
  }

  /// A pixel that is partly covered.
  private struct Rim {
    var at: Int
    var share: Float
    /// What was there before: red, green, blue and nearness.
    var ground: SIMD4<Float>
    var value: SIMD4<Float>
  }

  /// A share that differs from a whole number by less changes no byte.
  private static let tolerance = 1.0 / 512

  private var (width, height) = (0, 0)
  private var cells: [Cell] = []
  /// For each pixel the number of its cell, counted from 1, or 0 for none.
  private var cellNumbers: [Int32] = []
  private var (columns, rows) = (Extent(), Extent())
  private var rims: [Rim] = []

  private struct Extent {
    var (first, last) = (Int.max, -1)

    mutating func include(_ number: Int) {
      (first, last) = (min(first, number), max(last, number))
    }
  }

  mutating func begin(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    // All cell numbers are 0 between two meshes.
    if cellNumbers.count != width * height {
      cellNumbers = Array(repeating: 0, count: width * height)
    }
    rims.removeAll(keepingCapacity: true)
  }

  /// Adds an edge. One that runs down in the picture has the inside at greater x.
  ///
  /// - Parameters:
  ///   - start: in subpixels, as `ScreenVertices.places`.
  ///   - values: at both ends.
  mutating func add(
    from start: SIMD2<Float>, to end: SIMD2<Float>, values: (SIMD4<Float>, SIMD4<Float>)
  ) {
    // Always computed downward, so that an edge and its reverse cancel to the last bit.
    let isDown = start.y < end.y || (start.y == end.y && start.x <= end.x)
    let scale = 1 / Double(ScreenVertices.subpixels)
    // Pixel (0, 0) is the square from (0, 0) to (1, 1).
    let a = SIMD2<Double>(isDown ? start : end) * scale + 0.5
    let b = SIMD2<Double>(isDown ? end : start) * scale + 0.5
    let (p, q) = isDown ? values : (values.1, values.0)
    guard b.y >= 0, a.y < Double(height), min(a.x, b.x) < Double(width) else { return }
    let sign = isDown ? 1.0 : -1
    let span = b - a
    let isSteep = abs(span.y) > abs(span.x)
    let along = isSteep ? span.y : span.x

    let lowest = min(b.y, Double(height))
    var (x, y) = (a.x, a.y)
    if y < 0 { (x, y) = (a.x - a.y * span.x / span.y, 0) }
    var row = Int(y)
    repeat {
      let isLast = b.y <= Double(row + 1)
      let nextY = isLast ? b.y : Double(row + 1)
      let nextX = isLast ? b.x : a.x + (nextY - a.y) * span.x / span.y
      let (left, right) = (min(x, nextX), max(x, nextX))
      let down = nextY - y
      if left < 0 {
        // The part left of the image covers the row from its first pixel on.
        let part = right > 0 ? down * -left / (right - left) : down
        add(row: row, column: 0, area: sign * part, cover: sign * part, value: nil)
      }
      if right >= 0, left < Double(width) {
        for column in Int(max(left, 0))...Int(min(right, Double(width - 1))) {
          let (from, to) = (max(left, Double(column)), min(right, Double(column + 1)))
          let part = right > left ? down * (to - from) / (right - left) : down
          let middle = (from + to) / 2
          let position = isSteep ? (y + nextY) / 2 - a.y : middle - a.x
          let t = along == 0 ? 0.5 : Float(min(max(position / along, 0), 1))
          add(
            row: row, column: column, area: sign * part * (Double(column + 1) - middle),
            cover: sign * part, value: p + t * (q - p))
        }
      }
      (x, y) = (nextX, nextY)
      row += 1
    } while y < lowest
  }

  private mutating func add(
    row: Int, column: Int, area: Double, cover: Double, value: SIMD4<Float>?
  ) {
    guard row < height else { return }
    let at = row * width + column
    if cellNumbers[at] == 0 {
      cells.append(Cell())
      cellNumbers[at] = Int32(cells.count)
      columns.include(column)
      rows.include(row)
    }
    let number = Int(cellNumbers[at]) - 1
    cells[number].area += area
    cells[number].cover += cover
    if let value, value.w > cells[number].value.w { cells[number].value = value }
  }

  /// Notes the colours of pixels that the edges added so far cover in part. To be called before anything is drawn
  /// there.
  mutating func note(_ image: PixelImage, _ nearness: [Float]) {
    rims.removeAll(keepingCapacity: true)
    guard !cells.isEmpty else { return }
    for row in rows.first...rows.last {
      var layers = 0.0
      for at in row * width + columns.first...row * width + columns.last where cellNumbers[at] > 0 {
        let cell = cells[Int(cellNumbers[at]) - 1]
        cellNumbers[at] = 0
        let share = layers + cell.area
        layers += cell.cover
        guard share > Self.tolerance, share < 1 - Self.tolerance else { continue }
        let ground = SIMD4(
          Float(image.pixels[3 * at]), Float(image.pixels[3 * at + 1]),
          Float(image.pixels[3 * at + 2]), nearness[at])
        rims.append(Rim(at: at, share: Float(share), ground: ground, value: cell.value))
      }
    }
    cells.removeAll(keepingCapacity: true)
    (columns, rows) = (Extent(), Extent())
  }

  /// Mixes the noted pixels with what has been drawn there since. Where a pixel's centre lies outside of the
  /// mesh, the outline's colour is used.
  func blend(into image: inout PixelImage, _ nearness: [Float]) {
    for rim in rims {
      let isDrawn = nearness[rim.at] != rim.ground.w
      guard isDrawn || rim.value.w > rim.ground.w else { continue }
      for channel in 0..<3 {
        let index = 3 * rim.at + channel
        let colour = isDrawn ? Float(image.pixels[index]) : rim.value[channel]
        let mixed = rim.ground[channel] + rim.share * (colour - rim.ground[channel])
        image.pixels[index] = UInt8(min(max(mixed, 0), 255).rounded(.toNearestOrEven))
      }
    }
  }
}
