/// What is still to happen, by virtual time; what was planned for one moment happens in the order of planning.
package struct Agenda<Item> {
    private struct Entry {
        var at: Duration
        var order: Int
        var item: Item

        func isBefore(_ other: Entry) -> Bool { at == other.at ? order < other.order : at < other.at }
    }

    /// A binary heap, the next entry first.
    private var heap: [Entry] = []
    private var planned = 0

    package init() {}

    package mutating func plan(_ item: Item, at: Duration) {
        heap.append(Entry(at: at, order: planned, item: item))
        planned += 1
        var place = heap.count - 1
        while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes the next item, unless it lies behind `end`.
    package mutating func next(until end: Duration) -> (at: Duration, item: Item)? {
        guard let first = heap.first, first.at <= end else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink()
        return (first.at, first.item)
    }

    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            if least == place { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}
