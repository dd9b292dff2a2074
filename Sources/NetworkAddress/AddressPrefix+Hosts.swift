extension AddressPrefix {
    /// How many addresses a Service may be given: not the base, nor in IPv4 the last (the broadcast address).
    ///
    /// 0 for a /31 or /32 of IPv4 and a /128 of IPv6; `UInt64.max` where it does not fit. The same count as
    /// Kubernetes' allocator (pkg/registry/core/service/ipallocator).
    public var hostCount: UInt64 {
        let hostBits = base.bitCount - length
        if hostBits >= 64 { return .max }
        let size = UInt64(1) << UInt64(hostBits)
        let reserved: UInt64 = base.family == .ipv4 ? 2 : 1
        return size > reserved ? size - reserved : 0
    }

    /// The usable address at `index`, 0 the one after the base; nil from `hostCount` on.
    public func host(at index: UInt64) -> IPAddress? {
        guard index < hostCount else { return nil }
        let (low, carry) = base.low.addingReportingOverflow(index + 1)
        guard base.family == .ipv6 else { return IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) }
        return IPAddress(high: carry ? base.high &+ 1 : base.high, low: low)
    }
}
