/// Letters as strokes on a grid, enough for captions. It needs no font file, which a machine may lack or have in
/// another version, so the same picture has the same bytes everywhere. The shapes are our own.
enum StrokeFont {
  /// The height of a capital letter, in units of the grid.
  static let capHeight = 8.0
  /// The space between two letters, in units of the grid.
  private static let gap = 2.0

  struct Glyph {
    /// Lines through points of the grid. x goes to the right from 0, y down from 0 at a capital's top. Descenders
    /// reach 10.
    var strokes: [[SIMD2<Double>]]
    /// The distance to the next letter's origin.
    var advance: Double
  }

  /// Shown in place of characters that the font lacks.
  private static let box = glyph("0050580800")
  private static let glyphs: [Character: Glyph] = {
    var glyphs: [Character: Glyph] = [" ": Glyph(strokes: [], advance: 4)]
    for line in shapes.split(separator: "\n") {
      guard let character = line.first else { continue }
      glyphs[character] = glyph(line.dropFirst(2))
    }
    return glyphs
  }()

  static func glyph(of character: Character) -> Glyph { glyphs[character] ?? box }

  private static func glyph(_ shape: Substring) -> Glyph {
    let strokes = shape.split(separator: " ").map { stroke in
      let digits = stroke.compactMap(\.hexDigitValue).map(Double.init)
      return stride(from: 0, to: digits.count - 1, by: 2).map { SIMD2(digits[$0], digits[$0 + 1]) }
    }
    return Glyph(strokes: strokes, advance: (strokes.joined().map(\.x).max() ?? 0) + gap)
  }

  /// On each line a character and its strokes. A point is two hexadecimal digits, x and y.
  private static let shapes = """
    A 083068 1555
    B 08004051534404 4455574808
    C 5140100107184857
    D 08003052563808
    E 50000858 0444
    F 500008 0444
    G 51401001071848575434
    H 0008 5058 0454
    I 0008
    J 4047381807
    K 0008 5005 2358
    L 000858
    M 0800346068
    N 08005850
    O 104051574818070110
    P 08004051534404
    Q 104051574818070110 3659
    R 08004051534404 2458
    S 514010010314445557481807
    T 0060 3038
    U 000718485750
    V 003860
    W 0018324860
    X 0058 5008
    Y 003460 3438
    Z 00500858
    a 5358 5443130407184857
    b 0008 0413435457481807
    c 5443130407184857
    d 5058 5443130407184857
    e 05555443130407184857
    f 30201118 0333
    g 53594a1a09 5443130407184857
    h 0008 0413435458
    i 0308 0001
    j 23291a0a 2021
    k 0008 4306 1548
    l 000718
    m 0803 0413233438 3443536468
    n 0803 0413435458
    o 134354574818070413
    p 030a 0413435457481807
    q 535a 5443130407184857
    r 0308 052343
    s 4433130415354647381807
    t 10172838 0333
    u 0307184857 5358
    v 032843
    w 0318344863
    x 0348 4308
    y 0328 431a
    z 03430848
    0 103041473818070110
    1 022028
    2 01103041430848
    3 01103041433414 344547381807
    4 38300646
    5 400003334447381807
    6 4020020718384745341405
    7 004018
    8 103041433414030110 1405071838474534
    9 4334140301103041462808
    . 0708
    , 171809
    : 0304 0708
    - 0444
    + 0444 2226
    _ 0959
    / 4008
    ( 20020628
    ) 00222608
    % 5008 0010120200 4656584846
    # 2117 4137 0353 0555
    ° 0020220200
    = 0343 0545
    ' 0002
    ! 0005 0708
    ? 011030414325 2728
    """
}

extension Canvas {
  /// The width of a line of text in pixels, for a height of capital letters in pixels.
  public static func width(of text: String, capHeight: Double) -> Double {
    text.reduce(0) { $0 + StrokeFont.glyph(of: $1).advance } * capHeight / StrokeFont.capHeight
  }

  /// Draws a line of text in strokes.
  ///
  /// - Parameters:
  ///   - text: one line; characters that the font lacks are drawn as a box.
  ///   - baseline: the left end of the line that the letters stand on, in pixels.
  ///   - capHeight: the height of capital letters, in pixels.
  ///   - colour: that of the strokes.
  public mutating func drawText(
    _ text: String, baseline: SIMD2<Double>, capHeight: Double, colour: Colour
  ) {
    let unit = capHeight / StrokeFont.capHeight
    var origin = baseline - SIMD2(0, capHeight)
    for character in text {
      let glyph = StrokeFont.glyph(of: character)
      for stroke in glyph.strokes {
        for (start, end) in zip(stroke, stroke.dropFirst()) {
          drawLine(
            from: origin + unit * start, to: origin + unit * end, width: max(0.8, 1.15 * unit),
            colour: colour)
        }
      }
      origin.x += unit * glyph.advance
    }
  }
}
