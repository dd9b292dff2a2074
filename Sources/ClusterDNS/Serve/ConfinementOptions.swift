import ArgumentParser
import Confinement

/// The flags of `serve` and `node` about the rights of the process.
struct ConfinementOptions: ParsableArguments {
    @Option(
        name: .customLong("user"),
        help: ArgumentHelp(
            "Who the server is when root starts it: a name, or UID[:GID].",
            discussion: "By default the owner of the state directory, else 65532.", valueName: "name"),
        transform: { text in
            guard let user = ServerUser(text) else {
                throw ValidationError("\"\(text)\" is no user of this machine; write a name, or UID[:GID].")
            }
            return user
        })
    var user: ServerUser?

    @Flag(
        name: .customLong("unconfined"),
        help: "Keep all rights of who starts it, for debuggers and sanitizers; also root's.")
    var isUnconfined = false
}
