import DNSWire
import Glibc
package import TSIG

/// Signed messages (RFC 8945), over every transport alike.
extension Answerer {
    /// What the response to a signed query ends with.
    enum Signature {
        /// A signature of ours.
        case signed(TSIGSigner)
        /// A record that says why there is none.
        case unsigned(TSIGRecord)
    }

    /// Verifies the signature of a query; returns the RCODE to refuse it with, nil where it is good.
    @inline(never)
    mutating func verifySignature(_ message: RawSpan) -> RCODE? {
        let keyring = state.configuration.keyring
        switch TSIGRequest.verify(message, signatureAt: query.signatureOffset, by: keyring, now: Self.wallClock) {
        case .verified(let signer):
            signature = .signed(signer)
            return nil
        case .late(let signer):
            signature = .signed(signer)
            return .notAuth
        case .unsigned(let record):
            signature = .unsigned(record)
            return .notAuth
        case .malformed:
            signature = nil
            return .formErr
        }
    }

    /// Octets to leave free for the response's signature.
    var signatureOctetCount: Int {
        switch signature {
        case .signed(let signer): signer.octetCount
        case .unsigned(let record): record.octetCount
        case nil: 0
        }
    }

    /// Ends a whole response with its signature; returns its length.
    @inline(never)
    mutating func sign(_ response: inout ResponseWriter, length: Int) -> Int {
        defer { signature = nil }
        switch signature {
        case .signed(var signer):
            return response.appendSignature(signer.signature(of: response.message, now: Self.wallClock).wire)
        case .unsigned(let record): return response.appendSignature(record.wire)
        case nil: return length
        }
    }

    /// Seconds since 1970.
    private static var wallClock: UInt64 { UInt64(max(0, time(nil))) }

    /// What signs the response to a query whose signature was good; nil for all others.
    package var signer: TSIGSigner? {
        guard case .signed(let signer) = signature else { return nil }
        return signer
    }
}
