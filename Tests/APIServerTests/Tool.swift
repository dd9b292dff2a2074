import APIServerTesting
import Foundation

/// Runs a program and returns what it said; one that cannot be started has status 127 and says why.
enum Tool {
    struct Result: Sendable {
        var status: Int32
        var output: String
        var errors: String
        var octets: [UInt8]

        /// The output as JSON; null where it is none.
        var json: JSONValue { (try? JSONValue(json: octets)) ?? .null }

        /// The first document of the output; null where it is no YAML.
        var yaml: JSONValue { (try? JSONValue.documents(yaml: output).first) ?? .null }
    }

    static func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) async -> Result {
        // On a thread of its own: waiting for a program must not hold up the tests that run beside this one.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                do {
                    continuation.resume(returning: try start(arguments, input, environment))
                } catch {
                    let message = "\(arguments.first ?? ""): \(error)"
                    continuation.resume(returning: Result(status: 127, output: "", errors: message, octets: []))
                }
            }
        }
    }

    private static func start(
        _ arguments: [String], _ input: [UInt8], _ environment: [String: String]
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: input)
        try standardInput.fileHandleForWriting.close()
        let octets = Array(output.fileHandleForReading.readDataToEndOfFile())
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: octets, as: UTF8.self),
            errors: String(decoding: said, as: UTF8.self), octets: octets)
    }
}

/// Runs `body` with a directory that is gone afterwards.
func withScratchDirectory<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let url = FileManager.default.temporaryDirectory.appending(path: "api-server-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try await body(url)
}
