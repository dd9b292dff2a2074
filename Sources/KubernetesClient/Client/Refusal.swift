import AsyncHTTPClient
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
        status.retryAfterSeconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
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
