import Answering
import Logging
import NetworkAddress
import NodeNetwork
import ServiceLifecycle
import Serving

/// Keeps the addresses and rules on the node that the configuration in force wants, until the process ends.
actor NodeNetworkKeeper {
    private let options: NodeOptions?
    private let errors: NodeSetupErrors
    private let logger: Logger
    private var addresses: NodeAddresses
    private var filter: PacketFilter

    /// `options` is nil for `serve`.
    init(options: NodeOptions?, logger: Logger) {
        self.options = options
        errors = options?.errors ?? NodeSetupErrors()
        self.logger = logger
        addresses = NodeAddresses(link: options?.link ?? NodeAddresses.defaultLink, adoptsLink: options != nil)
        filter = PacketFilter(path: DiskCorefileLoader().environmentVariable("PATH") ?? "")
    }

    /// Adds the addresses that `configuration` wants.
    ///
    /// Those of the one before stay. To be called before ports are opened.
    ///
    /// Throws where one is missing and cannot be added.
    func prepare(_ configuration: ServerConfiguration) throws(CommandFailure) {
        let wanted = NodePlan(configuration, options).addresses
        guard !wanted.isEmpty else { return }
        do {
            guard Links.mayChange else { return try requirePresent(wanted) }
            for outcome in try addresses.hold(wanted.map(\.address)) { logger.info("node: \(outcome)") }
        } catch let error as NodeNetworkError {
            errors.count(.interfaceAdd)
            throw CommandFailure("\(wanted[0].place): \(error)")
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// Gives up the addresses that `configuration` no longer wants, and puts its rules in force.
    func settle(_ configuration: ServerConfiguration) {
        let plan = NodePlan(configuration, options)
        report(addresses.release(except: Set(plan.addresses.map(\.address))))
        guard let rules = plan.rules else { return }
        do {
            try filter.apply(rules)
        } catch {
            report(error)
        }
    }

    /// Gives up everything: what nobody else holds leaves the node.
    func release() {
        let leaves = options?.leavesNetwork ?? false
        do {
            if try filter.release(leavesThem: leaves) { logger.info("node: removed the rules for DNS") }
        } catch {
            report(error)
        }
        report(addresses.release(leavesThem: leaves))
    }

    /// Puts back what somebody has deleted.
    fileprivate func restoreAddresses() {
        let outcomes = addresses.restore()
        if !outcomes.isEmpty { logger.warning("node: somebody has deleted an address that DNS is answered at") }
        report(outcomes)
    }

    fileprivate func restoreRules() {
        do {
            if try filter.restore() { logger.warning("node: somebody had deleted the rules for DNS; put back") }
        } catch {
            report(error)
        }
    }

    /// What was there before the start needs no rights.
    private func requirePresent(_ wanted: [NodePlan.Address]) throws {
        let present = Set(try Links.addresses().map(\.address))
        guard let missing = wanted.first(where: { !present.contains($0.address) }) else { return }
        errors.count(.interfaceAdd)
        let prefix = "\(missing.address)/\(missing.address.bitCount)"
        throw CommandFailure(
            "\(missing.place): \(missing.address) is on no interface of this machine, and adding it needs CAP_NET_ADMIN; "
                + "grant that, or add the address before the start: ip address add \(prefix) dev lo")
    }

    private func report(_ outcomes: [NodeAddresses.Outcome]) {
        for outcome in outcomes {
            guard case .failed(let error) = outcome else {
                logger.info("node: \(outcome)")
                continue
            }
            errors.count(.interfaceCheck)
            logger.error("node: \(error)")
        }
    }

    private func report(_ error: NodeNetworkError) {
        errors.count(.iptables)
        logger.error("node: \(error)")
    }
}

/// Looks after the node's network while the server runs.
struct NodeNetworkWatch: Service {
    /// How often addresses are looked for that somebody may have deleted.
    private static let interval = Duration.seconds(2)

    let keeper: NodeNetworkKeeper
    let publisher: Publisher
    let phase: ServePhase
    let rulesInterval: Duration

    /// Rules come when the ports are open: before that they would only lead queries to nobody.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while phase.phase == .starting, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
            await keeper.settle(publisher.state.configuration)
            var checked = ContinuousClock.now
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                guard !Task.isCancelled else { return }
                await keeper.restoreAddresses()
                guard ContinuousClock.now - checked >= rulesInterval else { continue }
                checked = .now
                await keeper.restoreRules()
            }
        }
    }
}
