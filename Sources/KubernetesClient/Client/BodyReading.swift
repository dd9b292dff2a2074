import AsyncHTTPClient
import KubernetesProtocol
import NIOCore

extension Transport {
    /// Reads the body of a list piece by piece, the next when `take` has taken the objects of the last.
    func readList(
        _ response: Response, _ request: APIRequest, keeping: KeptFields,
        _ take: ([DecodedObject]) async -> Void
    ) async throws(APIError) -> ListMetadata {
        var reader = ListReader.make(response.encoding, request.resource, keeping)
        do {
            for try await chunk in response.http.body {
                let objects = try reader.read(chunk.readableBytesSpan)
                if !objects.isEmpty { await take(objects) }
            }
            return try reader.finish()
        } catch {
            throw await bodyError(error, request)
        }
    }

    /// Reads the body of a watch until the server ends it; events that come while `take` runs are taken together.
    func readWatch(
        _ response: Response, _ request: APIRequest, keeping: KeptFields, _ take: ([WatchEvent]) async -> Void
    ) async throws(APIError) {
        let gathered = GatheredEvents()
        async let end = gather(response, request, keeping, into: gathered)
        while let events = await gathered.next() { await take(events) }
        if let error = await end { throw error }
    }

    /// Returns how the body ended: with nil where the server ended it in order.
    private func gather(
        _ response: Response, _ request: APIRequest, _ keeping: KeptFields, into gathered: GatheredEvents
    ) async -> APIError? {
        defer { gathered.end() }
        var reader = WatchReader.make(response.encoding, request.resource, keeping)
        do {
            for try await chunk in response.http.body {
                let events = try reader.read(chunk.readableBytesSpan)
                if !events.isEmpty { await gathered.append(events) }
            }
            return nil
        } catch {
            return await bodyError(error, request)
        }
    }

    /// Reads the body that is one object.
    func readObject(
        _ response: Response, _ request: APIRequest, keeping: KeptFields
    ) async throws(APIError) -> DecodedObject {
        do {
            let octets = try await response.http.octets(upTo: ObjectLimit.octetCountMax)
            return try ObjectReader.read(octets, response.encoding, request.resource, keeping)
        } catch {
            throw await bodyError(error, request)
        }
    }

    private func bodyError(_ error: any Error, _ request: APIRequest) async -> APIError {
        guard let error = error as? StreamError else { return APIError(.interrupted, await sentence(error)) }
        return APIError(
            .malformed,
            "The answer of the API server \(configuration.server) to \(request.path) makes no sense: \(error).")
    }
}
