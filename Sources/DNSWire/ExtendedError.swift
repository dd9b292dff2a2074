/// Why a response is as it is: an INFO-CODE and a sentence for people (RFC 8914).
package struct ExtendedError: Hashable, Sendable {
    package var code: UInt16
    /// UTF-8; at most `ResponseWriter.reasonOctetCountMax` octets of it are sent.
    package var reason: [UInt8]

    package init(_ code: UInt16, _ reason: String = "") {
        self.code = code
        self.reason = Array(reason.utf8)
    }

    /// INFO-CODEs (IANA "Extended DNS Error Codes").
    package enum Code {
        package static let other: UInt16 = 0
        package static let staleAnswer: UInt16 = 3
        package static let forgedAnswer: UInt16 = 4
        package static let cachedError: UInt16 = 13
        package static let notReady: UInt16 = 14
        package static let blocked: UInt16 = 15
        package static let filtered: UInt16 = 17
        package static let prohibited: UInt16 = 18
        package static let staleNXDOMAIN: UInt16 = 19
        package static let noReachableAuthority: UInt16 = 22
        package static let networkError: UInt16 = 23
        package static let invalidData: UInt16 = 24
    }

    package static let staleAnswer = ExtendedError(Code.staleAnswer)
}
