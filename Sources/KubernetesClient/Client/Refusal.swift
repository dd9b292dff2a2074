import AsyncHTTPClient
import Foundation
import KubernetesProtocol
import NIOCore
import NIOHTTP1

/// Reads what a server says with another status than 200.
enum Refusal {
    private static let octetCountMax = 64 << 10
    private static let bound = Duration.seconds(5)
    private static let messageLengthMax = 512

    /// The status of `response`; where the body is no `metav1.Status`, its message is the text of the body.
    static func status(_ response: HTTPClientResponse) async -> APIStatus {
        var status = APIStatus(code: Int(response.status.code))
        status.retryAfterSeconds = response.headers.first(name: "Retry-After").flatMap { seconds($0, now: .now) }
        let octets = await bounded(by: bound) { try? await response.octets(upTo: octetCountMax) }
        guard let octets = octets.flatMap({ $0 }), !octets.isEmpty else { return status }
        if let encoding = response.encoding {
            guard let read = try? APIStatus(typed: octets[...], encoding) else { return status }
            status.reason = read.reason
            status.message = read.message
            status.retryAfterSeconds = read.retryAfterSeconds ?? status.retryAfterSeconds
        } else {
            status.message = String(decoding: octets, as: UTF8.self)
        }
        status.message = line(status.message)
        return status
    }

    /// The value of `Retry-After`: seconds, or when (RFC 9110 §10.2.3); nil for anything else.
    static func seconds(_ value: String, now: Date) -> Int? {
        if let seconds = Int(value) { return seconds }
        guard let date = date(value) else { return nil }
        return Int(min(max(date.timeIntervalSince(now), 0), 86_400).rounded(.up))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that may still be written (RFC 9110 §5.6.7).
    private static func date(_ value: String) -> Date? {
        let parts = value.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        return try? Date("\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z", strategy: .iso8601)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// On one line and not too long: it goes into the log.
    private static func line(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        return String(
            words.filter { !$0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }.prefix(
                messageLengthMax))
    }
}

extension HTTPClientResponse {
    /// nil where the body is nothing of the Kubernetes API.
    var encoding: ObjectEncoding? { ObjectEncoding(contentType: headers.first(name: "Content-Type") ?? "") }

    /// The whole body; throws where it is longer than `countMax`.
    func octets(upTo countMax: Int) async throws -> [UInt8] {
        try await Array(body.collect(upTo: countMax).readableBytesView)
    }
}
