import Answering

/// When questions of the last moments ended, so that a query that was on its way meanwhile looks into the cache again.
///
/// A fixed table without the questions themselves: it may say yes for another one, and never no for the right one.
struct EndedQuestions {
    private static let placeCount = 1024

    private var times = [UInt64](repeating: 0, count: placeCount)

    private static func place(of question: UpstreamQuestion) -> Int {
        Int(truncatingIfNeeded: question.nameHash >> 7) & (placeCount - 1)
    }

    mutating func note(_ question: UpstreamQuestion, at now: UInt64) { times[Self.place(of: question)] = now }

    /// Whether the question may have ended at or after `start`.
    func mayHave(_ question: UpstreamQuestion, since start: UInt64) -> Bool {
        times[Self.place(of: question)] >= start
    }
}
