import Synchronization

extension APIServer {
    /// Which endpoint was flipped.
    package struct Flip: Sendable {
        package var namespace: String
        package var slice: String
        package var address: String
        package var isReady: Bool
        package var revision: UInt64
    }

    /// Turns the readiness of one endpoint: the `index`th slice, then the `index`th endpoint in it, counted around.
    ///
    /// nil where no slice has endpoints at that place.
    @discardableResult
    package func flipEndpoint(_ index: Int) -> Flip? {
        state.withLock { state in
            let slices = state.store.objects(.endpointSlices).all
            guard !slices.isEmpty else { return nil }
            let slice = slices[index % slices.count]
            var value = slice.value
            guard var endpoints = value["endpoints"]?.array, !endpoints.isEmpty else { return nil }
            let place = index / slices.count % endpoints.count
            let isReady = endpoints[place]["conditions"]?["ready"] == false
            endpoints[place]["conditions", "ready"] = .bool(isReady)
            endpoints[place]["conditions", "serving"] = .bool(isReady)
            value["endpoints"] = .array(endpoints)
            let revision = state.put(.endpointSlices, slice.name, value).revision
            return Flip(
                namespace: slice.name.namespace, slice: slice.name.name,
                address: endpoints[place]["addresses"]?.array?.first?.string ?? "", isReady: isReady, revision: revision
            )
        }
    }

    /// Flips endpoints evenly spread in time, from the first on, until the task is cancelled.
    package func churn(perSecond rate: Int) async {
        let clock = ContinuousClock()
        let start = clock.now
        var index = 0
        while !Task.isCancelled, rate > 0 {
            flipEndpoint(index)
            index += 1
            try? await clock.sleep(until: start + .seconds(1) * index / rate)
        }
    }
}
