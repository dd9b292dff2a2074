extension PEMSource {
    /// The text itself; `what` names it in the sentence that is thrown where a file cannot be read.
    func octets(what: String) throws(ConfigurationError) -> [UInt8] {
        switch self {
        case .file(let path): try CredentialFile.read(path, what: what)
        case .embedded(let octets, _): octets.value
        }
    }
}
