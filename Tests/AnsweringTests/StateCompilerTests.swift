import Answering
import ClusterModel
import ClusterZone
import DNSTesting
import DNSWire
import DNSZone
import Synchronization
import Testing

/// What the compiler publishes, and when.
struct StateCompilerTests {
    private static func corefile(ttl: Int, manifests: String = "services", state: String = "") -> String {
        """
        . {
            kubernetes cluster.local {
                manifests \(manifests)
                ttl \(ttl)
                \(state.isEmpty ? "" : "state \(state)")
            }
        }
        """
    }

    /// Keeps what was published and what was reserved.
    private final class Record: Sendable {
        let states = Mutex<[ServingState]>([])
        let marks = Mutex<[UInt32]>([])
        let clock = Mutex<UInt32>(1000)

        var last: ServingState? { states.withLock { $0.last } }
    }

    private static func compiler(_ text: String, _ record: Record, mark: UInt32 = 0) async throws -> StateCompiler {
        let configuration = try TestServer.configuration(text)
        let compiler = StateCompiler(
            configuration: configuration, now: { record.clock.withLock { $0 } },
            reserve: { _, mark in record.marks.withLock { $0.append(mark) } })
        let sources = Set(configuration.registries.map(\.source))
        await compiler.expect(sources, marks: Dictionary(uniqueKeysWithValues: sources.map { ($0, mark) }))
        let first = await compiler.start()
        record.states.withLock { $0 = [first] }
        await compiler.attach { state in record.states.withLock { $0.append(state) } }
        return compiler
    }

    private static func update(_ store: inout ClusterStore, _ text: String) throws -> ClusterDelta {
        store.apply(try RegistryText.changes(text))
    }

    private static func source(of state: ServingState?) throws -> RegistrySource {
        try #require(state?.configuration.registries.first?.source)
    }

    @Test func firstReportMakesTheRegistryComplete() async throws {
        let record = Record()
        let compiler = try await Self.compiler(Self.corefile(ttl: 5), record)
        #expect(record.last?.isReady == false)
        var store = ClusterStore()
        let delta = try Self.update(&store, "namespace shop\nservice web.shop 10.0.0.1 http:80")
        await compiler.apply(delta, snapshot: store.snapshot, from: try Self.source(of: record.last))
        #expect(record.last?.isReady == true && record.last?.generation == 2)
    }

    /// A Kubernetes API's first report is its snapshot alone: a delta of ten thousand Services would cost memory.
    @Test func theFirstReportNeedsNoDelta() async throws {
        let record = Record()
        let compiler = try await Self.compiler(Self.corefile(ttl: 5), record)
        var store = ClusterStore()
        _ = try Self.update(&store, "namespace shop\nservice web.shop 10.0.0.1 http:80")
        await compiler.apply(ClusterDelta(), snapshot: store.snapshot, from: try Self.source(of: record.last))
        let state = try #require(record.last)
        var name = FoldedName()
        name.set(try Name("web.shop.svc.cluster.local"))
        let table = state.zones[0].table
        let isThere = table.block(for: name) != nil
        #expect(state.isReady && isThere)
    }

    @Test func aChangeOfOptionsKeepsTheObjects() async throws {
        let record = Record()
        let compiler = try await Self.compiler(Self.corefile(ttl: 5), record)
        var store = ClusterStore()
        let delta = try Self.update(&store, "namespace shop\nservice web.shop 10.0.0.1 http:80")
        await compiler.apply(delta, snapshot: store.snapshot, from: try Self.source(of: record.last))
        await compiler.apply(try TestServer.configuration(Self.corefile(ttl: 77)))
        let state = try #require(record.last)
        #expect(state.isReady && state.zones.map(\.options.ttl) == [77])
        var name = FoldedName()
        name.set(try Name("web.shop.svc.cluster.local"))
        let table = state.zones[0].table
        let isThere = table.block(for: name) != nil
        #expect(isThere)
    }

    @Test func aSourceThatWasDroppedSaysNothingMore() async throws {
        let record = Record()
        let compiler = try await Self.compiler(Self.corefile(ttl: 5), record)
        let old = try Self.source(of: record.last)
        await compiler.apply(try TestServer.configuration(Self.corefile(ttl: 5, manifests: "others")))
        var store = ClusterStore()
        let delta = try Self.update(&store, "namespace shop\nservice web.shop 10.0.0.1 http:80")
        await compiler.apply(delta, snapshot: store.snapshot, from: old)
        #expect(await !compiler.isComplete([old]))
        await compiler.apply(try TestServer.configuration(Self.corefile(ttl: 5)))
        #expect(record.last?.isReady == false)
    }

    @Test func serialsStartBehindTheMarkAndOnlyMoveForward() async throws {
        let record = Record()
        let compiler = try await Self.compiler(Self.corefile(ttl: 5, state: "registry"), record, mark: 5000)
        let first = try #require(record.last?.zones.first?.serial)
        #expect(first > 5000)
        var store = ClusterStore()
        let delta = try Self.update(&store, "namespace shop\nservice web.shop 10.0.0.1 http:80")
        await compiler.apply(delta, snapshot: store.snapshot, from: try Self.source(of: record.last))
        let second = try #require(record.last?.zones.first?.serial)
        #expect(second > first)
        // Every serial in use lies below a mark that was stored before.
        #expect(record.marks.withLock { $0.max() ?? 0 } > second)
    }

    @Test func twoRegistriesMayNotShareAFile() {
        let text = """
            a.local {
                kubernetes a.local {
                    manifests one
                    state registry
                }
            }
            b.local {
                kubernetes b.local {
                    manifests two
                    state registry
                }
            }
            """
        #expect {
            try TestServer.configuration(text)
        } throws: { error in
            "\(error)".hasPrefix("Corefile:8:5: ") && "\(error)".contains("state")
        }
    }
}

struct SerialNumberTests {
    @Test func followsTheClockAndNeverRepeats() {
        var serials = SerialNumbers()
        #expect(serials.next(now: 100).serial == 100)
        #expect(serials.next(now: 100).serial == 101)
        #expect(serials.next(now: 50).serial == 102)
        #expect(serials.next(now: 500).serial == 500)
    }

    @Test func aRestartGoesOnAtTheMark() throws {
        var serials = SerialNumbers()
        let (serial, mark) = serials.next(now: 100)
        let stored = try #require(mark)
        #expect(stored > serial)
        // A serial below the mark needs nothing stored; a clock that went back does not matter.
        #expect(serials.next(now: 101).mark == nil)
        var restarted = SerialNumbers(mark: stored)
        #expect(restarted.next(now: 1).serial > stored)
    }
}

/// What the chain makes of a name that no plugin has.
struct FallingThroughTests {
    @Test func hostsAsTheLastPluginAnswersNothingForTheRestOfTheWorld() throws {
        let server = try TestServer(
            """
            . {
                hosts {
                    192.0.2.1 a.example
                    fallthrough
                }
            }
            """)
        #expect(try server.ask("a.example.", .a).summary.contains("192.0.2.1"))
        #expect(try server.ask("b.example.", .a).summary.contains("REFUSED"))
    }
}
