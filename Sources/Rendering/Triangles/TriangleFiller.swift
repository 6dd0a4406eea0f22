internal import Codecs

/// Fills triangles: the inner loops. Only here, in `TriangleSieve` and in `OutlineEdges` there are unchecked
/// pointers.
///
/// They stay within bounds, because `TriangleList` has checked the indices and boxes are cut to the image.
struct TriangleFiller {
  private var sieve = TriangleSieve()

  mutating func fill(
    _ triangles: TriangleList, _ vertices: ScreenVertices, on image: inout PixelImage,
    _ nearness: inout [Float]
  ) {
    precondition(triangles.vertexCount <= vertices.count, "a vertex for each index")
    precondition(nearness.count == image.width * image.height, "a number for each pixel")
    precondition(image.pixels.count == 3 * nearness.count, "three bytes for each pixel")
    let (width, height) = (image.width, image.height)
    triangles.corners.withUnsafeBufferPointer { corners in
      vertices.withPointers { places, values in
        image.pixels.withUnsafeMutableBufferPointer { pixels in
          nearness.withUnsafeMutableBufferPointer { nearness in
            guard let corners = corners.baseAddress, let pixels = pixels.baseAddress,
              let nearness = nearness.baseAddress
            else { return }
            let target = Target(
              places: places, values: values, pixels: pixels, nearness: nearness, width: width)
            for first in stride(from: 0, to: triangles.count, by: TriangleSieve.chunk) {
              let chunk = corners + 3 * first
              sieve.run(
                chunk, count: min(TriangleSieve.chunk, triangles.count - first), places,
                width: width, height: height)
              target.fillSingle(chunk, sieve)
              target.fillSeveral(chunk, sieve)
            }
          }
        }
      }
    }
  }

  private struct Target {
    let places: UnsafePointer<SIMD2<Float>>
    let values: UnsafePointer<SIMD4<Float>>
    let pixels: UnsafeMutablePointer<UInt8>
    let nearness: UnsafeMutablePointer<Float>
    let width: Int

    /// Draws the triangles that cover exactly one pixel.
    func fillSingle(_ chunk: UnsafePointer<UInt32>, _ sieve: borrowing TriangleSieve) {
      sieve.single.withUnsafeBufferPointer { triangles in
        sieve.boxes.withUnsafeBytes { boxes in
          sieve.weights.withUnsafeBytes { weights in
            guard let boxes = boxes.baseAddress?.assumingMemoryBound(to: Float.self),
              let weights = weights.baseAddress?.assumingMemoryBound(to: Float.self)
            else { return }
            for n in 0..<sieve.singleCount {
              let triangle = Int(triangles[n])
              let corners = chunk + 3 &* triangle
              let (group, lane) = (triangle &>> 2, triangle & 3)
              let box = boxes + (group &* 16 &+ lane)
              let weight = weights + (group &* 12 &+ lane)
              draw(
                Self.whole(box[4]) &* width &+ Self.whole(box[0]), values[Int(corners[0])],
                values[Int(corners[1])], values[Int(corners[2])], weight[0], weight[4], weight[8])
            }
          }
        }
      }
    }

    /// Draws the other triangles, with edge functions in whole numbers. Coordinates have up to 23 bits, and
    /// products of their differences fit into 64 bits.
    func fillSeveral(_ chunk: UnsafePointer<UInt32>, _ sieve: borrowing TriangleSieve) {
      sieve.several.withUnsafeBufferPointer { triangles in
        sieve.boxes.withUnsafeBytes { boxes in
          guard let boxes = boxes.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
          for n in 0..<sieve.severalCount {
            let triangle = Int(triangles[n])
            fill(chunk + 3 &* triangle, boxes + ((triangle &>> 2) &* 16 &+ (triangle & 3)))
          }
        }
      }
    }

