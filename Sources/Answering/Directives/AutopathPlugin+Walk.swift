package import DNSWire

/// The walk along a client's search path.
extension AutopathPlugin {
    /// A name that a CNAME led to was never completed by a client.
    package func stepsAside(in answerer: borrowing Answerer, _ response: borrowing ResponseWriter) -> Bool {
        response.ownerOffset != Query.headerOctetCount
    }

    /// Answers with the rest of the chain for the name that was asked, or for a later one of the path.
    ///
    /// What is deferred is found again on the next walk, which comes to the same place.
    package func interpose(
        on answerer: inout Answerer, _ route: ServerConfiguration.Route, _ place: Int, _ response: inout ResponseWriter
    ) -> RCODE? {
        let mark = response.mark
        guard let first = answerer.resolve(route, from: place + 1, &response) else { return nil }
        guard first == .nxDomain else { return first }
        for step in 0..<stepCount {
            goBack(to: mark, &answerer, &response)
            switch write(step: step, answerer.query, &response) {
            case .none: continue
            case .full:
                response.flags |= Query.Flag.truncated
                return .noError
            case .alias(let target):
                guard response.follow(aliasAt: target, &answerer.query), let next = answerer.route() else { continue }
                // In the same block, what stands before `autopath` has had its turn.
                let start = next.block === route.block ? place + 1 : 0
                guard let rcode = answerer.resolve(next, from: start, &response) else { return nil }
                if rcode == .nxDomain || rcode == .refused { continue }
                return end(with: rcode, mark, &answerer, route, &response)
            }
        }
        goBack(to: mark, &answerer, &response)
        return answerer.resolve(route, from: place + 1, &response)
    }

    private func goBack(
        to mark: ResponseWriter.Mark, _ answerer: inout Answerer, _ response: inout ResponseWriter
    ) {
        response.rewind(to: mark)
        _ = response.follow(aliasAt: Query.headerOctetCount, &answerer.query)
    }

    private func end(
        with rcode: RCODE, _ mark: ResponseWriter.Mark, _ answerer: inout Answerer, _ route: ServerConfiguration.Route,
        _ response: inout ResponseWriter
    ) -> RCODE {
        if rcode == .servFail {
            // The CNAME would say that the name exists.
            let reason = response.extendedError
            goBack(to: mark, &answerer, &response)
            response.extendedError = reason
        } else {
            response.setAliasTTL(since: mark)
            answerer.statistics[route.series].count(.completed)
        }
        return rcode
    }
}
