/// A hash that is the same in every process and release: it chooses addresses and names that must not move.
///
/// FNV-1a over the UTF-8 octets, then one mixing step, so that every bit of the result depends on every octet.
struct StableHash {
    private var state: UInt64

    init(seed: UInt64) { state = 0xcbf2_9ce4_8422_2325 ^ seed }

    mutating func combine(_ text: String) {
        for octet in text.utf8 { combine(octet) }
        // No text holds this octet, so ("ab", "c") and ("a", "bc") differ.
        combine(UInt8(0xFF))
    }

    private mutating func combine(_ octet: UInt8) { state = (state ^ UInt64(octet)) &* 0x0000_0100_0000_01b3 }

    var value: UInt64 {
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
