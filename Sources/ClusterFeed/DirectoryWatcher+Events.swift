extension DirectoryWatcher {
    /// What the events that wait now ask for.
    mutating func readEvents() -> Notice {
        guard let octets = try? readNotifier() else { return .everything }
        var notice = Notice.nothing
        for event in DirectoryEvent.parse(octets) { notice.formUnion(self.notice(of: event)) }
        return notice
    }

    private func readNotifier() throws(SystemCallError) -> [UInt8] {
        switch notifier {
        case .some(let notifier): try notifier.read(upTo: 1 << 16)
        case .none: []
        }
    }

    private mutating func notice(of event: DirectoryEvent) -> Notice {
        if event.has(DirectoryEvent.overflow) { return .everything }
        guard let watch = watches[event.watch] else { return .nothing }
        if event.has(DirectoryEvent.ignored) { watches[event.watch] = nil }
        if event.has(DirectoryEvent.ignored | DirectoryEvent.ofItself) { return .everything }
        if watch.names.contains(event.name) { return .everything }
        guard let directory = watch.directory else { return .nothing }
        return notice(of: event, in: directory)
    }

    /// A new file counts when it has been written and closed, so `IN_CREATE` alone says little.
    private func notice(of event: DirectoryEvent, in directory: String) -> Notice {
        let isHidden = event.name.hasPrefix(".")
        if event.has(DirectoryEvent.isDirectory) { return isHidden ? .nothing : .everything }
        if isHidden { return event.name.hasPrefix("..") ? .everything : .nothing }
        let path = "\(directory)/\(event.name)"
        let status = try? FileCalls.status(path, followingLinks: false)
        if status?.type == .symbolicLink { return .everything }
        if DirectoryListing.isManifestName(event.name) {
            let isUnwritten = event.has(DirectoryEvent.created) && status?.linkCount == 1
            return isUnwritten ? .nothing : .files([path])
        }
        return watches.values.contains { $0.directory == path } ? .everything : .nothing
    }
}

extension DirectoryWatcher.Notice {
    /// More files than this are looked for with everything else.
    private static let fileLimit = 1000

    mutating func formUnion(_ other: Self) {
        switch (self, other) {
        case (_, .nothing): break
        case (.nothing, _): self = other
        case (.files(let some), .files(let more)) where some.count + more.count <= Self.fileLimit:
            self = .files(some.union(more))
        default: self = .everything
        }
    }
}
