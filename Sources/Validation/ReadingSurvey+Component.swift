internal import Glibc

extension ReadingSurvey {
  /// The faces whose boxes (or landmarks) do not agree as they are, and what each reading would leave.
  struct Component: Sendable {
    struct Question: Sendable {
      var isMatched: Bool
      /// Whether the face is so far off that it is questionable on its own.
      var isPlain: Bool
      /// What each reading leaves; nil where a reading does not explain the face.
      var costs: [Double?]
      /// The best scale for this face alone, and what is left with it.
      var scale: (factor: Double, cost: Double)?
    }

    let readings: [Reading]
    /// The cost of a face that a reading does not explain.
    let unexplained: Double
    var questions = ThinnedSample<Question>(limit: 4096)

    init(readings: [Reading], unexplained: Double) {
      self.readings = readings
      self.unexplained = unexplained
    }

    mutating func add(
      isMatched: Bool, isPlain: Bool, _ candidates: [FaceView],
      cost: (Reading, FaceView) -> Double?, scale: (FaceView) -> Double?
    ) {
      var best: (factor: Double, cost: Double)?
      for candidate in candidates {
        // Less than 5 % may be a matter of convention or of the networks' errors.
        guard let factor = scale(candidate), factor.isFinite, abs(log(factor)) > 0.05,
          let cost = cost(.scaled(factor), candidate), cost < best?.cost ?? .infinity
        else { continue }
        best = (factor, cost)
      }
      questions.add(
        Question(
          isMatched: isMatched, isPlain: isPlain,
          costs: readings.map { reading in candidates.compactMap { cost(reading, $0) }.min() },
          scale: best))
    }

    /// The readings that explain enough of the questionable faces. Of readings that explain the same faces, only the
    /// one that leaves least is kept. Also tells whether the first reading explains half of all faces.
    func explaining(
      of comparable: Int, _ thresholds: ValidationThresholds
    ) -> (readings: [Reading], explainMost: Bool) {
      var open = questions.elements
      var readings = readings
      if let factor = commonScale {
        readings.append(.scaled(factor))
        for i in open.indices {
          let scale = open[i].scale.flatMap { abs(log($0.factor / factor)) < 0.06 ? $0.cost : nil }
          open[i].costs.append(scale)
        }
      }
      // The sample may be thinned, so numbers in it only stand for shares.
      let whole = Double(questions.count) / Double(max(1, questions.elements.count))
      var (found, explainMost): ([Reading], Bool) = ([], false)
      while true {
        let sums = readings.indices.map { k in
          open.reduce(0) { $0 + ($1.costs[k] ?? unexplained) }
        }
        let order = readings.indices.sorted { (sums[$0], $0) < (sums[$1], $1) }
        let best = order.first { k in
          !found.contains(readings[k])
            && isEnough(open.filter { $0.costs[k] != nil }, of: open, comparable, whole, thresholds)
        }
        guard let best else { return (found, explainMost) }
        let count = Double(open.count { $0.costs[best] != nil })
        if found.isEmpty { explainMost = 2 * whole * count >= Double(comparable) }
        found.append(readings[best])
        open.removeAll { $0.costs[best] != nil }
      }
    }

    private func isEnough(
      _ explained: [Question], of open: [Question], _ comparable: Int, _ whole: Double,
      _ thresholds: ValidationThresholds
    ) -> Bool {
      guard explained.contains(where: { $0.isPlain || comparable >= thresholds.datasetFaces })
      else { return false }
      if 2 * whole * Double(explained.count) >= Double(comparable) { return true }
      // Faces that are matched by box or landmarks are surer than faces that match nothing.
      return [true, false].contains { isMatched in
        let count = explained.count { $0.isPlain && $0.isMatched == isMatched }
        let all = open.count { $0.isPlain && $0.isMatched == isMatched }
        return count >= thresholds.explainedFaces
          && Double(count) >= thresholds.explainedShare * Double(all)
      }
    }

    /// The median of the faces' own best scales, within the fullest interval of 4 %.
    private var commonScale: Double? {
      let logs = questions.elements.compactMap { $0.scale.map { log($0.factor) } }.sorted()
      var best: Range<Int> = 0..<0
      var end = 0
      for start in logs.indices {
        while end < logs.count, logs[end] - logs[start] <= 0.04 { end += 1 }
        if end - start > best.count { best = start..<end }
      }
      return Robust.median(logs[best]).map(exp)
    }
  }
}
