import NIOCore

/// A watch that has begun: what is sent at once, and how it goes on.
struct WatchOpening: Sendable {
    var representation: Representation
    /// The frames of the first moment: initial objects, past changes, an error.
    var frames: [ByteBuffer] = []
    /// What to ask for bookmarks with, and to take back at the end; nil: the watch ends behind the first frames.
    var watcher: Int?
    var timeout: Duration
    /// nil: no bookmarks.
    var bookmarkInterval: Duration?
    var lastBookmarkLead: Duration
}

extension ServerState {
    /// Begins a watch; all later changes go to `send`, whose first call comes after this returns.
    mutating func openWatch(
        _ call: APICall, _ target: APICall.Target, _ representation: Representation, _ effects: Effects,
        send: @escaping @Sendable (ByteBuffer) -> Void
    ) throws(Status) -> WatchOpening {
        var options = try ListOptions(call, target)
        switch settings.watchList {
        case .enabled: break
        case .ignored: options.sendsInitialEvents = nil
        case .refused where options.sendsInitialEvents != nil:
            throw .invalidOptions(
                "sendInitialEvents",
                "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled")
        case .refused: break
        }
        var watcher = Watcher(
            type: target.type, selection: options.selection, representation: representation,
            allowsBookmarks: options.allowsBookmarks, after: 0, send: send)
        var opening = WatchOpening(
            representation: representation, timeout: options.timeout ?? settings.watchTimeout,
            bookmarkInterval: options.allowsBookmarks ? settings.bookmarkInterval : nil,
            lastBookmarkLead: settings.lastBookmarkLead)
        if let code = effects.errorEvent {
            opening.frames = [watcher.error(Effects.event(code))]
            return opening
        }
        do {
            opening.frames = try start(&watcher, options, effects)
            opening.watcher = add(watcher)
        } catch {
            // A watch that cannot go on says so in its stream: the status was 200 already.
            if error.code != 410 { throw error }
            opening.frames = [watcher.error(error)]
        }
        return opening
    }

    /// The first frames, and in `watcher.after` the version from which it goes on.
    private mutating func start(
        _ watcher: inout Watcher, _ options: ListOptions, _ effects: Effects
    ) throws(Status) -> [ByteBuffer] {
        let asked = options.revision ?? 0
        if options.sendsInitialEvents == true, asked > store.revision {
            throw .tooLarge(asked, current: store.revision)
        }
        // Without a version, and from any, a watch begins with what is there.
        guard options.sendsInitialEvents ?? (asked == 0) else {
            // From the future nothing is seen until that version has come, not even bookmarks.
            watcher.after = asked == 0 ? store.revision : asked
            let started = watcher
            return try store.changes(watcher.type, after: watcher.after).compactMap { started.frame(for: $0) }
        }
        watcher.after = store.revision
        var frames = effects.has(.emptyList) ? [] : [initialEvents(watcher)]
        if options.sendsInitialEvents == true, options.allowsBookmarks {
            frames.append(watcher.bookmark(at: store.revision, endsInitialEvents: true))
        }
        return frames
    }

    /// The bookmark that is due for a watch; nil where it is not to see one.
    func bookmark(for id: Int) -> ByteBuffer? {
        guard let watcher = watchers[id], watcher.allowsBookmarks, store.revision >= watcher.after else { return nil }
        return watcher.bookmark(at: store.revision)
    }
}
