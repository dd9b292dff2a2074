import NIOCore
import Synchronization

/// The octets of all objects of a resource, kept until one of them changes: a large list then costs one copy.
struct Renderings: Sendable {
    enum Part: Hashable, Sendable {
        /// The items of a list, without what surrounds them.
        case items
        /// The ADDED events with which a watch begins.
        case initialEvents
    }

    private struct Key: Hashable {
        var part: Part
        var type: ResourceType
        var representation: Representation
    }

    private var kept: [Key: (lastChange: UInt64, octets: ByteBuffer)] = [:]

    /// What was kept if nothing has changed since, else what `render` makes.
    mutating func octets(
        _ part: Part, _ type: ResourceType, _ representation: Representation, lastChange: UInt64,
        render: () -> ByteBuffer
    ) -> ByteBuffer {
        let key = Key(part: part, type: type, representation: representation)
        if let kept = kept[key], kept.lastChange == lastChange { return kept.octets }
        let octets = render()
        kept[key] = (lastChange, octets)
        return octets
    }
}

extension ServerState {
    /// The body of a list; a whole one is mostly copied.
    mutating func body(of list: ObjectList, _ representation: Representation) -> ByteBuffer {
        let isWhole = list.items.count == store.objects(list.type).count && list.revision == store.revision
        guard isWhole else { return list.body(representation, items: list.octets(representation)) }
        let items = renderings.octets(
            .items, list.type, representation, lastChange: store.lastChange(list.type)
        ) { list.octets(representation) }
        return list.body(representation, items: items)
    }

    /// All objects that `watcher` is to see, as events.
    mutating func initialEvents(_ watcher: Watcher) -> ByteBuffer {
        let objects = store.objects(watcher.type).all
        let render = {
            var octets = ByteBuffer()
            for object in objects where watcher.selection.matches(object) {
                octets.writeImmutableBuffer(watcher.frame(.added, object))
            }
            return octets
        }
        guard watcher.selection.isEverything else { return render() }
        return renderings.octets(
            .initialEvents, watcher.type, watcher.representation, lastChange: store.lastChange(watcher.type),
            render: render)
    }
}

extension APIServer {
    /// Renders all lists and initial events once, so that the first client does not wait for it.
    package func warm() {
        state.withLock { state in
            for type in ResourceType.all {
                for representation in [Representation.json, .protobuf] where representation == .json || !type.isCustom {
                    guard let list = try? ObjectList(type, ListOptions(), from: state.store) else { continue }
                    _ = state.body(of: list, representation)
                    let watcher = Watcher(type: type, representation: representation)
                    _ = state.initialEvents(watcher)
                }
            }
        }
    }
}
