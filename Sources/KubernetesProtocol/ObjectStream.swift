/// Reads the body of a list response piece by piece; whole bodies are never held.
package protocol ListReading: Sendable {
    /// Returns the objects that `chunk` completes, in order.
    mutating func read(_ chunk: RawSpan) throws(StreamError) -> [DecodedObject]

    /// Ends the body; throws where it was cut short, is not a list of the resource, or has no resourceVersion.
    mutating func finish() throws(StreamError) -> ListMetadata
}

/// Reads the body of a watch response piece by piece.
package protocol WatchReading: Sendable {
    /// Returns the events that `chunk` completes, in order; the rest waits for the next.
    mutating func read(_ chunk: RawSpan) throws(StreamError) -> [WatchEvent]
}

/// How lists are asked for.
package enum ListPages {
    /// As many objects as client-go asks for at once (tools/pager).
    package static let limit = 500
    /// More pages than any cluster has: five million objects.
    package static let countMax = 10_000
}

/// A body that cannot be followed any further: the request has failed as a whole.
package struct StreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence: what was found, and where in the body.
    package var description: String

    package init(_ description: String) { self.description = description }
}
