/// A Kubernetes resource quantity (`500m`, `1.5`, `128Mi`, `1e3`), exact to a billionth of the unit.
///
/// Finer parts are rounded up and larger numbers become `Int64.max` units, as Kubernetes does it (apimachinery,
/// pkg/api/resource/quantity.go).
struct ResourceQuantity: Hashable, Sendable {
    /// Billionths of the unit.
    private let nanos: UInt128

    private static let limit = UInt128(Int64.max) * 1_000_000_000

    /// Reads a quantity that is not negative; nil for anything else.
    init?(_ text: String) {
        let octets = Array((text.hasPrefix("+") ? text.dropFirst() : text[...]).utf8)
        let number = octets.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, number.count >= parts.count,
            let scale = Self.scale(String(decoding: octets[number.count...], as: UTF8.self))
        else { return nil }
        nanos = Self.nanos(whole: parts[0], fraction: parts.count == 2 ? parts[1] : [], scale)
    }

    /// Whole units, rounded up.
    var value: Int64 { Int64(clamping: Self.ceiling(nanos, 1_000_000_000)) }

    /// Thousandths of the unit, rounded up.
    var milliValue: Int64 { Int64(clamping: Self.ceiling(nanos, 1_000_000)) }

    var isZero: Bool { nanos == 0 }

    /// Digits times the scale; at most 19 digits before the point and 18 behind it are told apart.
    private static func nanos(
        whole: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>, _ scale: (multiplier: UInt128, decimals: Int)
    ) -> UInt128 {
        let whole = whole.drop { $0 == 0x30 }
        guard whole.count <= 19 else { return limit }
        var digits = (whole + fraction.prefix(18)).reduce(UInt128(0)) { $0 * 10 + UInt128($1 - 0x30) }
        if fraction.dropFirst(18).contains(where: { $0 != 0x30 }) { digits += 1 }
        let divisor = power(10, min(fraction.count, 18) + scale.decimals)
        let product = digits.multipliedFullWidth(by: scale.multiplier)
        guard product.high < divisor else { return limit }
        let (quotient, remainder) = divisor.dividingFullWidth(product)
        return min(quotient + (remainder == 0 ? 0 : 1), limit)
    }

    private static func ceiling(_ value: UInt128, _ divisor: UInt128) -> UInt128 { (value + divisor - 1) / divisor }

    private static func power(_ base: UInt128, _ exponent: Int) -> UInt128 {
        (0..<exponent).reduce(1) { power, _ in power * base }
    }

    /// What a suffix means for billionths: times `multiplier`, then divided by ten `decimals` times.
    private static func scale(_ suffix: String) -> (multiplier: UInt128, decimals: Int)? {
        let binary = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60]
        if let bits = binary[suffix] { return (UInt128(1_000_000_000) << UInt128(bits), 0) }
        guard let exponent = decimalExponent(suffix) else { return nil }
        return exponent >= 0 ? (power(10, 9 + exponent), 0) : (1_000_000_000, -exponent)
    }

    /// The power of ten of a suffix; an exponent may be -18 to 18.
    private static func decimalExponent(_ suffix: String) -> Int? {
        let decimal = ["n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]
        if let exponent = decimal[suffix] { return exponent }
        guard let sign = suffix.first, sign == "e" || sign == "E", let exponent = Int(suffix.dropFirst()),
            (-18...18).contains(exponent)
        else { return nil }
        return exponent
    }
}
