import ClusterModel
import Foundation

/// Writes what an API feed learns to the registry file, off the query path and a moment later.
struct RegistryWriter: Sendable {
    enum Outcome: Hashable, Sendable {
        case written
        /// Another server writes the file now; this one leaves it alone.
        case takenOver
        /// With a sentence; nothing was written.
        case failed(String)
        /// The file was damaged or taken away; the new one has nothing yet.
        case begunAnew(Finding)

        /// What is wrong with writing the file from now on.
        func problem(_ path: String) -> Finding? {
            switch self {
            case .written, .begunAnew: nil
            case .takenOver:
                Finding(
                    .warning, file: path,
                    message:
                        "another server writes the registry file now, so this one has stopped to; give each its own")
            case .failed(let sentence):
                Finding(
                    .error, file: path,
                    message: "the registry file cannot be written: \(sentence); serving goes on, and a restart would "
                        + "begin with older objects; free disk space or make the file writable")
            }
        }
    }

    /// How long changes are gathered: a server that is killed loses at most these and the write itself.
    private static let gatherTime = Duration.milliseconds(500)
    private static let retryTime = Duration.seconds(5)

    private let file: RegistryFile
    private let engine: APIFeedEngine
    private let queue = DispatchQueue(label: "registry file", qos: .utility)

    init(file: RegistryFile, engine: APIFeedEngine) {
        self.file = file
        self.engine = engine
    }

    /// Writes a moment after each of `wakes`, until the task is cancelled.
    func run(_ wakes: AsyncStream<Void>) async {
        for await _ in wakes {
            try? await Task.sleep(for: Self.gatherTime)
            while await !write(), !Task.isCancelled { try? await Task.sleep(for: Self.retryTime) }
        }
    }

    /// Writes all that the file lacks, once more where it had to be begun anew; returns false where it cannot be written.
    @discardableResult
    func write() async -> Bool {
        var outcome = await writeOnce()
        if case .begunAnew = outcome { outcome = await writeOnce() }
        switch outcome {
        case .written, .takenOver: return true
        case .failed, .begunAnew: return false
        }
    }

    private func writeOnce() async -> Outcome {
        guard let image = await engine.takeImage() else { return .written }
        let outcome = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.save(image)) }
        }
        await engine.note(outcome, of: image)
        return outcome
    }

    private func save(_ image: RegistryImage) -> Outcome {
        do {
            if let finding = try file.renewIfMoved() { return .begunAnew(finding) }
            return try file.save(image) ? .written : .takenOver
        } catch {
            return file.renewIfDamaged(error).map { .begunAnew($0) } ?? .failed(error.sentence)
        }
    }
}

/// The time of day.
enum WallClock {
    /// Seconds since 1970-01-01 UTC.
    static var seconds: Int64 { Int64(Date().timeIntervalSince1970) }
}
