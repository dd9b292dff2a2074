import Glibc

/// Tells when something in a manifest tree may have changed.
///
/// Owns an inotify instance. Where the kernel has no instance or no watches left it asks for a look every second
/// instead, until it has.
struct DirectoryWatcher: ~Copyable {
    /// What to look at again.
    enum Notice: Hashable { case nothing, files(Set<String>), everything }

    /// An event is answered when none has followed for `quiet`, or `patience` after the first.
    private static let quiet: Duration = .milliseconds(20)
    private static let patience: Duration = .milliseconds(100)
    private static let pollInterval: Duration = .seconds(1)
    /// A look at everything though nothing was heard: for file systems that tell nothing (NFS).
    private static let safetyInterval: Duration = .seconds(60)

    /// A new inotify instance, or why there is none.
    typealias MakeNotifier = @Sendable () throws(SystemCallError) -> OpenFile

    private let root: String
    private let makeNotifier: MakeNotifier
    /// nil until the kernel gives one.
    private(set) var notifier: OpenFile?
    var watches: [Int32: Watch] = [:]
    private(set) var findings: [Finding] = []

    /// Why a directory is watched: as part of the tree, for some names in it, or both.
    struct Watch {
        var directory: String?
        var names = Set<String>()
    }

    init(root: String, makeNotifier: @escaping MakeNotifier) {
        self.root = root
        self.makeNotifier = makeNotifier
    }

    /// Watches what `listing` found, and what could bring a lost root back; forgets the rest.
    ///
    /// Returns whether a watch is new: what happened there before it must then be looked for.
    mutating func watch(_ listing: DirectoryListing) -> Bool {
        let before = Set(watches.keys)
        watches = [:]
        findings = []
        openNotifier()
        for directory in listing.directories.sorted() { add(directory) { $0.directory = directory } }
        for (directory, names) in listing.linkTargets { add(directory) { $0.names.formUnion(names) } }
        watchAncestors()
        for watch in before where watches[watch] == nil { FileCalls.removeWatch(descriptor, watch) }
        return !before.isSuperset(of: watches.keys)
    }

    /// Waits for a change; `.nothing` where `waker` became readable.
    mutating func next(waker: Waker) -> Notice {
        let clock = ContinuousClock()
        let idleEnd = clock.now + (findings.isEmpty ? Self.safetyInterval : Self.pollInterval)
        var notice = Notice.nothing
        while notice == .nothing {
            guard wait(for: idleEnd - clock.now, waker) else { return .everything }
            if isReadable(waker) { return .nothing }
            notice = readEvents()
        }
        let end = clock.now + Self.patience
        while clock.now < end, wait(for: Self.quiet, waker), !isReadable(waker) { notice.formUnion(readEvents()) }
        return notice
    }

    private func wait(for duration: Duration, _ waker: Waker) -> Bool {
        let milliseconds = Int32(max(0, duration / .milliseconds(1)).rounded(.up))
        return FileCalls.waitReadable(descriptor, or: waker.descriptor, milliseconds: milliseconds)
    }

    private func isReadable(_ waker: Waker) -> Bool {
        FileCalls.waitReadable(waker.descriptor, or: -1, milliseconds: 0)
    }
}

extension DirectoryWatcher {
    /// -1 where there is no notifier.
    private var descriptor: Int32 {
        switch notifier {
        case .some(let notifier): notifier.descriptor
        case .none: -1
        }
    }

    private mutating func openNotifier() {
        if descriptor >= 0 { return }
        do throws(SystemCallError) { notifier = try makeNotifier() } catch {
            note("gives no inotify instance (\(error))", "fs.inotify.max_user_instances", root)
        }
    }

    private mutating func note(_ problem: String, _ limit: String, _ directory: String) {
        findings = [
            Finding(
                .warning, file: directory,
                message: "the kernel \(problem), so the manifests are looked at every second; raise \(limit)")
        ]
    }

    private mutating func add(_ directory: String, _ update: (inout Watch) -> Void) {
        do throws(SystemCallError) {
            let watch = try FileCalls.addWatch(descriptor, directory, DirectoryEvent.interest)
            update(&watches[watch, default: Watch()])
        } catch {
            // A directory that is gone again has been an event of its parent; only exhaustion needs another way.
            guard error.code == ENOSPC || error.code == ENOMEM, findings.isEmpty else { return }
            note("has no inotify watch left", "fs.inotify.max_user_watches", directory)
        }
    }

    /// The nearest directory above the root that exists, and the one that the root leads to if it is a link.
    private mutating func watchAncestors() {
        var path = root
        while true {
            let (parent, name) = Self.split(path)
            if (try? FileCalls.status(parent).type) == .directory {
                add(parent) { $0.names.insert(name) }
                break
            }
            if parent == path { break }
            path = parent
        }
        guard let real = FileCalls.realPath(root), real != root else { return }
        let (parent, name) = Self.split(real)
        add(parent) { $0.names.insert(name) }
    }

    /// The directory part and the last name of a path.
    private static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let name = String(path[path.index(after: slash)...])
        return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
    }
}
