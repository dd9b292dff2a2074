/// RFC 3339 times, as `metadata.creationTimestamp` holds them.
package enum Timestamp {
    /// Seconds since 1970-01-01 UTC; a fraction is dropped.
    ///
    /// nil where the text is no date and time with an offset.
    package static func seconds(rfc3339 text: String) -> Int64? { parse(text)?.seconds }

    /// Nanoseconds since 1970-01-01 UTC; nil also for a time more than 292 years from then.
    static func nanoseconds(rfc3339 text: String) -> Int64? {
        guard let (seconds, nanoseconds) = parse(text) else { return nil }
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = whole.addingReportingOverflow(nanoseconds)
        return overflow || carry ? nil : sum
    }

    private static func parse(_ text: String) -> (seconds: Int64, nanoseconds: Int64)? {
        let octets = Array(text.utf8)
        guard octets.count >= 20, octets.count <= 40, octets[4] == UInt8(ascii: "-"), octets[7] == UInt8(ascii: "-"),
            "Tt ".utf8.contains(octets[10]), octets[13] == UInt8(ascii: ":"), octets[16] == UInt8(ascii: ":"),
            let year = number(octets[0..<4]), let month = number(octets[5..<7]), let day = number(octets[8..<10]),
            let hour = number(octets[11..<13]), let minute = number(octets[14..<16]),
            let second = number(octets[17..<19]), (1...12).contains(month), (1...31).contains(day), hour < 24,
            minute < 60, second <= 60
        else { return nil }
        let fraction = fraction(octets[19...])
        guard let offset = offset(octets[(19 + fraction.octetCount)...]) else { return nil }
        let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset
        return (seconds, fraction.nanoseconds)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// A point and digits, in nanoseconds; both are 0 where there is no point.
    private static func fraction(_ rest: ArraySlice<UInt8>) -> (nanoseconds: Int64, octetCount: Int) {
        guard rest.first == UInt8(ascii: ".") else { return (0, 0) }
        let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
        let nine = digits.prefix(9) + Array(repeating: UInt8(ascii: "0"), count: max(0, 9 - digits.count))
        return (number(nine) ?? 0, 1 + digits.count)
    }

    /// `Z` or `+hh:mm`, in seconds east of UTC.
    private static func offset(_ text: ArraySlice<UInt8>) -> Int64? {
        if text.count == 1, let only = text.first, "Zz".utf8.contains(only) { return 0 }
        guard text.count == 6, let sign = text.first, "+-".utf8.contains(sign) else { return nil }
        let at = text.startIndex
        guard text[at + 3] == UInt8(ascii: ":"), let hours = number(text[at + 1..<at + 3]),
            let minutes = number(text[at + 4..<at + 6]), hours < 24, minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * 60 * (sign == UInt8(ascii: "-") ? -1 : 1)
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar; March counts as the first month of its year.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let years = month <= 2 ? year - 1 : year
        let era = years >= 0 ? years / 400 : (years - 399) / 400
        let yearOfEra = years - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
