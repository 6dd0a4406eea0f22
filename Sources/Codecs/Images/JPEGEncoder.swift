internal import CTurboJPEG

/// Makes JPEG files. It holds a handle of libjpeg-turbo and memory for a file, so use one for each thread.
public final class JPEGEncoder {
  private let handle: tjhandle
  private var room: UnsafeMutableBufferPointer<UInt8>?

  /// Without memory for a file yet.
  public init() {
    guard let handle = tjInitCompress() else {
      preconditionFailure("libjpeg-turbo has no memory for a handle")
    }
    self.handle = handle
  }

  deinit {
    tjDestroy(handle)
    room?.deallocate()
  }

  /// An image as a JPEG file with 4:2:0 chroma. The same pixels give the same bytes.
  ///
  /// - Parameters:
  ///   - image: what is stored.
  ///   - quality: 1 to 100, as libjpeg counts it.
  ///   - isExact: whether the transform of all whole numbers is used, as `cv2.imwrite` does, and not the faster one
  ///     that TurboJPEG takes for qualities under 96.
  public func jpeg(of image: PixelImage, quality: Int, isExact: Bool = false) -> [UInt8] {
    let (width, height) = (CInt(image.width), CInt(image.height))
    let sampling = CInt(TJSAMP_420.rawValue)
    let room = room(for: Int(tjBufSize(width, height, sampling)))
    var output = room.baseAddress
    var size = UInt(room.count)
    let status = tjCompress2(
      handle, image.pixels, width, 0, height, CInt(TJPF_RGB.rawValue), &output, &size, sampling,
      CInt(quality), TJFLAG_NOREALLOC | (isExact ? TJFLAG_ACCURATEDCT : 0))
    precondition(status == 0, "libjpeg-turbo compresses every valid image")
    return Array(room[..<Int(size)])
  }

  private func room(for count: Int) -> UnsafeMutableBufferPointer<UInt8> {
    if let room, room.count >= count { return room }
    room?.deallocate()
    let new = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
    room = new
    return new
  }
}

extension PixelImage {
  /// The image as a JPEG file, by an encoder of its own; see `JPEGEncoder.jpeg`.
  public func jpeg(quality: Int, isExact: Bool = false) -> [UInt8] {
    JPEGEncoder().jpeg(of: self, quality: quality, isExact: isExact)
  }
}
