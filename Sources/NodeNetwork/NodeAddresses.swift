package import NetworkAddress

/// Addresses that this process keeps on the node for as long as it, or another process, holds them.
///
/// They go to a `dummy` link of their own, or to `lo` where the kernel has no such links. One that is there from a process
/// that has crashed, or that still runs, is adopted; one that somebody else put on another link is left alone.
package struct NodeAddresses {
    /// The link for the addresses where none is named, as node-cache calls it.
    package static let defaultLink = "nodelocaldns"
    static let fallbackLink = "lo"

    private let link: String
    private let kind: String
    private let adoptsLink: Bool
    private var holds: [IPAddress: SharedHold] = [:]
    /// Added by this process: for kernels that keep no mark on an address.
    private var added: Set<IPAddress> = []

    /// With `adoptsLink` every address on the link counts as one of clusterdns', else only those that say so themselves;
    /// `kind` is another one than `dummy` only in tests.
    package init(link: String = Self.defaultLink, adoptsLink: Bool = false, kind: String = "dummy") {
        self.link = link
        self.adoptsLink = adoptsLink
        self.kind = kind
    }

    /// What has become of an address.
    package enum Outcome: Hashable, Sendable, CustomStringConvertible {
        case added(IPAddress, to: String)
        case adopted(IPAddress, on: String)
        /// It belongs to somebody else.
        case left(IPAddress, on: String)
        case removed(IPAddress, from: String)
        case failed(NodeNetworkError)

        package var description: String {
            switch self {
            case .added(let address, let link): "added \(address) to \(link)"
            case .adopted(let address, let link): "\(address) is on \(link) already, from another start; adopted"
            case .left(let address, let link): "\(address) is on \(link) already, and stays as it is"
            case .removed(let address, let link): "removed \(address) from \(link)"
            case .failed(let error): error.description
            }
        }
    }

    package var held: Set<IPAddress> { Set(holds.keys) }

    /// Puts the addresses on the node; those held before stay held.
    ///
    /// Throws at the first that cannot be had; what was done until then stays, for `release`.
    package mutating func hold(_ addresses: [IPAddress]) throws(NodeNetworkError) -> [Outcome] {
        try NetworkLock.hold { () throws(NodeNetworkError) in
            var outcomes: [Outcome] = []
            for address in addresses where holds[address] == nil {
                let outcome = put(address)
                if case .failed(let error) = outcome { throw error }
                outcomes.append(outcome)
                if case .left = outcome { continue }
                holds[address] = try SharedHold("address/\(address)")
            }
            return outcomes
        }
    }

    /// Adds again what somebody has deleted meanwhile; what fails is tried again by the next call.
    package mutating func restore() -> [Outcome] {
        guard !holds.isEmpty else { return [] }
        do {
            let present = Set(try Links.addresses().map(\.address))
            let missing = holds.keys.filter { !present.contains($0) }.sorted()
            if missing.isEmpty { return [] }
            return NetworkLock.hold { missing.map { put($0) } }
        } catch {
            return [.failed(error)]
        }
    }

    /// Gives up all addresses but `kept`; each leaves the node unless another process holds it, or `leavesThem`.
    package mutating func release(except kept: Set<IPAddress> = [], leavesThem: Bool = false) -> [Outcome] {
        let gone = holds.keys.filter { !kept.contains($0) }.sorted()
        guard !gone.isEmpty else { return [] }
        return NetworkLock.hold {
            var outcomes: [Outcome] = []
            for address in gone {
                guard let hold = holds.removeValue(forKey: address), hold.isLast, !leavesThem else { continue }
                outcomes += takeAway(address)
            }
            do throws(NodeNetworkError) {
                if !outcomes.isEmpty { try Links.deleteUnused(link, kind: kind) }
            } catch {
                outcomes.append(.failed(error))
            }
            return outcomes
        }
    }

    /// Sees to it that the address is on a link.
    private mutating func put(_ address: IPAddress) -> Outcome {
        do {
            if let present = try Links.addresses().first(where: { $0.address == address }) {
                return isOurs(present) ? .adopted(address, on: present.link) : .left(address, on: present.link)
            }
            let target = try Links.create(link, kind: kind) ? link : Self.fallbackLink
            try Links.add(address, to: target)
            added.insert(address)
            return .added(address, to: target)
        } catch {
            return .failed(error)
        }
    }

    /// Takes the address from every link where it is ours.
    private mutating func takeAway(_ address: IPAddress) -> [Outcome] {
        defer { added.remove(address) }
        do {
            var outcomes: [Outcome] = []
            for present in try Links.addresses() where present.address == address && isOurs(present) {
                try Links.remove(address, from: present.link)
                outcomes.append(.removed(address, from: present.link))
            }
            return outcomes
        } catch {
            return [.failed(error)]
        }
    }

    private func isOurs(_ present: LinkAddress) -> Bool {
        present.isMarked || added.contains(present.address) || (adoptsLink && present.link == link)
    }
}
