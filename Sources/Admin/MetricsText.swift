import Answering

/// Writes metrics in the Prometheus text format, version 0.0.4, into one run of octets.
struct MetricsText {
    enum Kind: String { case counter, gauge, histogram }

    typealias Label = (name: StaticString, value: String)

    private(set) var octets: [UInt8] = []
    private var name = ""

    init() { octets.reserveCapacity(32_768) }

    /// Writes one family: its HELP and TYPE lines, and what `body` adds; nothing where that is nothing.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ body: (inout MetricsText) -> Void) {
        let start = octets.count
        octets += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n".utf8
        let before = octets.count
        self.name = name
        body(&self)
        if octets.count == before { octets.removeSubrange(start...) }
    }

    mutating func sample(_ labels: [Label] = [], _ value: UInt64) {
        write(name, labels)
        octets += String(value).utf8
        octets.append(UInt8(ascii: "\n"))
    }

    mutating func sample(_ labels: [Label] = [], _ value: Double) {
        write(name, labels)
        octets += Self.text(value).utf8
        octets.append(UInt8(ascii: "\n"))
    }

    /// Writes the buckets, sum and count of a histogram; `unit` is how many of its values make one of the metric's.
    mutating func sample(_ labels: [Label] = [], _ histogram: Histogram, bounds: [UInt64], unit: Double) {
        var count: UInt64 = 0
        for (index, bound) in bounds.enumerated() {
            count &+= histogram.buckets[index]
            line("_bucket", labels + [("le", Self.text(Double(bound) / unit))], String(count))
        }
        line("_bucket", labels + [("le", "+Inf")], String(histogram.count))
        line("_sum", labels, Self.text(Double(histogram.sum) / unit))
        line("_count", labels, String(histogram.count))
    }

    private mutating func line(_ suffix: String, _ labels: [Label], _ value: String) {
        write(name + suffix, labels)
        octets += value.utf8
        octets.append(UInt8(ascii: "\n"))
    }

    private mutating func write(_ name: String, _ labels: [Label]) {
        octets += name.utf8
        for (index, label) in labels.enumerated() {
            octets += (index == 0 ? "{" : ",").utf8
            octets += "\(label.name)=\"".utf8
            for octet in label.value.utf8 { append(escaped: octet) }
            octets.append(UInt8(ascii: "\""))
        }
        octets += (labels.isEmpty ? " " : "} ").utf8
    }

    /// The format escapes backslash, quote and line feed in label values, and nothing else.
    private mutating func append(escaped octet: UInt8) {
        switch octet {
        case UInt8(ascii: "\\"): octets += "\\\\".utf8
        case UInt8(ascii: "\""): octets += "\\\"".utf8
        case UInt8(ascii: "\n"): octets += "\\n".utf8
        default: octets.append(octet)
        }
    }

    /// The shortest text of a number, whole ones without a point.
    private static func text(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return value.description
    }
}
