package import DNSWire

/// What the operator may learn about each query, and about which.
package struct LogRule: Hashable, Sendable {
    package enum Class: String, Hashable, Sendable, CaseIterable { case all, success, denial, error }

    /// Some of the classes; asked for every query, so that a test is one instruction.
    package struct Classes: OptionSet, Hashable, BitwiseCopyable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let success = Classes(rawValue: 1)
        package static let denial = Classes(rawValue: 2)
        package static let error = Classes(rawValue: 4)
        package static let all: Classes = [.success, .denial, .error]

        package init(_ one: Class) {
            switch one {
            case .all: self = .all
            case .success: self = .success
            case .denial: self = .denial
            case .error: self = .error
            }
        }
    }

    /// Queries must be at or below one of these.
    package var zones: [NameSuffix]
    package var format: LogFormat
    package var classes: Classes
}

extension LogRule.Classes {
    /// Whether answers with this RCODE are among these.
    ///
    /// NOERROR succeeds, NXDOMAIN denies, everything else is an error, as in CoreDNS.
    package func includes(_ rcode: RCODE) -> Bool {
        switch rcode {
        case .noError: contains(.success)
        case .nxDomain: contains(.denial)
        default: contains(.error)
        }
    }
}

extension LogRule {
    package func covers(_ name: borrowing FoldedName) -> Bool {
        let zones = zones.span
        for index in zones.indices where zones[index].covers(name) { return true }
        return false
    }
}

extension ServerConfiguration.Block {
    /// Whether `log` wants a line: of several rules the first that covers the name decides.
    func asksForLine(_ query: borrowing Query, _ rcode: RCODE) -> Bool {
        let log = log
        let rules = log.span
        for index in rules.indices where rules[index].covers(query.name) { return rules[index].classes.includes(rcode) }
        return false
    }
}
