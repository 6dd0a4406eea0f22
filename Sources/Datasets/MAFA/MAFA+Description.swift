internal import Codecs
internal import Geometry
internal import Schema

extension DatasetDescription {
  /// MAFA's lists of masked faces (Ge et al., CVPR 2017). FORMATS-FOREIGN B12.
  static let mafa = DatasetDescription(
    form: "mafa", title: "MAFA .mat",
    holds: FormContents(
      box: "x y width height", landmarks: "the eyes, in the lists for training",
      loses: "boxes of occluders and glasses, which stay in native"),
    recognises: { file in
      file.variables.first { MAFAList(variable: $0) != nil }.map {
        "a MATLAB file with the variable '\($0)'"
      }
    },
    read: { try MAFAList.reader($0, $1) })
}

/// Which of MAFA's lists a file is.
enum MAFAList {
  /// `LabelTrainAll.mat`: rows of 21 numbers.
  case training
  /// `LabelTestAll.mat`: rows of 18 numbers.
  case test

  /// By a variable's name.
  init?(variable name: String) {
    switch name.lowercased() {
    case "label_train": self = .training
    case "labeltest": self = .test
    default: return nil
    }
  }

  /// An image's rows.
  private struct Image {
    var name: String
    /// Column by column.
    var numbers: [Double]
    var rows: Int
  }

  private var columns: Int { self == .training ? 21 : 18 }

  /// - Throws: `MATError` where the file is not such a list.
  static func reader(_ file: AnnotationFile, _ options: ReadingOptions) throws -> DraftReader {
    let matlab = try MATFile(file.contents, path: file.name)
    guard let variable = matlab.names.first(where: { MAFAList(variable: $0) != nil }),
      let list = MAFAList(variable: variable)
    else {
      throw MATError(
        path: file.name, detail: "expected 'label_train' or 'LabelTest', found neither")
    }
    let images = try matlab.withVariable(variable) { value in
      let fields = list == .training ? ["imgName", "label"] : ["name", "label"]
      guard let names = value.field(fields[0]), let labels = value.field(fields[1]) else {
        throw MATError(
          path: file.name,
          detail:
            "variable '\(variable)': expected a structure of \(fields[0]) and \(fields[1]), found another value"
        )
      }
      return zip(names, labels).map { name, label in
        Image(
          name: name?.text ?? name?.cells?.first??.text ?? "", numbers: label?.numbers ?? [],
          rows: label?.shape.first ?? 0)
      }
    }
    return DraftReader(file, options, count: images.count) { try list.draft(images[$0]) }
  }

  private func draft(_ image: Image) throws -> ImageDraft {
    guard !image.name.isEmpty else {
      throw RefusedImage("name: expected a text, found none")
    }
    guard image.numbers.count == image.rows * columns else {
      throw RefusedImage(
        "'\(image.name)', label: expected rows of \(columns) numbers, found \(image.numbers.count) numbers in \(image.rows) rows"
      )
    }
    var draft = ImageDraft(path: image.name)
    draft.faces = (0..<image.rows).map { row in
      face((0..<columns).map { image.numbers[$0 * image.rows + row] })
    }
    return draft
  }

  /// A row: the box and, for training, the eyes with the image's left first; the occluder's box, relative to the face's;
  /// then numbers of classes; the box of glasses, relative too.
  private func face(_ numbers: [Double]) -> FaceDraft {
    var face = FaceDraft()
    face.box = BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    var names = ["occ_type", "occ_degree", "gender", "race", "orientation"]
    let first: Int
    if self == .training {
      var landmarks = Landmarks(layout: .face5)
      for eye in 0..<2 {
        let point = SIMD2(numbers[4 + 2 * eye], numbers[5 + 2 * eye])
        if point.min() >= 0 { landmarks[eye] = Landmarks.Point(point) }
      }
      face.landmarks = landmarks
      face.native.append(("occluder", .array(numbers[8..<12].map { .double($0) })))
      first = 12
    } else {
      names.insert("face_type", at: 0)
      face.native.append(("occluder", .array(numbers[5..<9].map { .double($0) })))
      first = 9
      face.add(names.removeFirst(), Self.count(numbers[4]))
    }
    for (name, number) in zip(names, numbers[first...]) { face.add(name, Self.count(number)) }
    let glasses = numbers.suffix(4)
    if glasses.allSatisfy({ $0 >= 0 }) {
      face.native.append(("glasses", .array(glasses.map { .double($0) })))
    }
    return face
  }

  private static func count(_ number: Double) -> JSONValue {
    Int(exactly: number).map { .integer($0) } ?? .double(number)
  }
}
