import ClusterZone
package import Corefile
package import DNSWire

/// `autopath [ZONE…] RESOLV-CONF|@kubernetes`: walks a client's search path for it.
///
/// A question for a name that the first domain of the path was put behind, and that does not exist, is tried with the other
/// domains and at last alone. The first that exists is the answer, behind a CNAME from the name that was asked; where none
/// does the first reply stands. With `@kubernetes` the path of a Pod in namespace NS is NS.svc.Z, svc.Z, Z for each zone Z
/// of the block's `kubernetes`, then the search domains of this machine's /etc/resolv.conf; NS is read from the question,
/// so no Pods are watched. RESOLV-CONF is a file with a `search` line. A, AAAA and HTTPS are walked, other types are not.
package final class AutopathPlugin: Plugin {
    package static let directive = "autopath"

    /// The file of a node, which its Pods' paths end with.
    private static let hostFile = "/etc/resolv.conf"
    /// Seconds, for a CNAME to a name without such records.
    private static let aliasTTL: UInt32 = 5
    private static let root: [UInt8] = [0]

    /// Empty: every name.
    private let zones: [NameSuffix]
    /// With `@kubernetes`.
    private let clusterZones: [NameSuffix]
    /// The first domain of a file's path; nil with `@kubernetes`.
    private let firstDomain: NameSuffix?
    /// What is tried behind it, or behind the cluster's own domains.
    private let domains: [NameSuffix]

    package init(_ directive: Directive, in scope: inout BlockScope) throws(CorefileError) {
        try scope.refuseSecond(directive)
        try directive.requireArgumentCount(1...)
        try directive.rejectOptions()
        var zones: [NameSuffix] = []
        for zone in try directive.arguments.dropLast().zones(default: []) {
            zones.append(NameSuffix(try scope.name(zone, at: directive.name)))
        }
        self.zones = zones
        let source = directive.arguments[directive.arguments.count - 1]
        if source.text.hasPrefix("@") {
            let names = try Self.clusterZones(source, &scope)
            let host = SearchList(resolvConf: scope.environment.readFile(Self.hostFile) ?? []).domains
            clusterZones = names.map { NameSuffix($0) }
            firstDomain = nil
            domains = host.filter { domain in domain != .root && !names.contains { domain.isAtOrBelow($0) } }
                .map { NameSuffix($0) }
        } else {
            let list = try Self.list(source, &scope)
            clusterZones = []
            firstDomain = list.first
            domains = Array(list.dropFirst())
        }
    }

    /// The zones of the block's `kubernetes` directives that Services have names in.
    private static func clusterZones(_ source: Token, _ scope: inout BlockScope) throws(CorefileError) -> [Name] {
        guard source.text == "@kubernetes" else { throw source.unknown("search path", known: ["@kubernetes"]) }
        var names: [Name] = []
        for directive in scope.directives where directive.name.text == KubernetesPlugin.directive {
            for zone in try directive.arguments.zones(default: scope.zones) {
                names.append(try scope.name(zone, at: directive.name))
            }
        }
        names.removeAll { ReverseName.isReverse($0) }
        if names.isEmpty {
            scope.warnings.append(
                source.refused("finds no \"kubernetes\" in this block, so no name is completed; add one"))
        }
        return names
    }

    private static func list(_ source: Token, _ scope: inout BlockScope) throws(CorefileError) -> [NameSuffix] {
        guard let octets = scope.environment.readFile(scope.path(source.text)) else {
            throw source.refused("cannot be read as a file in the format of resolv.conf; create it, or use @kubernetes")
        }
        let domains = SearchList(resolvConf: octets).domains
        if domains.isEmpty {
            scope.warnings.append(
                source.refused("has no \"search\" line, so no name is completed; add one to the file"))
        }
        return domains.map { NameSuffix($0) }
    }

    package func begin(
        _ query: borrowing Query, _ response: inout ResponseWriter, _ turn: borrowing Turn
    ) -> Disposition {
        guard query.qtype == .a || query.qtype == .aaaa || query.qtype == .https, isResponsible(for: query.name),
            baseLabelCount(of: query.name) != nil
        else { return .pass }
        return .interposes(place: turn.place)
    }

    private func isResponsible(for name: borrowing FoldedName) -> Bool {
        for index in zones.indices where zones[index].covers(name) { return true }
        return zones.isEmpty
    }

    /// How many labels a client wrote before it put the first domain behind them; nil where it did not.
    private func baseLabelCount(of name: borrowing FoldedName) -> Int? {
        if let firstDomain {
            return name.labelCount > firstDomain.labelCount && firstDomain.covers(name)
                ? name.labelCount - firstDomain.labelCount : nil
        }
        for index in clusterZones.indices where clusterZones[index].covers(name) {
            let count = name.labelCount - clusterZones[index].labelCount - 2
            if count > 0, name.label(count + 1, is: "svc") { return count }
        }
        return nil
    }
}

/// The names that are tried after the one that was asked.
extension AutopathPlugin {
    enum Step {
        /// The name would be too long to be one.
        case none
        /// The CNAME does not fit.
        case full
        /// A CNAME is written, whose target lies here.
        case alias(targetOffset: Int)
    }

    var stepCount: Int { clusterDomainCount + domains.count + 1 }

    /// svc.Z and Z.
    private var clusterDomainCount: Int { firstDomain == nil ? 2 : 0 }

    /// Writes a CNAME from the name asked, which `query` has, to the one that is tried in step `step`.
    func write(step: Int, _ query: borrowing Query, _ response: inout ResponseWriter) -> Step {
        guard let count = baseLabelCount(of: query.name) else { return .none }
        let name = query.name.octets
        let front = name.extracting(0..<query.name.labelOffset(count))
        if step < clusterDomainCount {
            let back = name.extracting(query.name.labelOffset(count + 1 + step)..<name.byteCount)
            return write(front, back, &response)
        }
        let index = step - clusterDomainCount
        let back = index < domains.count ? domains[index].octets : Self.root
        return write(front, back.rawSpan, &response)
    }

    private func write(_ front: RawSpan, _ back: RawSpan, _ response: inout ResponseWriter) -> Step {
        guard front.byteCount + back.byteCount <= Name.octetCountMax else { return .none }
        guard let offset = response.appendAlias(to: front, back, ttl: Self.aliasTTL) else { return .full }
        return .alias(targetOffset: offset)
    }
}
