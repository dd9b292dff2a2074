/// Moments as operators read them.
package enum UTCTime {
    private static let secondsPerDay: Int64 = 86_400
    /// Days of the 400 years after which the calendar repeats.
    private static let daysPerEra: Int64 = 146_097

    /// `2026-07-01 12:00:00 UTC` for seconds since 1970, in the Gregorian calendar.
    package static func text(_ seconds: Int64) -> String {
        let days = (seconds >= 0 ? seconds : seconds - secondsPerDay + 1) / secondsPerDay
        let (year, month, day) = date(days)
        let second = seconds - days * secondsPerDay
        let clock = [second / 3600, second / 60 % 60, second % 60].map(twoDigits).joined(separator: ":")
        return "\(year)-\(twoDigits(month))-\(twoDigits(day)) \(clock) UTC"
    }

    /// Counts from 1 March of a year that 400 divides, so that a leap day is the last of its year.
    private static func date(_ daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = daysSince1970 + 719_468
        let era = days >= 0 ? days / daysPerEra : (days - daysPerEra + 1) / daysPerEra
        let dayOfEra = days - era * daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        // Months from March on have 153 days in each five.
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
