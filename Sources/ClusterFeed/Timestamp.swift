/// RFC 3339 times, as `metadata.creationTimestamp` holds them.
enum Timestamp {
    /// Seconds since 1970-01-01 UTC; a fraction is dropped.
    ///
    /// nil where the text is no date and time with an offset.
    static func seconds(rfc3339 text: String) -> Int64? {
        let octets = Array(text.utf8)
        guard octets.count >= 20, octets.count <= 40, octets[4] == UInt8(ascii: "-"), octets[7] == UInt8(ascii: "-"),
            "Tt ".utf8.contains(octets[10]), octets[13] == UInt8(ascii: ":"), octets[16] == UInt8(ascii: ":"),
            let year = number(octets[0..<4]), let month = number(octets[5..<7]), let day = number(octets[8..<10]),
            let hour = number(octets[11..<13]), let minute = number(octets[14..<16]),
            let second = number(octets[17..<19]), (1...12).contains(month), (1...31).contains(day), hour < 24,
            minute < 60, second <= 60, let offset = offset(afterFraction(octets[19...]))
        else { return nil }
        return ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    private static func afterFraction(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard rest.first == UInt8(ascii: ".") else { return rest }
        return rest.dropFirst().drop { (0x30...0x39).contains($0) }
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
