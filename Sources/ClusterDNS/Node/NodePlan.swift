import Answering
import Corefile
import NetworkAddress
import NodeNetwork

/// What a configuration wants of the node's network.
struct NodePlan: Hashable {
    /// An address that this process is to answer at, which the node may not have yet.
    struct Address: Hashable {
        var address: IPAddress
        /// What asks for it: `Corefile:5:10: "bind"`, `-localip`.
        var place: String
    }

    /// Each address once.
    var addresses: [Address] = []
    /// nil where no rules are wanted.
    var rules: NodeRules?

    /// Those of `-localip`, and of every block that binds to a link-local IPv4 address (169.254.0.0/16): only somebody who
    /// adds it by hand would have one.
    init(_ configuration: ServerConfiguration, _ options: NodeOptions?) {
        if options?.setsUpLink ?? true {
            for address in options?.localAddresses ?? [] { add(address, at: "-localip") }
            for settings in configuration.blocks.map(\.settings) { add(settings) }
        }
        if let options, options.setsUpRules { rules = Self.rules(configuration, options) }
    }

    private mutating func add(_ settings: BlockSettings) {
        let excluded = Set(settings.bindExceptions)
        let bound = settings.bind.filter { !excluded.contains($0) }.compactMap { target in
            if case .address(let address) = target { address } else { nil }
        }
        guard bound.contains(where: \.isIPv4LinkLocal) else { return }
        for address in bound where !address.isLoopback && !address.isUnspecified {
            add(address, at: "\(settings.bindPosition.map { "\($0): " } ?? "")\"bind\"")
        }
    }

    private mutating func add(_ address: IPAddress, at place: String) {
        guard !addresses.contains(where: { $0.address == address }) else { return }
        addresses.append(Address(address: address, place: place))
    }

    /// For the addresses of `-localip`, at the ports that answer there.
    private static func rules(_ configuration: ServerConfiguration, _ options: NodeOptions) -> NodeRules? {
        let local = Set(options.localAddresses)
        guard !local.isEmpty else { return nil }
        let ports = configuration.listeners.map(\.address).filter { listen in
            listen.address.map { local.contains($0) } ?? true
        }
        let pages = configuration.blocks.flatMap { [$0.settings.health?.address, $0.settings.ready] }
        let pagePorts = pages.compactMap(\.self).filter { page in
            if case .address(let address) = page.host { local.contains(address) } else { page.host == .any }
        }
        return NodeRules(
            addresses: local.sorted(), ports: Set(ports.map(\.port)).sorted(),
            pagePorts: Set(pagePorts.map(\.port) + [options.healthPort]).sorted())
    }
}

extension IPAddress {
    /// 169.254.0.0/16 (RFC 3927).
    fileprivate var isIPv4LinkLocal: Bool { family == .ipv4 && low >> 16 == 0xA9FE }
}
