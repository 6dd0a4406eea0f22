internal import Geometry

extension ImageRecord {
  /// Writes the record as one line of JSON Lines.
  public func write(to writer: inout JSONWriter) {
    writeValue(to: &writer)
    writer.endLine()
  }

  /// Writes the record, with members in the schema's order.
  public func writeValue<Writer: ValueWriter>(to writer: inout Writer) {
    writer.object {
      $0.key("schema")
      $0.value(Self.schemaName)
      $0.key("id")
      $0.value(id)
      $0.key("source")
      source.write(to: &$0)
      $0.key("image")
      image.write(to: &$0)
      $0.key("camera")
      if let camera { camera.write(to: &$0) } else { $0.null() }
      $0.key("faces")
      $0.array { for face in faces { face.write(to: &$0) } }
      if let native {
        $0.key("native")
        native.write(to: &$0)
      }
    }
  }
}

extension RecordSource {
  fileprivate func write<Writer: ValueWriter>(to writer: inout Writer) {
    writer.object {
      $0.key("dataset")
      $0.value(dataset)
      $0.optional("split", split) { $0.value($1) }
      $0.optional("file", file) { $0.value($1) }
      $0.optional("line", line) { $0.value($1) }
    }
  }
}

extension ImageReference {
  fileprivate func write<Writer: ValueWriter>(to writer: inout Writer) {
    writer.object {
      $0.key("path")
      $0.value(path)
      $0.key("archive")
      if let archive { $0.value(archive) } else { $0.null() }
      $0.key("width")
      if let width { $0.value(width) } else { $0.null() }
      $0.key("height")
      if let height { $0.value(height) } else { $0.null() }
      $0.key("format")
      if let format { $0.value(format) } else { $0.null() }
      $0.optional("orientation", orientation) { $0.value($1) }
    }
  }
}

extension Camera {
  fileprivate func write<Writer: ValueWriter>(to writer: inout Writer) {
    writer.object {
      $0.key("fx")
      $0.value(intrinsics.focalLength.x)
      $0.key("fy")
      $0.value(intrinsics.focalLength.y)
      $0.key("cx")
      $0.value(intrinsics.principalPoint.x)
      $0.key("cy")
      $0.value(intrinsics.principalPoint.y)
      $0.key("provenance")
      $0.value(provenance.rawValue)
      $0.optional("focal_sigma", focalSigma) { $0.value($1) }
    }
  }
}

extension Face {
  fileprivate func write<Writer: ValueWriter>(to writer: inout Writer) {
    writer.object {
      $0.key("bbox_xyxy")
      $0.array {
        $0.value(box.left)
        $0.value(box.top)
        $0.value(box.right)
        $0.value(box.bottom)
      }
      $0.optional("landmarks", landmarks) { $1.write(to: &$0) }
      $0.optional("pose", pose) { $1.write(to: &$0) }
      $0.optional("fit", fit) { $1.write(to: &$0) }
      if attributes != FaceAttributes() {
        $0.key("attributes")
        attributes.write(to: &$0)
      }
      $0.optional("native", native) { $1.write(to: &$0) }
    }
  }
}

extension Landmarks {
  fileprivate func write<Writer: ValueWriter>(to writer: inout Writer) {
    writer.object {
      $0.key("layout")
      $0.value(layout.rawValue)
      $0.key("points")
      $0.array {
        for i in 0..<count {
          if let position = position(i) {
            $0.array {
              $0.value(position.x)
              $0.value(position.y)
            }
          } else {
            $0.null()
          }
        }
      }
      $0.key("visibility")
      $0.array { for i in 0..<count { $0.value(self[i].visibility.rawValue) } }
    }
  }
}

extension HeadPose {
  fileprivate func write<Writer: ValueWriter>(to writer: inout Writer) {
    writer.object {
      $0.key("rotation_vector")
      $0.vector(rotationVector)
      $0.key("translation")
      if let translation { $0.vector(translation) } else { $0.null() }
      $0.key("frame")
      $0.value(frame.rawValue)
      $0.key("scale")
      $0.value(scale.rawValue)
      $0.key("provenance")
      $0.value(provenance.rawValue)
    }
  }
}

extension FitQuality {
  fileprivate func write<Writer: ValueWriter>(to writer: inout Writer) {
    writer.object {
      $0.key("solver")
      $0.value(solver.rawValue)
      $0.key("points")
      $0.value(Int(points))
      $0.key("reprojection_rms_px")
      $0.value(reprojectionError)
      $0.key("relative_rms")
      $0.value(relativeError)
      $0.key("interocular_px")
      $0.value(interocularDistance)
      if let uncertainty {
        $0.key("rotation_sigma_deg")
        $0.vector(uncertainty.rotation)
        $0.key("translation_sigma")
        $0.vector(uncertainty.translation)
      }
      $0.key("flags")
      $0.array { for (name, flag) in Flags.named where flags.contains(flag) { $0.value(name) } }
    }
  }
}

extension FaceAttributes {
  fileprivate func write<Writer: ValueWriter>(to writer: inout Writer) {
    writer.object {
      for (name, place) in Self.integers {
        $0.optional(name, self[place]) { $0.value(Int($1)) }
      }
      for (name, place) in Self.flags { $0.optional(name, self[place]) { $0.value($1) } }
      for (name, place) in Self.numbers { $0.optional(name, self[place]) { $0.value($1) } }
      for other in others {
        $0.key(named: other.name)
        $0.value(other.value)
      }
    }
  }
}

extension NativeValue {
  fileprivate func write<Writer: ValueWriter>(to writer: inout Writer) {
    switch self {
    case .line(let text):
      writer.object {
        $0.key("line")
        $0.value(text)
      }
    case .lines(let texts):
      writer.object {
        $0.key("lines")
        $0.array { for text in texts { $0.value(text) } }
      }
    case .arrays(let arrays): writer.object { for array in arrays { array.write(to: &$0) } }
    case .object(let value): writer.value(value)
    }
  }
}

extension ValueWriter {
  /// Writes a member, or nothing where there is no value.
  fileprivate mutating func optional<Value>(
    _ name: StaticString, _ value: Value?, _ write: (inout Self, Value) -> Void
  ) {
    guard let value else { return }
    key(name)
    write(&self, value)
  }

  fileprivate mutating func vector(_ vector: SIMD3<Float>) {
    array { for i in 0..<3 { $0.value(vector[i]) } }
  }

  fileprivate mutating func vector(_ vector: SIMD3<Double>) {
    array {
      $0.value(vector.x)
      $0.value(vector.y)
      $0.value(vector.z)
    }
  }
}
