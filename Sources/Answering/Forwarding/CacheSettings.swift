package import DNSWire

/// What a `cache` directive says; without one answers are kept for those who wait for them, and failures for a moment.
package struct CacheSettings: Hashable, Sendable {
    /// Bounds for one kind of answer.
    package struct Limits: Hashable, Sendable {
        /// Entries.
        package var capacity: Int
        /// In seconds.
        package var maximumTTL: UInt32
        package var minimumTTL: UInt32

        package init(capacity: Int = 9984, maximumTTL: UInt32, minimumTTL: UInt32 = 0) {
            self.capacity = capacity
            self.maximumTTL = maximumTTL
            self.minimumTTL = minimumTTL
        }
    }

    /// Answers that many clients want are asked for again before they expire.
    package struct Prefetch: Hashable, Sendable {
        /// Hits within `duration` that make an answer worth it.
        package var amount: Int
        package var duration: Duration = .seconds(60)
        /// The share of its TTL that is left when it is asked for again, in percent.
        package var percentage: Int = 10
    }

    /// Answers that have expired (RFC 8767).
    package struct Stale: Hashable, Sendable {
        package enum Mode: Hashable, Sendable {
            /// Answer at once, and ask for a fresh one beside.
            case immediate
            /// Ask first; answer stale after this long, or when the upstreams fail.
            case verify(Duration)
        }

        /// How long after its end an answer may still be used.
        package var duration: Duration
        package var mode: Mode
    }

    package var success = Limits(maximumTTL: 3600)
    package var denial = Limits(maximumTTL: 1800)
    package var prefetch: Prefetch?
    package var stale: Stale?
    /// How long a failure is kept: 1-300 s by RFC 9520, 0 for not at all.
    package var failureDuration: Duration = .seconds(5)
    package var keepsTTL = false
    /// Names at or below these are kept; others are only asked for.
    package var zones: [NameSuffix] = []
    package var successExceptions: [NameSuffix] = []
    package var denialExceptions: [NameSuffix] = []

    package init() {}

    /// The settings where no `cache` is written: failures alone are kept.
    package static let none: CacheSettings = {
        var settings = CacheSettings()
        settings.success.capacity = 0
        settings.denial.capacity = 0
        settings.failureDuration = .seconds(1)
        settings.success.maximumTTL = 604_800
        settings.denial.maximumTTL = 604_800
        return settings
    }()

    package var keepsAnswers: Bool { success.capacity > 0 || denial.capacity > 0 }
}
