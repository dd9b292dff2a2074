import Answering
import Corefile
import Foundation
import Logging
import NetworkAddress
import Serving

/// Reads the files that `forward` directives name, when they change, and hands their nameservers to the resolver.
///
/// A file that cannot be read, or names nobody to ask, leaves the upstreams of its last good reading in force.
actor ServeUpstreams {
    /// The stub of systemd-resolved, which only asks the servers of the other file.
    private static let resolvedStub = IPAddress(ipv4: 127 << 24 | 53)
    private static let resolvedServers = "/run/systemd/resolve/resolv.conf"

    private struct Reading: Equatable {
        var octets: [UInt8]
        var own: Set<UpstreamAddress>
    }

    private let resolver: Resolver
    private let publisher: Publisher
    private let logger: Logger
    private let interfaces: @Sendable () -> [IPAddress]
    private var readings: [String: Reading] = [:]
    private var nameservers: [String: [UpstreamAddress]] = [:]
    private var unreadable = Set<String>()

    init(
        resolver: Resolver, publisher: Publisher, logger: Logger,
        interfaces: @escaping @Sendable () -> [IPAddress] = {
            LocalInterfaces.addresses().values.flatMap(\.self)
        }
    ) {
        self.resolver = resolver
        self.publisher = publisher
        self.logger = logger
        self.interfaces = interfaces
    }

    /// Reads what a configuration names that is about to be served.
    func prepare(_ configuration: ServerConfiguration) {
        for file in configuration.nameserverFiles { read(file, configuration) }
        resolver.setNameservers(nameservers)
    }

    /// Brings the upstreams of all groups up to date; true where any has changed.
    @discardableResult
    func refresh() -> Bool {
        let state = publisher.state
        let files = state.configuration.nameserverFiles
        readings = readings.filter { files.contains($0.key) }
        nameservers = nameservers.filter { files.contains($0.key) }
        for file in files { read(file, state.configuration) }
        resolver.setNameservers(nameservers)
        return resolver.apply(state.forwards)
    }

    private func read(_ file: String, _ configuration: ServerConfiguration) {
        let octets: [UInt8]
        do {
            octets = try DiskCorefileLoader().contents(of: file, limit: ResolvConf.octetCountMax)
        } catch {
            let message =
                "plugin/forward: \(file) cannot be read (\(error.reason)), so its last nameservers stay; see to the file"
            if unreadable.insert(file).inserted { logger.warning("\(message)") }
            return
        }
        unreadable.remove(file)
        let reading = Reading(octets: octets, own: ownAddresses(configuration))
        guard reading != readings[file] else { return }
        readings[file] = reading
        take(reading, of: file)
    }

    /// Leaves out what would only ask this server again, and says so.
    private func take(_ reading: Reading, of file: String) {
        let text = String(decoding: reading.octets.prefix(ResolvConf.octetCountMax), as: UTF8.self)
        let found = ResolvConf.nameservers(in: text)
        for word in found.unreadable {
            logger.warning(
                "plugin/forward: \(file): \"\(word)\" is no address, so that nameserver is left out; correct the line")
        }
        var kept: [UpstreamAddress] = []
        for address in found.addresses {
            if reading.own.contains(address) {
                logger.warning(
                    "plugin/forward: \(file): \(address) is this server itself, so it is left out; name another one")
            } else if address.address == Self.resolvedStub {
                kept += behindStub(file, reading.own)
            } else {
                kept.append(address)
            }
        }
        if kept.isEmpty {
            let last = nameservers[file, default: []]
            let outcome = last.isEmpty ? "what it is for fails" : "its last nameservers stay"
            logger.error(
                "plugin/forward: \(file) names no nameserver that can be asked, so \(outcome); add a nameserver line")
            if !last.isEmpty { return }
        }
        nameservers[file] = kept
    }

    /// The servers that systemd-resolved itself asks; the stub answers nobody but its own host.
    private func behindStub(_ file: String, _ own: Set<UpstreamAddress>) -> [UpstreamAddress] {
        let octets = try? DiskCorefileLoader().contents(of: Self.resolvedServers, limit: ResolvConf.octetCountMax)
        let servers = ResolvConf.nameservers(in: String(decoding: octets ?? [], as: UTF8.self)).addresses
            .filter { !own.contains($0) && $0.address != Self.resolvedStub }
        let instead = servers.isEmpty ? "" : "; those of \(Self.resolvedServers) are asked instead"
        logger.warning(
            "plugin/forward: \(file): 127.0.0.53 is the stub of systemd-resolved, so it is left out\(instead)")
        return servers
    }

    private func ownAddresses(_ configuration: ServerConfiguration) -> Set<UpstreamAddress> {
        var own = Set<UpstreamAddress>()
        for listener in configuration.listeners where listener.address.scheme == .dns {
            let addresses = listener.address.address.map { [$0] } ?? interfaces()
            for address in addresses { own.insert(UpstreamAddress(address: address, port: listener.address.port)) }
        }
        return own
    }
}

extension ServerConfiguration {
    /// The files in the format of resolv.conf that `forward` directives name.
    var nameserverFiles: Set<String> {
        Set(
            forwards.flatMap(\.targets).compactMap { target in
                if case .resolvConf(let path) = target { path } else { nil }
            })
    }
}
