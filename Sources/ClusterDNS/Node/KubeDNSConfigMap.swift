import Corefile
import Foundation
import NetworkAddress
import Synchronization

/// kube-dns' ConfigMap as node-cache takes it: other upstreams, and domains with upstreams of their own.
///
/// A mounted ConfigMap is a directory with a file for each key, JSON inside; a key that is missing means nothing. A broken
/// one is reported, and what it said before goes on.
final class KubeDNSConfigMap: Sendable {
    /// What the two keys say.
    struct Values: Hashable, Sendable {
        /// `upstreamNameservers`: addresses, each perhaps with a port.
        var upstreams: [String] = []
        /// `stubDomains`: upstreams by domain.
        var stubDomains: [String: [String]] = [:]
    }

    static let octetsMax = 1 << 20
    private static let upstreamsMax = 3

    private let directory: String
    private let report: @Sendable (String) -> Void
    private let last = Mutex<(values: Values, problem: String?)>((Values(), nil))

    /// `report` takes a sentence about a key that cannot be used, once for as long as it stays the same.
    init(directory: String, report: @escaping @Sendable (String) -> Void) {
        self.directory = directory
        self.report = report
    }

    /// What the files say now.
    func read() -> Values {
        let (values, problem): (Values?, String?)
        do { (values, problem) = (try parse(), nil) } catch { (values, problem) = (nil, error.reason) }
        let (kept, isNew) = last.withLock { last in
            if let values { last.values = values }
            defer { last.problem = problem }
            return (last.values, last.problem != problem)
        }
        if let problem, isNew { report(problem) }
        return kept
    }

    private func parse() throws(CorefileLoadFailure) -> Values {
        var values = Values()
        if let upstreams: [String] = try decode("upstreamNameservers") {
            guard upstreams.count <= Self.upstreamsMax else {
                throw refusal(
                    "upstreamNameservers", "has \(upstreams.count) entries; \(Self.upstreamsMax) may be there")
            }
            values.upstreams = try upstreams.map { upstream throws(CorefileLoadFailure) in
                try address(upstream, "upstreamNameservers")
            }
        }
        for (domain, upstreams) in try decode("stubDomains") ?? [String: [String]]() {
            guard Self.isDomain(domain), !upstreams.isEmpty else {
                throw refusal("stubDomains", "\"\(domain)\" is no domain with upstreams; correct or remove it")
            }
            values.stubDomains[domain] = try upstreams.map { upstream throws(CorefileLoadFailure) in
                try address(upstream, "stubDomains")
            }
        }
        return values
    }

    /// nil for a key that is not there.
    private func decode<Value: Decodable>(_ key: String) throws(CorefileLoadFailure) -> Value? {
        let path = "\(directory)/\(key)"
        guard let octets = try? DiskCorefileLoader().contents(of: path, limit: Self.octetsMax), !octets.isEmpty else {
            return nil
        }
        do { return try JSONDecoder().decode(Value.self, from: Data(octets)) } catch {
            throw refusal(key, "is not the JSON that kube-dns takes; correct the ConfigMap")
        }
    }

    private func address(_ text: String, _ key: String) throws(CorefileLoadFailure) -> String {
        let token = Token(text: text, position: SourcePosition(file: key, line: 1, column: 1))
        guard case .address? = (try? token.addressAndPort(defaultPort: 53))?.host else {
            throw refusal(key, "\"\(text)\" is no address, with or without a port; correct the ConfigMap")
        }
        return text
    }

    private func refusal(_ key: String, _ problem: String) -> CorefileLoadFailure {
        CorefileLoadFailure(reason: "\(directory)/\(key): \(problem)")
    }

    /// Letters, digits, hyphens and dots: a name that stands in a Corefile as it is.
    private static func isDomain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.utf8.allSatisfy { octet in
                UnicodeScalar(octet).properties.isAlphabetic && octet < 0x80 || (0x30...0x39).contains(octet)
                    || octet == UInt8(ascii: "-") || octet == UInt8(ascii: ".")
            }
    }
}
