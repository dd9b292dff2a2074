/// What a reflector asks for, and the bounds an operator may move.
package struct ReflectorOptions: Hashable, Sendable {
    /// The one namespace to follow; nil: all.
    package var namespace: String?
    /// As in the query of a list: `app=web,tier!=cache`; empty: all objects.
    package var labelSelector: String
    /// As in the query of a list: `metadata.name=web`; empty: all objects.
    package var fieldSelector: String
    /// Ask for initial events in the watch (WatchList, KEP-3157) until the server refuses them.
    package var usesWatchList: Bool
    /// Take a first empty list at its word.
    package var allowsEmpty: Bool
    /// From how many known objects on an empty list has to be confirmed by a second one.
    package var guardedObjectCount: Int
    /// How long a request in flight may give no sign of life.
    package var silenceMax: Duration

    package init(
        namespace: String? = nil, labelSelector: String = "", fieldSelector: String = "", usesWatchList: Bool = true,
        allowsEmpty: Bool = false, guardedObjectCount: Int = 1000, silenceMax: Duration = .seconds(30)
    ) {
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.usesWatchList = usesWatchList
        self.allowsEmpty = allowsEmpty
        self.guardedObjectCount = guardedObjectCount
        self.silenceMax = silenceMax
    }
}
