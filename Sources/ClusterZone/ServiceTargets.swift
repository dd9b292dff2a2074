import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// Which ports of a Service an SRV question is about.
enum PortChoice {
    case all
    case transport(TransportProtocol)
    /// The name in lower case.
    case port(TransportProtocol, String)
}

/// A port behind a target.
private struct TargetPort {
    /// As in SRV owner names.
    let transport: String
    /// In lower case.
    let name: String
    let number: UInt16

    init(_ port: EndpointPort) {
        transport = port.transport.label
        name = port.name.lowercased()
        number = port.port
    }

    func isIncluded(in choice: PortChoice) -> Bool {
        switch choice {
        case .all: true
        case .transport(let transport): self.transport == transport.label
        case .port(let transport, let name): self.name == name && self.transport == transport.label
        }
    }
}

/// The addresses and ports behind the SRV questions of one Service in one zone.
struct ServiceTargets {
    private let endpoints: PublishedEndpoints
    private let targets: [PublishedEndpoint]
    private let ports: [TargetPort]
    /// What part of `ports` each list is, and how many targets have it.
    private var lists: [(ports: Range<Int>, users: Int)] = []
    /// Targets end with the Service's own name, which is not written out.
    private let baseOctetCount: Int
    private let ttl: UInt32

    /// Leaves out endpoints whose name would be too long.
    init(_ endpoints: PublishedEndpoints, baseOctetCount: Int, ttl: UInt32) {
        self.endpoints = endpoints
        self.baseOctetCount = baseOctetCount
        self.ttl = ttl
        let isComplete = endpoints.endpoints.allSatisfy { endpoints.isNameable($0, below: baseOctetCount) }
        targets =
            isComplete
            ? endpoints.endpoints : endpoints.endpoints.filter { endpoints.isNameable($0, below: baseOctetCount) }
        var ports: [TargetPort] = []
        for list in endpoints.portLists {
            lists.append((ports.count..<ports.count + list.count, 0))
            for port in list { ports.append(TargetPort(port)) }
        }
        self.ports = ports
        for target in targets { lists[Int(target.ports)].users += 1 }
    }

    /// The number of (port, address) pairs.
    func pairCount(_ choice: PortChoice) -> Int {
        var count = 0
        for list in lists where list.users > 0 {
            for port in list.ports where ports[port].isIncluded(in: choice) { count += list.users }
        }
        return count
    }

    /// The names of the ports, in lower case, each once.
    func portNames(of transport: TransportProtocol) -> [String] {
        var names: [String] = []
        for list in lists where list.users > 0 {
            for port in ports[list.ports] where !port.name.isEmpty && port.transport == transport.label {
                if !names.contains(port.name) { names.append(port.name) }
            }
        }
        return names
    }

    /// The addresses behind the ports.
    func addresses(_ choice: PortChoice) -> AddressLists {
        let areIncluded = lists.map { list in ports[list.ports].contains { $0.isIncluded(in: choice) } }
        return AddressLists(targets.lazy.filter { areIncluded[Int($0.ports)] }.map(\.address))
    }

    /// Writes the SRV RRset: priority 0, weight 100 shared among the pairs, one record for each (name, port), glue for
    /// each target once.
    func write(_ choice: PortChoice, _ flags: RRsetFlags, to writer: inout NameBlockWriter) {
        writer.beginRRset()
        let places = writeRecords(choice, to: &writer)
        writer.endRecords()
        for (index, place) in places.enumerated() {
            if let place { writer.append(glue: RecordHead(targets[index].address, ttl: ttl).octets, for: place) }
        }
        writer.endRRset(.srv, flags.union(.relative))
    }

    /// Returns for each target where the answer has its name; nil where no record has, or where glue would be there twice.
    private func writeRecords(_ choice: PortChoice, to writer: inout NameBlockWriter) -> [Int?] {
        let weight = UInt16(max(1, 100 / max(1, pairCount(choice))))
        let areIncluded = ports.map { $0.isIncluded(in: choice) }
        var shared = SharedNames()
        var places: [Int?] = []
        places.reserveCapacity(targets.count)
        for target in targets {
            var name = shared[target]
            var hasPort = false
            let list = lists[Int(target.ports)].ports
            for port in list where areIncluded[port] {
                let number = ports[port].number
                hasPort = true
                guard isFirst(port, of: list, areIncluded), !name.ports.contains(number) else { continue }
                guard let start = write(target, number, weight: weight, to: &writer) else { return places }
                name.place = name.place ?? start
                if target.label != .dashed { name.ports.append(number) }
            }
            shared[target] = name
            places.append(!hasPort || isRepeated(target, places.count) ? nil : name.place)
        }
        return places
    }

    /// Whether no included port before has the same number.
    private func isFirst(_ port: Int, of list: Range<Int>, _ areIncluded: [Bool]) -> Bool {
        for other in list.lowerBound..<port where areIncluded[other] && ports[other].number == ports[port].number {
            return false
        }
        return true
    }

    /// Whether a target before has the same name and address: only of its own addresses a Service may list one twice.
    private func isRepeated(_ target: PublishedEndpoint, _ index: Int) -> Bool {
        target.label == .service && targets[..<index].contains { $0.address == target.address }
    }

    /// Returns where the answer has the target's name; nil past 64 KiB.
    private func write(
        _ target: PublishedEndpoint, _ port: UInt16, weight: UInt16, to writer: inout NameBlockWriter
    ) -> Int? {
        var record = RecordHead(.srv, ttl: ttl)
        record.append(0)
        record.append(weight)
        record.append(port)
        let name = record.count
        switch target.label {
        case .service: break
        case .dashed: record.append(label: DashedLabel(target.address).octets)
        case .named(let place):
            let label = endpoints.labels[Int(place)]
            record.append(label: label.rawSpan)
        }
        record.setLength(suffixOctetCount: baseOctetCount)
        return writer.append(record: record.octets, suffixOctetCount: baseOctetCount).map { $0 + name }
    }
}

/// The names that several targets of an RRset may have in common: the Service's own, and labels that are not addresses.
private struct SharedNames {
    struct Entry {
        /// Where the first record has the name.
        var place: Int?
        var ports: [UInt16] = []
    }

    private var service = Entry()
    private var named: [Int32: Entry] = [:]

    subscript(target: PublishedEndpoint) -> Entry {
        get {
            switch target.label {
            case .service: service
            case .dashed: Entry()
            case .named(let place): named[place] ?? Entry()
            }
        }
        set {
            switch target.label {
            case .service: service = newValue
            case .dashed: break
            case .named(let place): named[place] = newValue
            }
        }
    }
}
