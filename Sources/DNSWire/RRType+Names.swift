/// Mnemonics of types that this server does nothing of its own with (IANA "DNS Parameters").
extension RRType {
    static let otherNames: [UInt16: String] = [
        3: "MD", 4: "MF", 7: "MB", 8: "MG", 9: "MR", 10: "NULL", 11: "WKS", 14: "MINFO", 17: "RP", 18: "AFSDB",
        19: "X25", 20: "ISDN", 21: "RT", 22: "NSAP", 23: "NSAP-PTR", 24: "SIG", 25: "KEY", 26: "PX", 27: "GPOS",
        29: "LOC", 30: "NXT", 31: "EID", 32: "NIMLOC", 34: "ATMA", 36: "KX", 37: "CERT", 38: "A6",
        40: "SINK", 42: "APL", 45: "IPSECKEY", 49: "DHCID", 51: "NSEC3PARAM", 53: "SMIMEA",
        55: "HIP", 56: "NINFO", 57: "RKEY", 58: "TALINK", 59: "CDS", 60: "CDNSKEY", 61: "OPENPGPKEY", 62: "CSYNC",
        63: "ZONEMD", 99: "SPF", 100: "UINFO", 101: "UID", 102: "GID", 103: "UNSPEC", 104: "NID", 105: "L32",
        106: "L64", 107: "LP", 108: "EUI48", 109: "EUI64", 128: "NXNAME", 249: "TKEY", 250: "TSIG", 253: "MAILB",
        254: "MAILA", 258: "AVC", 259: "DOA", 260: "AMTRELAY", 261: "RESINFO",
        262: "WALLET", 32_768: "TA", 32_769: "DLV",
    ]
}
