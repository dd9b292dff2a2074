/// What the body of a list is made of, in the order of arrival.
enum ListPart {
    /// What is known of the type; JSON may say one after the other.
    case type(apiVersion: String?, kind: String?)
    case metadata(WireListMeta)
    case item(ArraySlice<UInt8>)
    /// An item over the limit, passed over.
    case oversizedItem
    /// The message of a Status that stands where the list should.
    case message(String)
}

/// Takes the body of a list apart as it arrives; holds no more of it than one part.
protocol ListSplitting: Sendable {
    static var encoding: ObjectEncoding { get }

    /// Parts with more octets are passed over.
    init(octetCountMax: Int)

    mutating func append(_ chunk: RawSpan)

    /// The next part; nil until more octets arrive.
    ///
    /// Let go of its octets before the next `append`.
    mutating func next() throws(StreamError) -> ListPart?

    /// Whether the body may end here.
    var isComplete: Bool { get }
}
