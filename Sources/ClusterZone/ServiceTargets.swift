import ClusterModel
import DNSWire
import DNSZone
import NetworkAddress

/// The ports of a Service that an SRV question is about.
struct PortChoice {
    /// Places among the ports of the targets, in ascending order.
    fileprivate let places: [Int]
    /// The number of (port, address) pairs.
    let pairCount: Int
}

/// A port behind a target.
private struct TargetPort {
    let transport: TransportProtocol
    /// In lower case.
    let name: String
    let number: UInt16
    /// The index of the list it is in.
    let list: Int

    init(_ port: EndpointPort, list: Int) {
        transport = port.transport
        name = port.name.lowercased()
        number = port.port
        self.list = list
    }
}

/// The addresses and ports behind the SRV questions of one Service in one zone.
struct ServiceTargets {
    private let endpoints: PublishedEndpoints
    private let targets: [PublishedEndpoint]
    private let ports: [TargetPort]
    /// How many targets have each list of ports.
    private let userCounts: [Int]
    /// The ports of all targets.
    let all: PortChoice
    /// Targets end with the Service's own name, which is not written out.
    private let baseOctetCount: Int
    private let ttl: UInt32

    /// Leaves out endpoints whose name would be too long, and ports that no other has.
    init(_ endpoints: PublishedEndpoints, baseOctetCount: Int, ttl: UInt32) {
        self.endpoints = endpoints
        self.baseOctetCount = baseOctetCount
        self.ttl = ttl
        let isComplete = endpoints.endpoints.allSatisfy { endpoints.isNameable($0, below: baseOctetCount) }
        targets =
            isComplete
            ? endpoints.endpoints : endpoints.endpoints.filter { endpoints.isNameable($0, below: baseOctetCount) }
        var userCounts = Array(repeating: 0, count: endpoints.portLists.count)
        for target in targets { userCounts[Int(target.ports)] += 1 }
        var ports: [TargetPort] = []
        for (index, list) in endpoints.portLists.enumerated() where userCounts[index] > 0 {
            for port in list { ports.append(TargetPort(port, list: index)) }
        }
        self.ports = ports
        self.userCounts = userCounts
        all = PortChoice(
            places: Array(ports.indices), pairCount: ports.reduce(0) { $0 + userCounts[$1.list] })
    }

    /// The ports of one transport.
    func ports(of transport: TransportProtocol) -> PortChoice {
        if ports.allSatisfy({ $0.transport == transport }) { return all }
        return choice(ports.indices.filter { ports[$0].transport == transport })
    }

    /// The ports in `choice` that have a name, each name once, in lower case.
    func namedPorts(in choice: PortChoice) -> [(name: String, ports: PortChoice)] {
        // Most Services have one port: no dictionary for those.
        if choice.places.count == 1, let name = choice.places.first.map({ ports[$0].name }) {
            return name.isEmpty ? [] : [(name, choice)]
        }
        var groups: [(name: String, places: [Int])] = []
        var indices: [String: Int] = [:]
        for place in choice.places where !ports[place].name.isEmpty {
            let name = ports[place].name
            if let index = indices[name] {
                groups[index].places.append(place)
            } else {
                indices[name] = groups.count
                groups.append((name, [place]))
            }
        }
        return groups.map { ($0.name, self.choice($0.places)) }
    }

    private func choice(_ places: [Int]) -> PortChoice {
        PortChoice(places: places, pairCount: places.reduce(0) { $0 + userCounts[ports[$1].list] })
    }

    /// The addresses behind the ports.
    func addresses(_ choice: PortChoice) -> AddressLists {
        let chosen = placesByList(choice)
        return AddressLists(targets.lazy.filter { !chosen[Int($0.ports)].isEmpty }.map(\.address))
    }

    /// Which part of the choice is in each list.
    private func placesByList(_ choice: PortChoice) -> [Range<Int>] {
        var parts = Array(repeating: 0..<0, count: userCounts.count)
        for (index, place) in choice.places.enumerated() {
            let list = ports[place].list
            parts[list] = (parts[list].isEmpty ? index : parts[list].lowerBound)..<index + 1
        }
        return parts
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
        let weight = UInt16(max(1, 100 / max(1, choice.pairCount)))
        let chosen = placesByList(choice)
        var shared = SharedNames()
        var places: [Int?] = []
        places.reserveCapacity(targets.count)
        for target in targets {
            var name = shared[target]
            let list = choice.places[chosen[Int(target.ports)]]
            for index in list.indices {
                let number = ports[list[index]].number
                guard isFirst(index, of: list), !name.ports.contains(number) else { continue }
                guard let start = write(target, number, weight: weight, to: &writer) else { return places }
                name.place = name.place ?? start
                if target.label != .dashed { name.ports.append(number) }
            }
            shared[target] = name
            places.append(list.isEmpty || isRepeated(target, places.count) ? nil : name.place)
        }
        return places
    }

    /// Whether no port before has the same number; as few ports as fit into a message are ever looked at.
    private func isFirst(_ index: Int, of list: ArraySlice<Int>) -> Bool {
        !list[..<index].contains { ports[$0].number == ports[list[index]].number }
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
            let parent = endpoints.parents[Int(place)]
            if !parent.isEmpty {
                record.setLength(suffixOctetCount: parent.count + baseOctetCount)
                var octets: [UInt8] = []
                octets.append(octetsOf: record.octets)
                octets += parent
                return writer.append(record: octets.rawSpan, suffixOctetCount: baseOctetCount).map { $0 + name }
            }
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
