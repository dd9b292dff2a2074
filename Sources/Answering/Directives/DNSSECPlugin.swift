package import Corefile
package import DNSWire
import DNSZone

/// `dnssec [ZONE…] { key file|directory KEY…; cache_capacity N }`: signs what is answered, when it is answered.
///
/// Clients that want signatures (DO) get one with every RRset of the zones, whoever in the block answered with it, and with
/// compact denials of existence (RFC 9824) for what is not there; names that are not there are told NOERROR but to those
/// who know better (CO). Zones are those of the block where none are named; each that is named must have a key. KEY is the
/// path of a key pair without its ending (`Kexample.org.+013+12345`), or with `.key` or `.private`; `directory` takes all
/// pairs in a directory. Of an algorithm with keys of both kinds the entry points (KSK) sign the keys, the others all else;
/// all other keys sign everything. The cache holds N signatures, 10000 where nothing is said.
package final class DNSSECPlugin: Plugin {
    package static let directive = "dnssec"

    private static let cacheCapacity = 10_000
    /// Keys of a directive.
    private static let keyCountMax = 64

    /// The longest zone first.
    package let signers: [ZoneSigner]
    package let cache: SignatureCache
    /// The files that the keys were read from.
    package let files: [String]

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        try scope.refuseSecond(directive)
        var capacity = Self.cacheCapacity
        var (keys, files): ([SigningKey], [String]) = ([], [])
        for option in directive.options {
            switch option.name.text {
            case "key":
                let (read, from) = try Self.readKeys(option, scope)
                keys += read
                files += from
            case "cache_capacity":
                capacity = try option.onlyArgument().integer(in: SignatureCache.capacities)
            default: throw option.unknownOption(of: directive, known: ["key", "cache_capacity"])
            }
        }
        guard !keys.isEmpty, keys.count <= Self.keyCountMax else {
            throw directive.refused("needs 1 to \(Self.keyCountMax) keys; name them with \"key file KEY\"")
        }
        let cache = SignatureCache(capacity: capacity)
        let zones = try Self.zones(directive, scope, keys)
        signers = zones.map { zone in
            ZoneSigner(
                zone: zone, keys: keys.filter { $0.zone == zone }, cache: cache, clock: scope.environment.wallClock)
        }.sorted { $0.suffix.labelCount > $1.suffix.labelCount }
        self.cache = cache
        self.files = files
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        guard query.qtype == .dnskey || query.qtype == .nxName, let signer = signer(for: query.name) else {
            return .pass
        }
        guard query.qtype == .dnskey else {
            // The type is for NSEC records alone (RFC 9824 §3.5).
            response.extendedError = ExtendedError(ExtendedError.Code.invalidQueryType)
            return .answered(.formErr)
        }
        guard signer.isApex(query.name) else { return .pass }
        response.flags |= Query.Flag.authoritative
        for record in signer.keyRecords where !response.appendRecord(record.rawSpan, to: .answer) {
            response.flags |= Query.Flag.truncated
            break
        }
        return .answered(.noError)
    }

    func signer(for name: borrowing FoldedName) -> ZoneSigner? {
        for signer in signers where signer.suffix.covers(name) { return signer }
        return nil
    }

    /// The signer of the longest zone that the name lies in and is not the apex of.
    func signer(above name: borrowing FoldedName) -> ZoneSigner? {
        for signer in signers where signer.suffix.labelCount < name.labelCount && signer.suffix.covers(name) {
            return signer
        }
        return nil
    }

    /// The zones that are named, each with a key; else those of the keys, which lie in the block's.
    private static func zones(
        _ directive: Directive, _ scope: BlockScope, _ keys: [SigningKey]
    ) throws(CorefileError) -> [Name] {
        var named: [Name] = []
        for token in directive.arguments {
            for zone in try token.zones() {
                let name = try scope.name(zone, at: token)
                guard keys.contains(where: { $0.zone == name }) else {
                    throw token.refused("has no key here; add one whose name is \(name)")
                }
                if !named.contains(name) { named.append(name) }
            }
        }
        var blockZones: [Name] = []
        for zone in scope.zones { blockZones.append(try scope.name(zone, at: directive.name)) }
        for key in keys {
            let isWanted =
                directive.arguments.isEmpty
                ? blockZones.contains { key.zone.isAtOrBelow($0) } : named.contains(key.zone)
            guard isWanted else {
                throw directive.refused(
                    "has a key of \(key.zone) (tag \(key.tag)), which is none of its zones; name that zone, or take the "
                        + "key out")
            }
        }
        return directive.arguments.isEmpty ? Array(Set(keys.map(\.zone))) : named
    }

    private static func readKeys(
        _ option: Directive, _ scope: BlockScope
    ) throws(CorefileError) -> (keys: [SigningKey], files: [String]) {
        guard let kind = option.arguments.first, option.arguments.count > 1, ["file", "directory"].contains(kind.text)
        else { throw option.refused("needs \"file\" and key files, or \"directory\" and directories of them") }
        var (keys, files): ([SigningKey], [String]) = ([], [])
        for token in option.arguments.dropFirst() {
            let path = scope.path(token.text)
            switch scope.environment.readKeys(path, kind.text == "directory") {
            case .success(let read):
                keys += read.keys
                files += read.files
            case .failure(let fault): throw token.refused(fault.reason)
            }
        }
        return (keys, files)
    }
}
