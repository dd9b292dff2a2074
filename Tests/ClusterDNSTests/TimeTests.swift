import Testing

@testable import ClusterDNS

struct HumanDurationTests {
    struct Row: Sendable { var seconds: Int64, want: String }

    private static let hour: Int64 = 3600
    private static let day: Int64 = 86_400

    /// The bounds of apimachinery, pkg/util/duration/duration.go.
    static let rows = [
        Row(seconds: -2, want: "<invalid>"), Row(seconds: -1, want: "0s"), Row(seconds: 0, want: "0s"),
        Row(seconds: 1, want: "1s"), Row(seconds: 70, want: "70s"), Row(seconds: 119, want: "119s"),
        Row(seconds: 120, want: "2m"), Row(seconds: 190, want: "3m10s"), Row(seconds: 599, want: "9m59s"),
        Row(seconds: 600, want: "10m"), Row(seconds: 70 * 60, want: "70m"), Row(seconds: 3 * hour - 1, want: "179m"),
        Row(seconds: 3 * hour, want: "3h"), Row(seconds: 3 * hour + 600, want: "3h10m"),
        Row(seconds: 8 * hour - 1, want: "7h59m"), Row(seconds: 8 * hour + 600, want: "8h"),
        Row(seconds: 47 * hour, want: "47h"), Row(seconds: 48 * hour, want: "2d"),
        Row(seconds: 49 * hour, want: "2d1h"),
        Row(seconds: 8 * day - 1, want: "7d23h"), Row(seconds: 8 * day + 2 * hour, want: "8d"),
        Row(seconds: 367 * day, want: "367d"), Row(seconds: 365 * 2 * day + 25 * hour, want: "2y1d"),
        Row(seconds: 365 * 2 * day, want: "2y"), Row(seconds: 365 * 8 * day + 2 * hour, want: "8y"),
        Row(seconds: .max, want: "292471208677y"),
    ]

    @Test(arguments: rows) func text(_ row: Row) {
        #expect(HumanDuration.text(seconds: row.seconds) == row.want)
    }

    @Test func ageWithoutCreationTime() {
        #expect(HumanDuration.age(since: nil, now: 5) == "<unknown>")
        #expect(HumanDuration.age(since: .min, now: 5) == "<invalid>")
    }
}

struct TimeTextTests {
    struct Row: Sendable { var seconds: Int64, want: String }

    /// As `date -u -d @SECONDS +%FT%TZ` prints them.
    static let rows = [
        Row(seconds: 0, want: "1970-01-01T00:00:00Z"), Row(seconds: -1, want: "1969-12-31T23:59:59Z"),
        Row(seconds: 951_782_400, want: "2000-02-29T00:00:00Z"),
        Row(seconds: 1_767_604_200, want: "2026-01-05T09:10:00Z"),
        Row(seconds: 4_107_542_399, want: "2100-02-28T23:59:59Z"),
        Row(seconds: 4_107_542_400, want: "2100-03-01T00:00:00Z"),
    ]

    @Test(arguments: rows) func rfc3339(_ row: Row) { #expect(TimeText.rfc3339(row.seconds) == row.want) }
}
