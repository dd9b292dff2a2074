package import DNSWire

extension Answerer {
    /// What became of the last query.
    package struct Outcome: Sendable {
        package var block = 0
        package var series = 0
        package var plugin = 0
        package var rcode = RCODE.noError
        package var flags: UInt16 = 0
        package var requestOctetCount = 0
        /// 0: no response.
        package var responseOctetCount = 0
        /// Whether a rule of the block's `log` asks for a line.
        package var isLogged = false
        /// Whether the answer is one of the sample that `/status` estimates from.
        package var isSampled = false
        /// Whether the server failed, and the block's `errors` wants to say so.
        package var isError = false
        /// Why the server failed, where that is known.
        package var failure: ExtendedError?
        /// There is no response yet: `needed` must be asked of this `forward` group, and the query be answered again.
        package var deferred: Int?
        /// As many wait for that group as may: nothing was made ready to ask it.
        package var isTurnedAway = false
        /// There is a response, and `needed` should be asked again by this `forward` group, for those who come later.
        package var refresh: Int?
    }
}
