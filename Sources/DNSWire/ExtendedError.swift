/// Why a response is as it is: an INFO-CODE and a sentence for people (RFC 8914).
public struct ExtendedError: Hashable, Sendable {
    public var code: UInt16
    /// UTF-8; at most `ResponseWriter.reasonOctetCountMax` octets of it are sent.
    public var reason: [UInt8]

    public init(_ code: UInt16, _ reason: String = "") {
        self.code = code
        self.reason = Array(reason.utf8)
    }

    /// INFO-CODEs (IANA "Extended DNS Error Codes").
    public enum Code {
        public static let other: UInt16 = 0
        public static let staleAnswer: UInt16 = 3
        public static let forgedAnswer: UInt16 = 4
        public static let cachedError: UInt16 = 13
        public static let notReady: UInt16 = 14
        public static let blocked: UInt16 = 15
        public static let filtered: UInt16 = 17
        public static let prohibited: UInt16 = 18
        public static let staleNXDOMAIN: UInt16 = 19
        public static let noReachableAuthority: UInt16 = 22
        public static let networkError: UInt16 = 23
        public static let invalidData: UInt16 = 24
        public static let invalidQueryType: UInt16 = 30
    }

    public static let staleAnswer = ExtendedError(Code.staleAnswer)
}
