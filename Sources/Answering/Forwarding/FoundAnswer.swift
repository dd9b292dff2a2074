/// An upstream's answer that a query waited for, handed to the `Answerer` when it answers the query again.
package struct FoundAnswer: Sendable {
    /// The directive it was asked for.
    package let group: ForwardGroup
    package let question: UpstreamQuestion
    package let answer: StoredAnswer

    package init(group: ForwardGroup, question: UpstreamQuestion, answer: StoredAnswer) {
        self.group = group
        self.question = question
        self.answer = answer
    }
}

/// How much a lane lets `forward` do for a query.
package enum Patience: Sendable {
    /// What is missing is asked for.
    case waits
    /// A stale answer is better than waiting longer.
    case takesStale
    /// Nothing more is asked: what is missing now stays missing.
    case isOver
}