    @inline(__always)
    private func fill(_ corners: UnsafePointer<UInt32>, _ box: UnsafePointer<Float>) {
      let (i, j, k) = (Int(corners[0]), Int(corners[1]), Int(corners[2]))
      let (a, b, c) = (places[i], places[j], places[k])
      let (ax, ay) = (Self.signed(a.x), Self.signed(a.y))
      let (bx, by) = (Self.signed(b.x), Self.signed(b.y))
      let (cx, cy) = (Self.signed(c.x), Self.signed(c.y))
      let (left, top) = (Self.whole(box[0]), Self.whole(box[4]))
      let (right, bottom) = (Self.whole(box[8]), Self.whole(box[12]))
      let step = Int(ScreenVertices.subpixels)
      // Edge functions: twice the area between the pixel and the edge opposite to each vertex, positive
      // inside, in squares of the subpixel.
      let (x, y) = (left &* step, top &* step)
      let (ux, uy) = (cx &- bx, cy &- by)
      let (vx, vy) = (ax &- cx, ay &- cy)
      let (wx, wy) = (bx &- ax, by &- ay)
      var u = (x &- bx) &* uy &- (y &- by) &* ux
      var v = (x &- cx) &* vy &- (y &- cy) &* vx
      var w = (x &- ax) &* wy &- (y &- ay) &* wx
      let area = u &+ v &+ w
      // For large triangles the sieve has not checked this, nor whether a vertex is nowhere.
      guard area > 0, min(ax, bx, cx) > Int(ScreenVertices.nowhere.x) else { return }
      let scale = 1 / Float(area)
      let (p, q, r) = (values[i], values[j], values[k])
      // Pixels on an edge are inside only if it is a top or left edge.
      let (uEdge, vEdge, wEdge) = (Self.edge(ux, uy), Self.edge(vx, vy), Self.edge(wx, wy))
      let (uRight, vRight, wRight) = (uy &* step, vy &* step, wy &* step)
      let columns = right &- left &+ 1
      let uDown = 0 &- ux &* step &- columns &* uRight
      let vDown = 0 &- vx &* step &- columns &* vRight
      let wDown = 0 &- wx &* step &- columns &* wRight
      var line = top &* width &+ left
      var row = top
      repeat {
        var at = line
        let end = line &+ columns
        repeat {
          if (u &- uEdge) | (v &- vEdge) | (w &- wEdge) >= 0 {
            draw(at, p, q, r, Float(u) * scale, Float(v) * scale, Float(w) * scale)
          }
          (u, v, w) = (u &+ uRight, v &+ vRight, w &+ wRight)
          at &+= 1
        } while at < end
        (u, v, w) = (u &+ uDown, v &+ vDown, w &+ wDown)
        line &+= width
        row &+= 1
      } while row <= bottom
    }

    /// Mixes the vertices' values by their weights, whose sum is 1, and draws the pixel if it is the nearest so
    /// far.
    @inline(__always)
    private func draw(
      _ at: Int, _ p: SIMD4<Float>, _ q: SIMD4<Float>, _ r: SIMD4<Float>, _ u: Float, _ v: Float,
      _ w: Float
    ) {
      let value = u * p + v * q + w * r
      guard value.w > nearness[at] else { return }
      nearness[at] = value.w
      // When 2^23 is added to a number up to 255, the number is the last byte of the sum.
      let bytes = unsafeBitCast(value + 8_388_608, to: SIMD4<UInt32>.self)
      pixels[3 &* at] = UInt8(truncatingIfNeeded: bytes.x)
      pixels[3 &* at &+ 1] = UInt8(truncatingIfNeeded: bytes.y)
      pixels[3 &* at &+ 2] = UInt8(truncatingIfNeeded: bytes.z)
    }

    /// 1 for an edge whose own pixels count as outside, else 0.
    @inline(__always)
    private static func edge(_ x: Int, _ y: Int) -> Int { y > 0 || (y == 0 && x < 0) ? 0 : 1 }

    /// A whole number from 0 to 2^23, without a check.
    @inline(__always)
    private static func whole(_ number: Float) -> Int {
      Int(truncatingIfNeeded: (number + 8_388_608).bitPattern & 0x7F_FFFF)
    }

    /// A whole number of up to 23 bits, without a check.
    @inline(__always)
    private static func signed(_ number: Float) -> Int {
      Int(Int32(truncatingIfNeeded: (number + 12_582_912).bitPattern) &- 0x4B40_0000)
    }
  }
}
