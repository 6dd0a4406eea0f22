public import Codecs

/// Draws triangles over an image. Nearer ones hide farther ones, and colours are mixed linearly between the
/// vertices (Gouraud).
///
/// Whole coordinates are centres of pixels. A pixel is drawn where its centre lies inside a triangle, or on a top
/// or left edge. Triangles are visible only from their front, where they are counter-clockwise. Parts behind the
/// camera or beyond 65,000 pixels are cut off. Triangles with a vertex that is not finite are left out.
///
/// A renderer draws one image at a time and keeps its buffers for the next. So nothing is allocated once it has
/// drawn as much before.
public final class MeshRenderer {
  /// Whether pixels on a mesh's outline are mixed with what is behind it, by the share that the mesh covers.
  public let isAntialiased: Bool
  private var vertices = ScreenVertices()
  /// The nearness of each drawn pixel, row by row; minus infinity where nothing is drawn.
  private var nearness: [Float] = []
  private var filler = TriangleFiller()
  private var outlineEdges = OutlineEdges()
  private var coverage = OutlineCoverage()

  /// Makes a renderer; call `begin` before drawing.
  ///
  /// - Parameter isAntialiased: whether outlines are smooth. A mesh's outline is smoothed when the mesh is drawn,
  ///   against what was drawn before. What is drawn behind it later covers the outer half of its rim. Lines where
  ///   parts of one mesh hide others are not smoothed.
  public init(isAntialiased: Bool = false) { self.isAntialiased = isAntialiased }

  /// Forgets what has been drawn, for an image of this size in pixels.
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
  ///   - mesh: in any unit.
  ///   - view: the pose and camera, in that unit.
  ///   - light: where it comes from, and how strong it is.
  ///   - tint: red, green and blue factors by which colours are multiplied, as far as their vertices take the tint.
  ///   - image: of the size given to `begin`.
  public func draw(
    _ mesh: ShadedMesh, view: MeshView, light: Light = Light(), tint: SIMD3<Float> = [1, 1, 1],
    on image: inout PixelImage
  ) {
    vertices.set(mesh, view, light, tint: tint)
    fill(mesh.triangles, mesh.edges, ClippedTriangles(of: mesh, view, vertices), on: &image)
  }

  /// Draws triangles whose vertices are given in screen coordinates. Triangles with a vertex beyond 65,535 pixels
  /// are left out. With smooth outlines it has to find the edges each time, which a mesh does only once.
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
