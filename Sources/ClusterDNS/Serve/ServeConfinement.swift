import Answering
import Confinement
import Corefile
import Foundation
import Logging
import Serving

/// Gives up what the server does not need of the rights it was started with, before it has a second thread.
///
/// Ports are opened afterwards, now and with each reload: the right to those below 1024 stays.
struct ServeConfinement {
    let loader: ConfigurationLoader
    /// nil for `serve`.
    let node: NodeOptions?
    let options: ConfinementOptions
    let sharesPorts: Bool
    let logger: Logger

    /// Throws where `--user` names somebody who could not serve, and where root sees that another program has a port.
    ///
    /// A Corefile that is refused is no reason to: whoever serves it says so.
    func enter() throws {
        guard !options.isUnconfined else {
            logger.warning("--unconfined: the server keeps all rights of who started it")
            return
        }
        guard Confinement.isPossible else {
            throw CommandFailure(
                "the process has a second thread before it begins, which would keep all rights; start it without what is "
                    + "loaded beside it (LD_PRELOAD, a sanitizer), or with --unconfined")
        }
        let recorder = PathRecorder(loader.reader)
        let configuration = try? loader.load(loader: recorder)
        let needs = ServeNeeds(configuration, corefiles: recorder.paths)
        let plan = configuration.map { NodePlan($0, node) }
        var confinement = Confinement(user: nil, writableDirectories: nil)
        confinement.changesNetwork = node != nil || plan?.addresses.isEmpty == false
        confinement.runsPrograms = needs.runsPrograms || node?.setsUpRules == true
        if Confinement.isRoot {
            if let configuration, !sharesPorts { try refuseTakenPorts(configuration) }
            let user = try chooseUser(needs)
            for directory in needs.stateDirectories { make(directory, for: user) }
            confinement.user = user
            confinement.overridesFileRights = user.isRoot && needs.lacking(for: .root) != nil
        }
        // What a plugin of a kubeconfig keeps, and where, only the plugin knows.
        if !needs.runsPrograms { confinement.writableDirectories = needs.stateDirectories }
        let wasRoot = Confinement.isRoot
        let lacks = confinement.enter()
        // Who is not root was confined by whoever started the server: systemd, a container.
        if wasRoot { report(confinement, lacks) }
    }

    /// The one that was named; else the owner of the state directory, 65532 or the owner of the Corefile's directory,
    /// whoever may read and write all that is needed; else root, which has no rights left but those of an owner.
    private func chooseUser(_ needs: ServeNeeds) throws(CommandFailure) -> ServerUser {
        if let user = options.user {
            guard let path = user.isRoot ? nil : needs.lacking(for: user) else { return user }
            throw CommandFailure("--user: \(user) may not use \(path) as the server has to; \(Self.remedy(path, user))")
        }
        let directories = needs.stateDirectories.map(Self.firstPresent)
        let owner = directories.lazy.compactMap { ServerUser(ownerOf: $0) }.first
        let other = ServerUser(ownerOf: ConfigurationLoader.directory(of: loader.file))
        let first = owner ?? .unprivileged
        let candidates = [first, .unprivileged] + (other.map { [$0] } ?? [])
        if let user = candidates.first(where: { needs.lacking(for: $0) == nil }) { return user }
        let path = needs.lacking(for: first) ?? ""
        logger.warning(
            """
            \(first) may not use \(path) as the server has to, so the server stays root, without root's rights; \
            \(Self.remedy(path, first)), or name another user with --user
            """)
        return .root
    }

    private static func remedy(_ path: String, _ user: ServerUser) -> String {
        "give it the right: chown \(user.user) \(path), or chmod"
    }

    /// The directory, or the first above it that is there.
    private static func firstPresent(_ directory: String) -> String {
        var path = directory
        while !DiskCorefileLoader.isDirectory(path), path != ConfigurationLoader.directory(of: path) {
            path = ConfigurationLoader.directory(of: path)
        }
        return path
    }

    /// Makes a state directory that is missing, as its user could not; where that fails, the registry file says so.
    private func make(_ directory: String, for user: ServerUser) {
        guard !FileManager.default.fileExists(atPath: directory) else { return }
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try? FileManager.default.setAttributes(
            [
                .posixPermissions: 0o700, .ownerAccountID: NSNumber(value: user.user),
                .groupOwnerAccountID: NSNumber(value: user.group),
            ], ofItemAtPath: directory)
    }

    /// Only root sees who has a port.
    ///
    /// With sockets of systemd the ports are taken, by them.
    private func refuseTakenPorts(_ configuration: ServerConfiguration) throws(SocketError) {
        guard DiskCorefileLoader().environmentVariable("LISTEN_FDS") == nil else { return }
        for listener in configuration.listeners {
            if listener.settings.tls == nil { try PortHolder.refuseTaken(listener.address, .udp) }
            try PortHolder.refuseTaken(listener.address, .tcp)
        }
    }

    private func report(_ confinement: Confinement, _ lacks: [Confinement.Lack]) {
        for lack in lacks { logger.notice("rights: \(lack)") }
        let isRoot = Confinement.isRoot
        let user = isRoot ? "root without root's rights" : confinement.user.map(\.description) ?? ""
        let places = confinement.writableDirectories.map { $0.isEmpty ? "nothing" : $0.joined(separator: ", ") }
        logger.info("rights: the server runs as \(user) and may write to \(places ?? "what that user may")")
    }
}
