import ClusterModel
import KubernetesProtocol
import NetworkAddress
import Testing

/// Pods: the environment wants all of one, DNS its addresses.
struct WirePodTests {
    private static let text = #"""
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"dapi-test-pod","namespace":"default","resourceVersion":"9",
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"dapi-3800858182","uid":"u","controller":true}]},
        "spec":{"nodeName":"node-1","hostname":"busybox-1","subdomain":"busybox-subdomain","enableServiceLinks":false,
        "containers":[{"name":"test-container","image":"busybox","ports":[{"name":"http","containerPort":80}],
        "env":[{"name":"A","value":"a"},{"name":"B","valueFrom":{"configMapKeyRef":{"name":"special-config","key":"special.how"}}},
        {"name":"C","valueFrom":{"secretKeyRef":{"name":"s","key":"k","optional":true}}},
        {"name":"D","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"spec.nodeName"}}},
        {"name":"E","valueFrom":{"resourceFieldRef":{"containerName":"c","resource":"limits.cpu","divisor":"1m"}}}],
        "envFrom":[{"prefix":"P_","configMapRef":{"name":"m"}},{"secretRef":{"name":"s","optional":true}}],
        "resources":{"limits":{"cpu":"500m"},"requests":{"memory":"64Mi"}}}],
        "initContainers":[{"name":"side","restartPolicy":"Always"},{"name":"first"}]},
        "status":{"phase":"Running","podIP":"10.244.3.4","podIPs":[{"ip":"10.244.3.4"},{"ip":"fd00::4"}],"hostIP":"192.0.2.1",
        "startTime":"2016-12-22T17:42:44Z","conditions":[{"type":"Initialized","status":"False"},{"type":"Ready","status":"True"}],
        "containerStatuses":[{"name":"test-container","ready":true,"restartCount":3,"started":true}]}}
        """#

    private static func pod(_ encoding: ObjectEncoding, _ keeping: KeptFields) throws -> Pod {
        let bodies = WireBodies(resource: .pods, encoding: encoding)
        let decoded = try ObjectReader.read(bodies.object(text), encoding, .pods, keeping)
        guard case .pod(let pod) = decoded.object else { throw Unexpected("\(decoded)") }
        return pod
    }

    @Test(arguments: encodings) func everything(_ encoding: ObjectEncoding) throws {
        let pod = try Self.pod(encoding, .everything)
        #expect(pod.phase == .running && pod.isReady && pod.readyContainers == 1 && pod.restarts == 3)
        #expect(pod.podIPs.map(\.description) == ["10.244.3.4", "fd00::4"])
        #expect(pod.hostIPs.map(\.description) == ["192.0.2.1"] && pod.startTime == 1_482_428_564)
        #expect(pod.hostname == "busybox-1" && pod.subdomain == "busybox-subdomain" && pod.nodeName == "node-1")
        #expect(!pod.enableServiceLinks && pod.serviceAccountName == "default")
        #expect(pod.controller == "ReplicaSet/dapi-3800858182")
        #expect(pod.containers.map(\.name) == ["test-container", "side", "first"])
        #expect(pod.containers.map(\.isInit) == [false, true, true])
        #expect(pod.containers.map(\.isRestartable) == [false, true, false])
    }

    @Test(arguments: encodings) func environment(_ encoding: ObjectEncoding) throws {
        let container = try #require(Self.pod(encoding, .everything).containers.first)
        #expect(container.ports == [ContainerPort(name: "http", port: 80)])
        #expect(
            container.environment == [
                EnvironmentEntry(name: "A", value: .literal("a")),
                EnvironmentEntry(
                    name: "B", value: .configMapKey(name: "special-config", key: "special.how", optional: false)),
                EnvironmentEntry(name: "C", value: .secretKey(name: "s", key: "k", optional: true)),
                EnvironmentEntry(name: "D", value: .field(path: "spec.nodeName")),
                EnvironmentEntry(
                    name: "E", value: .resource(containerName: "c", resource: "limits.cpu", divisor: "1m")),
            ])
        #expect(
            container.environmentSources == [
                EnvironmentSource(kind: .configMap, name: "m", prefix: "P_"),
                EnvironmentSource(kind: .secret, name: "s", optional: true),
            ])
        #expect(container.limits == ["cpu": "500m"] && container.requests == ["memory": "64Mi"])
    }

    @Test(arguments: encodings) func addressesAlone(_ encoding: ObjectEncoding) throws {
        let pod = try Self.pod(encoding, [])
        #expect(pod.podIPs.map(\.description) == ["10.244.3.4", "fd00::4"] && pod.phase == .running && pod.isReady)
        #expect(pod.containers.isEmpty && pod.nodeName.isEmpty)
    }
}
