import Answering
import DNSWire
import HeapModule

/// Queries that wait: from their arrival to their response.
extension LaneCore {
    /// Takes a query, or a question to be renewed.
    package func begin(_ job: ResolverJob) {
        let key = ExchangeKey(group: ObjectIdentifier(job.group), question: job.need)
        if case .refresh = job.origin {
            // Whoever renews it already does so for all.
            if open[key] == nil { startExchange(key, job, waiter: nil) }
            return commons.ended(job)
        }
        // Another query's answer may have come while this one was on its way here.
        if open[key] == nil, ended.mayHave(job.need, since: job.start) { answer(job, .waits) } else { wait(job, key) }
    }

    /// Answers a query, or finds what it needs next.
    func answer(_ job: ResolverJob, _ patience: Patience) {
        var job = job
        var patience = patience
        if job.found.count > ResolverLimits.roundCountMax { patience = .isOver }
        let answerer = answerer(for: job.listen)
        switch answerer.answer(job, patience, at: now, commons.publisher, commons.log) {
        case .response(let octets):
            answerer.withOctets(octets) { reply(job, $0) }
        case .silence:
            reply(job, [UInt8]().rawSpan)
        case .needs(let need, let group):
            guard patience != .isOver else { return reply(job, [UInt8]().rawSpan) }
            (job.need, job.group) = (need, group)
            if asks(need) {
                wait(job, ExchangeKey(group: ObjectIdentifier(group), question: need))
            } else {
                outside.hand(job)
            }
        }
    }

    private func reply(_ job: ResolverJob, _ octets: RawSpan) {
        switch job.origin {
        case .datagram(let replies, let envelope): replies.send(octets, to: envelope)
        case .stream(let complete):
            var copy: [UInt8] = []
            copy.append(octetsOf: octets)
            complete(copy)
        case .refresh: break
        }
        commons.ended(job)
    }

    /// Lets a query wait for an exchange, which is started where there is none.
    private func wait(_ job: ResolverJob, _ key: ExchangeKey) {
        let id = makeID()
        jobs[id] = job
        deadlines.append((job.start &+ commons.limits.queryTimeout.nanoseconds, id))
        if case .verify(let timeout)? = job.group.cache.settings.stale?.mode, !job.isStaleTried {
            alarms.insert(Alarm(time: now &+ timeout.nanoseconds, subject: .job(id)))
        }
        if let exchange = open[key] {
            exchanges[exchange]?.waiters.append(id)
        } else {
            startExchange(key, job, waiter: id)
        }
    }

    /// A query has waited long: for as long as a stale answer is held back, or for all the time there is.
    func hurry(_ id: UInt64) {
        guard var job = jobs[id] else { return }
        if now >= job.start &+ commons.limits.queryTimeout.nanoseconds {
            jobs[id] = nil
            return answer(job, .isOver)
        }
        guard !job.isStaleTried else { return }
        job.isStaleTried = true
        jobs[id] = job
        // Where there is nothing stale it goes on waiting; the exchange goes on in any case.
        let answerer = answerer(for: job.listen)
        let result = answerer.answer(job, .takesStale, at: now, commons.publisher, commons.log)
        guard case .response(let octets) = result else { return }
        jobs[id] = nil
        answerer.withOctets(octets) { reply(job, $0) }
    }

    /// Gives what an exchange brought to all who wait for it.
    func deliver(_ answer: StoredAnswer, _ exchange: LaneExchange) {
        for id in exchange.waiters {
            guard var job = jobs.removeValue(forKey: id) else { continue }
            job.found.append(FoundAnswer(group: exchange.runtime.group, question: exchange.question, answer: answer))
            self.answer(job, .waits)
        }
    }
}
