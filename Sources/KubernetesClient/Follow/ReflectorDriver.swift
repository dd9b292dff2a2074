import AsyncAlgorithms
import KubernetesProtocol

/// Owns the socket and the clock of one reflector: one request, one timer, and the order of events.
struct ReflectorDriver<Machine: ListWatchMachine>: ~Copyable {
    /// An event on its way to the machine; `request` nil: not from a request.
    private struct Delivery: Sendable {
        var event: ReflectorEvent
        var request: Int?
        /// That no head of a response came.
        var isSilence = false
    }

    private var machine: Machine
    private let keeping: KeptFields
    private let transport: Transport
    private let probe: ServerProbe
    private let sink: @Sendable (ReflectorAction) async -> Void

    private let inbox = AsyncChannel<Delivery>()
    private let start = ContinuousClock.now
    private var timer: WakeTimer
    /// The number of the request in flight; events of earlier ones are dropped.
    private var requestNumber = 0
    private var requestTask: Task<Void, Never>?
    private var isInFlight = false
    private var probeID: Int?

    init(
        _ machine: Machine, keeping: KeptFields, transport: Transport, probe: ServerProbe,
        sink: @escaping @Sendable (ReflectorAction) async -> Void
    ) {
        self.machine = machine
        self.keeping = keeping
        self.transport = transport
        self.probe = probe
        self.sink = sink
        timer = WakeTimer { [inbox] in await inbox.send(Delivery(event: .woke)) }
    }

    mutating func run() async {
        await handle(Delivery(event: .started))
        for await delivery in inbox {
            guard delivery.request == nil || delivery.request == requestNumber && isInFlight else { continue }
            if delivery.event == .woke, !timer.isDue() { continue }
            await handle(delivery)
        }
        inbox.finish()
        timer.cancel()
        requestTask?.cancel()
        await requestTask?.value
        if let probeID { await probe.leave(probeID) }
    }

    private mutating func handle(_ delivery: Delivery) async {
        if delivery.event.endsRequest { isInFlight = false }
        await leaveProbe()
        let number = requestNumber
        for action in machine.handle(delivery.event, now: start.duration(to: .now)) { await perform(action) }
        await joinProbe(after: delivery, hasSent: requestNumber != number)
    }

    private mutating func perform(_ action: ReflectorAction) async {
        switch action {
        case .send(let request): send(request)
        case .cancel: cancel()
        case .wake(let time): timer.set(time.map { start + $0 })
        case .renewCredentials: await transport.credentials.expire()
        case .apply, .reached, .synced, .report: await sink(action)
        }
    }

    private mutating func cancel() {
        requestTask?.cancel()
        isInFlight = false
    }
}

// MARK: - The request in flight

extension ReflectorDriver {
    private mutating func send(_ asked: APIRequest) {
        cancel()
        requestNumber += 1
        isInFlight = true
        requestTask = Task { [number = requestNumber, inbox, transport, keeping] in
            let tell = { (event: ReflectorEvent) in await inbox.send(Delivery(event: event, request: number)) }
            do throws(APIError) {
                let response = try await transport.open(asked)
                await tell(.opened)
                if asked.purpose == .watch {
                    try await transport.readWatch(response, asked, keeping: keeping) { await tell(.watched($0)) }
                    await tell(.watchEnded)
                } else {
                    let end = try await transport.readList(response, asked, keeping: keeping) {
                        await tell(.listed($0))
                    }
                    await tell(.pageEnded(end))
                }
            } catch {
                await inbox.send(
                    Delivery(event: ReflectorEvent(error), request: number, isSilence: error.reason == .unreachable))
            }
        }
    }
}

extension ReflectorEvent {
    fileprivate init(_ error: APIError) {
        switch error.reason {
        case .refused(let status): self = .refused(status)
        case .malformed: self = .malformed(error.description)
        case .credentials, .unreachable, .interrupted: self = .failed(error.description)
        }
    }

    fileprivate var endsRequest: Bool {
        switch self {
        case .pageEnded, .watchEnded, .refused, .failed, .malformed: true
        case .started, .opened, .listed, .watched, .woke, .serverReturned: false
        }
    }
}

// MARK: - The probe

extension ReflectorDriver {
    private mutating func leaveProbe() async {
        guard let id = probeID else { return }
        probeID = nil
        await probe.leave(id)
    }

    /// Waits for the server where the machine waits because no answer came, or one that may pass by itself.
    ///
    /// Also while a request that was sent again has no answer: it may have got lost together with the one before, and
    /// nothing would say so for seconds.
    private mutating func joinProbe(after delivery: Delivery, hasSent: Bool) async {
        let isWaiting = !isInFlight && timer.isSet && (delivery.isSilence || delivery.event.isServerTrouble)
        let isAsking = isInFlight && hasSent && delivery.event.isOfNoRequest
        guard isWaiting || isAsking else { return }
        probeID = await probe.join(afterSilence: delivery.isSilence) { [inbox] in
            await inbox.send(Delivery(event: .serverReturned))
        }
    }
}

extension ReflectorEvent {
    fileprivate var isServerTrouble: Bool {
        if case .refused(let status) = self { return status.code >= 500 }
        return false
    }

    /// Whether it came of time, not of an answer.
    fileprivate var isOfNoRequest: Bool { self == .woke || self == .serverReturned }
}
