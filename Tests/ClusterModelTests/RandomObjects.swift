import ClusterModel
import NetworkAddress

/// Objects of every kind with every field now set, now empty; the same for the same seed.
struct RandomObjects {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(state: seed) }

    mutating func object(_ kind: ObjectKind) -> ClusterObject {
        switch kind {
        case .namespace: .namespace(Namespace(metadata: metadata()))
        case .service: .service(service())
        case .endpointSlice: .endpointSlice(slice())
        case .pod: .pod(pod())
        case .configMap: .configMap(ConfigMap(metadata: metadata(), data: texts()))
        case .secret: .secret(Secret(metadata: metadata(), data: texts().mapValues { Array($0.utf8) + [0, 0xFF] }))
        case .workload:
            .workload(
                Workload(
                    kind: text(), metadata: metadata(), replicas: number(-1...300), selector: texts(),
                    templateLabels: texts(), containers: list { $0.container() }))
        case .serviceImport:
            .serviceImport(
                ServiceImport(
                    metadata: metadata(), kind: flag() ? .headless : .clusterSetIP, ips: list { $0.address() },
                    ports: list { $0.servicePort() }))
        }
    }

    mutating func flag() -> Bool { Bool.random(using: &random) }

    mutating func number<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) -> Number {
        Number.random(in: range, using: &random)
    }

    mutating func list<Element>(_ element: (inout RandomObjects) -> Element) -> [Element] {
        (0..<max(0, number(-2...3))).map { _ in element(&self) }
    }

    mutating func maybe<Value>(_ value: (inout RandomObjects) -> Value) -> Value? { flag() ? value(&self) : nil }

    mutating func text() -> String {
        let texts = [
            "", "web", "kube-system", "Pod", "grüße/ﬁ", "a.name-that-does-not-fit-into-fifteen-octets", "\0", "7",
        ]
        return texts[number(0...texts.count - 1)]
    }

    mutating func texts() -> [String: String] {
        Dictionary(list { ($0.text(), $0.text()) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func address() -> IPAddress {
        flag() ? IPAddress(ipv4: number(0 ... .max)) : IPAddress(high: number(0 ... .max), low: number(0 ... .max))
    }

    private mutating func metadata() -> ObjectMetadata {
        var labels = texts()
        if flag() { labels[EndpointSlice.serviceNameLabel] = text() }
        if flag() { labels[ServiceImport.serviceNameLabel] = text() }
        let versions = ["", "1", "007", "18446744073709551615", "18446744073709551616", "-3"]
        return ObjectMetadata(
            name: text(), namespace: text(), labels: labels, annotations: texts(), uid: text(),
            resourceVersion: versions[number(0...versions.count - 1)], creationTime: maybe { $0.number(.min ... .max) },
            deletionTime: maybe { $0.number(-5...5) },
            source: maybe { SourceLocation(file: $0.text(), line: $0.number(-1...70000)) })
    }
}

extension RandomObjects {
    mutating func transport() -> TransportProtocol { TransportProtocol.allCases[number(0...2)] }

    mutating func servicePort() -> ServicePort {
        let targets: [TargetPort?] = [nil, .number(number(0 ... .max)), .name(text())]
        return ServicePort(
            name: text(), transport: transport(), port: number(0 ... .max), targetPort: targets[number(0...2)],
            nodePort: maybe { $0.number(0 ... .max) })
    }

    private mutating func service() -> Service {
        Service(
            metadata: metadata(), type: [.clusterIP, .nodePort, .loadBalancer, .externalName][number(0...3)],
            clusterIPs: list { $0.address() }, verbatimClusterIP: maybe { $0.text() }, isHeadless: flag(),
            externalName: text(), ports: list { $0.servicePort() }, selector: texts(), publishNotReadyAddresses: flag(),
            ipFamilies: list { $0.flag() ? .ipv4 : .ipv6 },
            ipFamilyPolicy: [nil, .singleStack, .preferDualStack, .requireDualStack][number(0...3)],
            externalIPs: list { $0.text() }, loadBalancerIngress: list { $0.text() })
    }

    private mutating func slice() -> EndpointSlice {
        EndpointSlice(
            metadata: metadata(), addressType: [.ipv4, .ipv6, .fqdn][number(0...2)],
            endpoints: list { $0.endpoint() } + list { $0.endpoint() },
            ports: list { EndpointPort(name: $0.text(), transport: $0.transport(), port: $0.number(0 ... .max)) })
    }

    mutating func endpoint() -> Endpoint {
        Endpoint(
            addresses: list { $0.address() }, hostNames: list { $0.text() }, ready: maybe { $0.flag() },
            serving: maybe { $0.flag() }, terminating: maybe { $0.flag() }, hostname: text(), nodeName: text(),
            target: maybe { TargetReference(kind: $0.text(), namespace: $0.text(), name: $0.text()) })
    }

    private mutating func pod() -> Pod {
        Pod(
            metadata: metadata(), phase: [.pending, .running, .succeeded, .failed, .unknown][number(0...4)],
            podIPs: list { $0.address() }, hostIPs: list { $0.address() }, isReady: flag(),
            readyContainers: number(-1...3), restarts: number(0...1000), hostname: text(), subdomain: text(),
            nodeName: text(), serviceAccountName: flag() ? "default" : text(), enableServiceLinks: flag(),
            startTime: maybe { $0.number(.min ... .max) }, containers: list { $0.container() }, controller: text())
    }

    private mutating func container() -> Container {
        Container(
            name: text(),
            ports: list { ContainerPort(name: $0.text(), transport: $0.transport(), port: $0.number(0 ... .max)) },
            environment: list { EnvironmentEntry(name: $0.text(), value: $0.value()) },
            environmentSources: list {
                EnvironmentSource(
                    kind: $0.flag() ? .secret : .configMap, name: $0.text(), prefix: $0.text(), optional: $0.flag())
            },
            limits: texts(), requests: texts(), isInit: flag(), isRestartable: flag())
    }

    private mutating func value() -> EnvironmentEntry.Value {
        switch number(0...4) {
        case 0: .literal(text())
        case 1: .configMapKey(name: text(), key: text(), optional: flag())
        case 2: .secretKey(name: text(), key: text(), optional: flag())
        case 3: .field(path: text())
        default: .resource(containerName: text(), resource: text(), divisor: text())
        }
    }
}
