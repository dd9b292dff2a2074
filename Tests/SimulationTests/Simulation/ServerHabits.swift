import DNSTesting

/// What differs between API servers, drawn once for a history.
struct ServerHabits {
    enum WatchList: CaseIterable { case supported, refused, ignored }
    /// What a watch gets that asks for a version the server has not come to.
    enum FutureWatch: CaseIterable { case silent, tooLarge, expired }

    /// Older servers refuse `sendInitialEvents`; one that does not know it just watches from now on.
    var watchList: WatchList
    var sendsBookmarks: Bool
    /// kube-apiserver waits silently until its versions have caught up.
    var futureWatch: FutureWatch
    /// Whether a version too old is told in an ERROR event rather than by the status of the response.
    var expiresInStream: Bool
    /// Whether it compacts so eagerly that `continue` tokens expire between pages.
    var losesTokens: Bool
    /// Objects a page holds at most, whatever `limit` says.
    var pageSize: Int

    init(_ random: inout SplitMix64) {
        watchList = random.pick([.supported, .supported, .supported, .refused, .refused, .refused, .ignored])
        sendsBookmarks = !random.oneIn(4)
        futureWatch = random.pick(FutureWatch.allCases)
        expiresInStream = random.oneIn(2)
        losesTokens = random.oneIn(3)
        pageSize = Int.random(in: 1...8, using: &random)
    }
}
