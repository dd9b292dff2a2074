package import ClusterModel

/// What happened to the one request a reflector has in flight, or to its clock.
package enum ReflectorEvent: Hashable, Sendable {
    /// Begin; once, and first.
    case started
    /// The head of a response with status 200.
    case opened
    /// Objects of the page in flight, as they arrive.
    case listed([DecodedObject])
    /// The page in flight is complete.
    case pageEnded(ListMetadata)
    /// Events of the watch in flight, as they arrive.
    case watched([WatchEvent])
    /// The server closed the watch in good order.
    case watchEnded
    /// A response with another status.
    case refused(APIStatus)
    /// No connection, or a broken one: a sentence says which.
    case failed(String)
    /// A body that makes no sense (an HTML page, another kind, a cut or unnumbered list): a sentence says what was found.
    case malformed(String)
    /// The time asked for with `ReflectorAction.wake` has come.
    case woke
    /// The server answers again after it did not: whatever waits because of that need not any longer.
    ///
    /// The driver asks `/readyz` every half second or so while a reflector waits for a server that did not answer or
    /// answered with 5xx, and sends this at the first success after a failure. Without it a reflector comes back too, but
    /// after an outage of ten minutes it may take 30 s.
    case serverReturned
}

/// What the driver of a reflector has to do, in this order.
package enum ReflectorAction: Hashable, Sendable {
    /// Send this; nothing else is in flight.
    case send(APIRequest)
    /// Give up the request in flight; no event of it may come after this.
    case cancel
    /// Send `woke` when the clock reads this; replaces what was asked for before, nil takes it back.
    ///
    /// Waking too early does no harm.
    case wake(at: Duration?)
    /// Hand these to the registry.
    case apply([ClusterChange])
    /// The registry holds everything up to `resourceVersion`: after a whole list, and with each bookmark and event.
    ///
    /// Empty: what was reached before is worth nothing any more, and a start from here has to list.
    case reached(resourceVersion: String)
    /// The view of this resource is complete: now, and for the first time since the start or since it was lost.
    case synced
    /// Read tokens and certificates again before the next request.
    case renewCredentials
    /// Say this to the operator; the same `cause` again is to be said rarely.
    case report(ReflectorReport)
}

/// A sentence for the log and the pages.
package struct ReflectorReport: Hashable, Sendable {
    package enum Cause: String, Hashable, Sendable, CaseIterable {
        case unreachable, refused, unauthorized, forbidden, throttled, expired, malformed, silent, object, emptied,
            absent, recovered
    }

    package var cause: Cause
    package var resource: APIResource
    /// With the object's name where it is about one.
    package var message: String

    package init(_ cause: Cause, _ resource: APIResource, _ message: String) {
        self.cause = cause
        self.resource = resource
        self.message = message
    }
}
