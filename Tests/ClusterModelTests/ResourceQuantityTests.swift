import ClusterModel
import Testing

/// Quantities as a container's environment shows them; the amounts are those of Kubernetes' quantity grammar.
struct ResourceQuantityTests {
    struct Row: Sendable {
        var text: String
        var milliCPU: String?
        var bytes: String?
    }

    static let rows = [
        Row(text: "0.5", milliCPU: "500", bytes: "1"), Row(text: "500m", milliCPU: "500", bytes: "1"),
        Row(text: "1", milliCPU: "1000", bytes: "1"), Row(text: "1.0001", milliCPU: "1001", bytes: "2"),
        Row(text: "100u", milliCPU: "1", bytes: "1"), Row(text: "1n", milliCPU: "1", bytes: "1"),
        Row(text: ".5", milliCPU: "500", bytes: "1"), Row(text: "5.", milliCPU: "5000", bytes: "5"),
        Row(text: "+2", milliCPU: "2000", bytes: "2"), Row(text: "1e3", milliCPU: "1000000", bytes: "1000"),
        Row(text: "1E+2", milliCPU: "100000", bytes: "100"), Row(text: "15e-1", milliCPU: "1500", bytes: "2"),
        Row(text: "2k", milliCPU: "2000000", bytes: "2000"),
        Row(text: "128Mi", milliCPU: "134217728000", bytes: "134217728"),
        Row(text: "0.1Gi", milliCPU: "107374182400", bytes: "107374183"),
        Row(text: "1.5Gi", milliCPU: "1610612736000", bytes: "1610612736"),
        Row(text: "007", milliCPU: "7000", bytes: "7"),
        Row(text: "1E", milliCPU: "9223372036854775807", bytes: "1000000000000000000"),
        Row(text: "8Ei", milliCPU: "9223372036854775807", bytes: "9223372036854775807"),
        Row(text: "99999999999999999999", milliCPU: "9223372036854775807", bytes: "9223372036854775807"),
        Row(text: ""), Row(text: "."), Row(text: "-1"), Row(text: "1 Mi"), Row(text: "1mi"), Row(text: "Mi"),
        Row(text: "1.2.3"),
        Row(text: "1e"), Row(text: "1e1.5"), Row(text: "1K"), Row(text: "٣"), Row(text: "0x10"),
        Row(text: "1e99999999999"),
    ]

    @Test(arguments: rows) func amounts(_ row: Row) {
        #expect(Self.value("limits.cpu", "1m", row.text) == row.milliCPU, "\(row.text)")
        #expect(Self.value("limits.memory", "1", row.text) == row.bytes, "\(row.text)")
    }

    private static func value(_ resource: String, _ divisor: String, _ quantity: String) -> String? {
        let entry = EnvironmentEntry(
            name: "R", value: .resource(containerName: "", resource: resource, divisor: divisor))
        let container = Container(
            name: "app", environment: [entry], limits: ["cpu": quantity, "memory": quantity])
        let pod = Pod(metadata: ObjectMetadata(name: "p"), containers: [container])
        return try? ContainerEnvironment(container, of: pod, in: ClusterSnapshot()).variables.first?.value
    }
}
