package import KubernetesProtocol

extension Reflector: ListWatchMachine {}
