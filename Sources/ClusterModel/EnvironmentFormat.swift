/// The forms in which an environment is written.
package enum EnvironmentFormat: String, Hashable, Sendable, CaseIterable {
    /// `NAME=value` lines, as printenv writes them.
    case env
    /// `export NAME='value'` lines for a POSIX shell.
    case shell
    /// `NAME='value'` lines for dotenv readers.
    case dotenv
    /// One object: `{"NAME": "value"}`.
    case json
    /// The `env:` list of a container.
    case yaml
    /// `NAME=value` lines for `docker run --env-file`.
    case docker

    /// The text, each line ended, and what could not be written.
    ///
    /// A variable the form cannot hold (a line break in `env` and `docker`, a name that is none in `shell`) is left
    /// out and named in a finding.
    package func render(_ variables: [EnvironmentVariable]) -> (text: String, findings: [RegistryFinding]) {
        let (held, others) = split(variables)
        let text =
            switch self {
            case .env, .docker: lines(held) { "\($0.name)=\($0.value)" }
            case .shell: lines(held) { "export \($0.name)=\(Self.shellQuoted($0.value))" }
            case .dotenv: lines(held) { "\($0.name)=\(Self.dotenvQuoted($0.value))" }
            case .json: Self.json(held)
            case .yaml: Self.yaml(held)
            }
        return (text, others.map(finding))
    }

    private func split(
        _ variables: [EnvironmentVariable]
    ) -> (held: [EnvironmentVariable], others: [EnvironmentVariable]) {
        (variables.filter(holds), variables.filter { !holds($0) })
    }

    private func holds(_ variable: EnvironmentVariable) -> Bool {
        let hasBreak = variable.value.utf8.contains { $0 == 0x0A || $0 == 0x0D }
        // execve(2) ends a string at the zero octet, and no shell has a word for it.
        let hasZero = variable.value.utf8.contains(0)
        return switch self {
        case .env: !hasBreak && !hasZero
        // Docker takes a line that starts with # as a comment, and cuts white space before the name.
        case .docker:
            !hasBreak && !hasZero && !variable.name.hasPrefix("#")
                && !variable.name.utf8.contains { $0 == 0x20 || $0 == 0x09 }
        case .shell, .dotenv: EnvironmentLimits.isIdentifier(variable.name) && !hasZero
        case .json, .yaml: true
        }
    }

    private func finding(_ variable: EnvironmentVariable) -> RegistryFinding {
        RegistryFinding(
            reason: .valueNotPrintable, object: ObjectKey(namespace: "", name: variable.name),
            message:
                "\"\(variable.name)\" cannot be written as \(rawValue) (its name is none there, or its value has a "
                + "line break or zero octet) and is left out; use --output json")
    }

    private func lines(_ variables: [EnvironmentVariable], _ line: (EnvironmentVariable) -> String) -> String {
        variables.map { line($0) + "\n" }.joined()
    }
}

extension EnvironmentFormat {
    /// Single quotes keep everything but themselves.
    private static func shellQuoted(_ value: String) -> String {
        let safe = value.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || "_-./:,@%+".utf8.contains($0)
        }
        if safe && !value.isEmpty { return value }
        var quoted: [UInt8] = [UInt8(ascii: "'")]
        for octet in value.utf8 {
            if octet == UInt8(ascii: "'") { quoted += #"'\''"#.utf8 } else { quoted.append(octet) }
        }
        return String(decoding: quoted + [UInt8(ascii: "'")], as: UTF8.self)
    }

    /// Single quotes where every reader takes them literally; else double quotes, with what is expanded escaped.
    private static func dotenvQuoted(_ value: String) -> String {
        if !value.utf8.contains(where: { "'\n\r".utf8.contains($0) }) { return "'\(value)'" }
        var quoted = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\", "$", "`": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func json(_ variables: [EnvironmentVariable]) -> String {
        if variables.isEmpty { return "{}\n" }
        let members = variables.map { "  \(JSONText.quoted($0.name)): \(JSONText.quoted($0.value))" }
        return "{\n" + members.joined(separator: ",\n") + "\n}\n"
    }

    private static func yaml(_ variables: [EnvironmentVariable]) -> String {
        if variables.isEmpty { return "env: []\n" }
        // kubelet expands $(NAME) in this list, so each $ is doubled to stay one.
        let items = variables.map { variable in
            let value = variable.value.utf8.flatMap { $0 == UInt8(ascii: "$") ? [$0, $0] : [$0] }
            return "- name: \(JSONText.quoted(variable.name))\n  value: "
                + "\(JSONText.quoted(String(decoding: value, as: UTF8.self)))\n"
        }
        return "env:\n" + items.joined()
    }
}
