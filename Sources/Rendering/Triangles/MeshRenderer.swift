public import Codecs

/// Draws triangles over an image, nearer ones before farther ones, with colours mixed linearly between
/// the vertices (Gouraud).
///
/// Pixels at whole coordinates are centres of pixels; a pixel is drawn where its centre lies inside, or on
/// a top or left edge. Triangles are seen from their front only: counter-clockwise. Of those that reach
/// behind the camera or beyond 65,000 pixels the rest is drawn; those with a vertex that is not finite are
/// left out.
///
/// One renderer draws one image at a time and keeps its buffers for the next, so that nothing is
/// allocated once it has drawn as much before.
public final class MeshRenderer {
  /// Whether pixels on a mesh's outlines are mixed with what is behind it, by the share that it covers.
  public let isAntialiased: Bool
  private var vertices = ScreenVertices()
  /// How near the drawn pixel is, row by row; minus infinity where nothing is drawn.
  private var nearness: [Float] = []
  private var filler = TriangleFiller()
  private var outlineEdges = OutlineEdges()
  private var coverage = OutlineCoverage()

  /// - Parameter isAntialiased: whether outlines are smooth, each mesh's as it is drawn: over farther ones
  ///   that were drawn before it, while what is drawn behind it later takes the outer half of its rim. The
  ///   lines where parts of one mesh hide others stay as they are.
  public init(isAntialiased: Bool = false) { self.isAntialiased = isAntialiased }

  /// Forgets what has been drawn, for an image of this size.
  public func begin(width: Int, height: Int) {
    let count = width * height
    if nearness.count == count {
      nearness.withUnsafeMutableBufferPointer { $0.update(repeating: -.infinity) }
    } else {
      nearness.removeAll(keepingCapacity: true)
      nearness.append(contentsOf: repeatElement(-.infinity, count: count))
    }
    if isAntialiased { coverage.begin(width: width, height: height) }
  }

  /// Draws a mesh.
  ///
  /// - Parameters:
  ///   - tint: what colours are multiplied by, as far as their vertices take it.
  ///   - image: of the size that `begin` has been told.
  public func draw(
    _ mesh: ShadedMesh, view: MeshView, light: Light = Light(), tint: SIMD3<Float> = [1, 1, 1],
    on image: inout PixelImage
  ) {
    vertices.set(mesh, view, light, tint: tint)
    fill(mesh.triangles, mesh.edges, ClippedTriangles(of: mesh, view, vertices), on: &image)
  }

  /// Draws triangles whose vertices are on the screen already; those with one beyond 65,535 pixels are left
  /// out. For smooth outlines it finds the edges each time, which a mesh knows.
  public func draw(
    _ screenVertices: [ScreenVertex], _ triangles: TriangleList, on image: inout PixelImage
  ) {
    precondition(screenVertices.count == triangles.vertexCount, "as many as triangles join")
    vertices.set(screenVertices)
    fill(triangles, isAntialiased ? TriangleEdges(triangles) : nil, nil, on: &image)
  }

  private func fill(
    _ triangles: TriangleList, _ edges: TriangleEdges?, _ clipped: ClippedTriangles?,
    on image: inout PixelImage
  ) {
    precondition(nearness.count == image.width * image.height, "begin with the image's size")
    if isAntialiased, let edges {
      outline(triangles, edges, vertices)
      if let clipped {
        outline(clipped.triangles, TriangleEdges(clipped.triangles), clipped.vertices)
      }
      coverage.note(image, nearness)
    }
    filler.fill(triangles, vertices, on: &image, &nearness)
    if let clipped { filler.fill(clipped.triangles, clipped.vertices, on: &image, &nearness) }
    if isAntialiased { coverage.blend(into: &image, nearness) }
  }

  private func outline(
    _ triangles: TriangleList, _ edges: TriangleEdges, _ vertices: ScreenVertices
  ) {
    outlineEdges.find(triangles, edges, vertices)
    for number in 0..<outlineEdges.count {
      let (start, end) = outlineEdges.ends(number, edges)
      coverage.add(
        from: vertices.places[start], to: vertices.places[end],
        values: (vertices.values[start], vertices.values[end]))
    }
  }
}
