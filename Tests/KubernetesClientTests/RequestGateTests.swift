import Testing

@testable import KubernetesClient

struct RequestGateTests {
    /// A bucket of 3 that fills with 50 a second: 8 requests take at least (8 - 3) / 50 s.
    @Test func theRateIsKept() async {
        let gate = RequestGate(APIClientLimits(rate: 50, burst: 3))
        let start = ContinuousClock.now
        for _ in 1...3 { await gate.pass {} }
        #expect(start.duration(to: .now) < .milliseconds(60))
        for _ in 1...5 { await gate.pass {} }
        #expect(start.duration(to: .now) >= .milliseconds(100))
    }

    private actor Crowd {
        private var count = 0
        private(set) var most = 0

        func enter() {
            count += 1
            most = max(most, count)
        }

        func leave() { count -= 1 }
    }

    @Test func noMoreThanAllowedAreInFlight() async {
        let gate = RequestGate(APIClientLimits(inFlight: 2))
        let crowd = Crowd()
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...10 {
                group.addTask {
                    await gate.pass {
                        await crowd.enter()
                        try? await Task.sleep(for: .milliseconds(5))
                        await crowd.leave()
                    }
                }
            }
        }
        #expect(await crowd.most == 2)
    }

    /// Who stops waiting frees no place that is taken, and takes none that is free.
    @Test func waitingCanBeGivenUp() async {
        let gate = RequestGate(APIClientLimits(inFlight: 1))
        await gate.pass {
            let waiting = Task { await gate.pass { true } }
            try? await Task.sleep(for: .milliseconds(20))
            waiting.cancel()
            #expect(await waiting.value == nil)
        }
        #expect(await gate.pass { true } == true)
    }

    @Test(arguments: [nil, 0, -1]) func zeroIsNoBound(_ bound: Int?) async {
        let gate = RequestGate(APIClientLimits(rate: bound.map(Double.init), burst: bound, inFlight: bound))
        #expect(await gate.pass { await gate.pass { true } } == true)
    }

    /// client-go: burst 10 where only a rate is given, 5 a second where only a burst is.
    @Test func defaultsAreThoseOfClientGo() {
        #expect(APIClientLimits(rate: 7).burst == 10)
        #expect(APIClientLimits(burst: 20).rate == 5)
        #expect(APIClientLimits().rate == nil)
    }
}
