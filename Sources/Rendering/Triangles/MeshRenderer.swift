public import Codecs

/// Draws triangles over an image, nearer ones before farther ones, with colours mixed linearly between
/// the vertices (Gouraud).
///
/// Pixels at whole coordinates are centres of pixels; a pixel is drawn where its centre lies inside, or on
/// a top or left edge. Triangles are seen from their front only: counter-clockwise. Those with a vertex
/// behind the camera, beyond 65,535 pixels or not finite are left out.
///
/// One renderer draws one image at a time and keeps its buffers for the next, so that nothing is
/// allocated once it has drawn as much before.
public final class MeshRenderer {
  private var vertices = ScreenVertices()
  /// How near the drawn pixel is, row by row; minus infinity where nothing is drawn.
  private var nearness: [Float] = []
  private var filler = TriangleFiller()

  public init() {}

  /// Forgets what has been drawn, for an image of this size.
  public func begin(width: Int, height: Int) {
    let count = width * height
    if nearness.count == count {
      nearness.withUnsafeMutableBufferPointer { $0.update(repeating: -.infinity) }
    } else {
      nearness.removeAll(keepingCapacity: true)
      nearness.append(contentsOf: repeatElement(-.infinity, count: count))
    }
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
    fill(mesh.triangles, on: &image)
  }

  /// Draws triangles whose vertices are on the screen already.
  public func draw(
    _ screenVertices: [ScreenVertex], _ triangles: TriangleList, on image: inout PixelImage
  ) {
    precondition(screenVertices.count == triangles.vertexCount, "as many as triangles join")
    vertices.set(screenVertices)
    fill(triangles, on: &image)
  }

  private func fill(_ triangles: TriangleList, on image: inout PixelImage) {
    precondition(nearness.count == image.width * image.height, "begin with the image's size")
    filler.fill(triangles, vertices, on: &image, &nearness)
  }
}
