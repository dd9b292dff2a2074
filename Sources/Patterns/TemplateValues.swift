/// What a template may say of the query it answers; texts as octets, names in presentation format with the final dot.
package struct TemplateValues: Sendable {
    /// The query's name in lower case.
    package var name: [UInt8]
    /// The query's name as the client wrote it.
    package var questionName: [UInt8]
    package var zone: [UInt8]
    package var type: String
    package var qclass: String
    package var typeNumber: UInt16
    package var classNumber: UInt16
    package var messageID: UInt16
    package var remote: String
    /// The groups of the pattern that matched, the whole match first.
    package var groups: [[UInt8]]
    /// Their names by index.
    package var groupNames: [String?]

    package init(
        name: [UInt8], questionName: [UInt8], zone: [UInt8], type: String, qclass: String, typeNumber: UInt16,
        classNumber: UInt16, messageID: UInt16, remote: String, groups: [[UInt8]], groupNames: [String?]
    ) {
        self.name = name
        self.questionName = questionName
        self.zone = zone
        self.type = type
        self.qclass = qclass
        self.typeNumber = typeNumber
        self.classNumber = classNumber
        self.messageID = messageID
        self.remote = remote
        self.groups = groups
        self.groupNames = groupNames
    }

    /// A group by number, or by name where it has one; empty where the pattern that matched has no such group.
    func group(_ key: TemplateText.GroupKey) -> [UInt8] {
        switch key {
        case .index(let index): groups.indices.contains(index) ? groups[index] : []
        case .name(let name): groupNames.firstIndex(of: name).map { group(.index($0)) } ?? []
        }
    }
}
