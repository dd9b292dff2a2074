#!/usr/bin/env bash
# The deployment files: kubeadm's shape with another image, no right beyond reading, Corefiles that the program takes.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
files=$repository/Scripts/deploy/kubernetes
if ! command -v kubectl >/dev/null || ! command -v jq >/dev/null; then
    cannot "reading the deployment files needs kubectl and jq"
fi

# objects PATH...: the objects as JSON, one after the other, read by kubectl without a server.
objects() {
    local path
    for path in "$@"; do KUBECONFIG=/dev/null kubectl label --local -f "$path" -R not-there- -o json; done
}
# field FILE JQ: what the filter finds in the one object of a file.
field() { objects "$files/$1" | jq -c "$2"; }

# rights PATH...: "ROLE: VERB GROUP/RESOURCE" for everything that the roles grant.
rights() {
    objects "$@" | jq -r 'select(.kind == "ClusterRole" or .kind == "Role") | .metadata.name as $role | .rules[] |
        (.resources // .nonResourceURLs)[] as $resource | .apiGroups[] as $group |
        "\($role): \(.verbs | sort | join(",")) \($group)/\($resource)"' | LC_ALL=C sort
}
equal "the roles grant list and watch, on what the zone is made from" \
    "system:coredns-multicluster: list,watch multicluster.x-k8s.io/serviceimports
system:coredns-pods: list,watch /pods
system:coredns: list,watch /namespaces
system:coredns: list,watch /services
system:coredns: list,watch discovery.k8s.io/endpointslices" "$(rights "$files")"
equal "and are bound to the servers' accounts alone" \
    "system:coredns -> ServiceAccount kube-system/coredns
system:coredns-multicluster -> ServiceAccount kube-system/coredns
system:coredns-pods -> ServiceAccount kube-system/coredns" \
    "$(objects "$files" | jq -r 'select(.kind == "ClusterRoleBinding" or .kind == "RoleBinding") |
        "\(.roleRef.name) -> \(.subjects[] | "\(.kind) \(.namespace)/\(.name)")"' | sort)"

# kubeadm 1.36, cmd/kubeadm/app/phases/addons/dns/manifests.go.
pod=.spec.template.spec
server="$pod.containers[0]"
equal "the Deployment has kubeadm's name, labels and selector" \
    '["coredns","kube-system",{"k8s-app":"kube-dns"},{"matchLabels":{"k8s-app":"kube-dns"}},{"k8s-app":"kube-dns"}]' \
    "$(field deployment.yaml '[.metadata.name, .metadata.namespace, .metadata.labels, .spec.selector,
        .spec.template.metadata.labels]')"
equal "the arguments, whatever the image" '["coredns",["-conf","/etc/coredns/Corefile"]]' \
    "$(field deployment.yaml "$server | [.name, .args]")"
equal "the resources" '{"limits":{"memory":"170Mi"},"requests":{"cpu":"100m","memory":"70Mi"}}' \
    "$(field deployment.yaml "$server.resources")"
equal "the ports" \
    '["dns 53/UDP","dns-tcp 53/TCP","metrics 9153/TCP","liveness-probe 8080/TCP","readiness-probe 8181/TCP"]' \
    "$(field deployment.yaml "[$server.ports[] | \"\\(.name) \\(.containerPort)/\\(.protocol)\"]")"
equal "the probes" '["/health","liveness-probe",60,5,5,"/ready","readiness-probe"]' \
    "$(field deployment.yaml "$server | [.livenessProbe.httpGet.path, .livenessProbe.httpGet.port,
        .livenessProbe.initialDelaySeconds, .livenessProbe.timeoutSeconds, .livenessProbe.failureThreshold,
        .readinessProbe.httpGet.path, .readinessProbe.httpGet.port]")"
equal "no right but NET_BIND_SERVICE, and nothing to write on but the state" \
    '[true,false,true,["NET_BIND_SERVICE"],["ALL"],["/etc/coredns"]]' \
    "$(field deployment.yaml "$server | .securityContext as \$s | [\$s.runAsNonRoot, \$s.allowPrivilegeEscalation,
        \$s.readOnlyRootFilesystem, \$s.capabilities.add, \$s.capabilities.drop,
        [.volumeMounts[] | select(.readOnly) | .mountPath]]")"
equal "where it may run, and what it asks itself" \
    '["system-cluster-critical","coredns","Default",{"kubernetes.io/os":"linux"}]
["CriticalAddonsOnly","node-role.kubernetes.io/control-plane"]' \
    "$(field deployment.yaml "$pod | [.priorityClassName, .serviceAccountName, .dnsPolicy, .nodeSelector],
        [.tolerations[].key]")"
equal "replicas go to different nodes" '"kubernetes.io/hostname"' \
    "$(field deployment.yaml "$pod.affinity.podAntiAffinity | .preferredDuringSchedulingIgnoredDuringExecution[0] |
        .podAffinityTerm.topologyKey")"
equal "the Service is kube-dns" \
    '["kube-dns","10.96.0.10",{"k8s-app":"kube-dns"},["dns 53/UDP 53","dns-tcp 53/TCP 53","metrics 9153/TCP 9153"]]' \
    "$(field service.yaml '[.metadata.name, .spec.clusterIP, .spec.selector,
        [.spec.ports[] | "\(.name) \(.port)/\(.protocol) \(.targetPort)"]]')"
equal "the budget covers the Deployment's Pods" '{"matchLabels":{"k8s-app":"kube-dns"}}' \
    "$(field disruption-budget.yaml .spec.selector)"

# kubernetes/kubernetes, cluster/addons/dns/nodelocaldns/nodelocaldns.yaml.
daemonset=node-local/daemonset.yaml
equal "NodeLocal has the published name, labels, account and priority" \
    '["node-local-dns","kube-system",{"k8s-app":"node-local-dns"},"node-local-dns","system-node-critical"]' \
    "$(field $daemonset "[.metadata.name, .metadata.namespace, .spec.template.metadata.labels,
        $pod.serviceAccountName, $pod.priorityClassName]")"
equal "it runs on the node's network, with the node's resolver, at its own address and kube-dns'" \
    '[true,"Default",["node","-localip","169.254.20.10,10.96.0.10","-conf","/etc/coredns/Corefile","-upstreamsvc","kube-dns-upstream","-share-port"]]' \
    "$(field $daemonset "[$pod.hostNetwork, $pod.dnsPolicy, $server.args]")"
equal "which is the address in the probes, and kube-dns' clusterIP" \
    '["169.254.20.10","169.254.20.10"] "10.96.0.10"' \
    "$(field $daemonset "[$server.livenessProbe.httpGet.host, $server.readinessProbe.httpGet.host]") $(
        field service.yaml .spec.clusterIP)"
equal "a new Pod comes before the old one goes, and no port keeps it away" '{"maxSurge":"10%","maxUnavailable":0} null' \
    "$(field $daemonset .spec.updateStrategy.rollingUpdate) $(field $daemonset "$server.ports")"
equal "it has two rights of root's, and nothing to write on" \
    '[0,false,true,["NET_ADMIN","NET_BIND_SERVICE"],["ALL"],[]]' \
    "$(field $daemonset "$server | .securityContext as \$s | [\$s.runAsUser, \$s.allowPrivilegeEscalation,
        \$s.readOnlyRootFilesystem, \$s.capabilities.add, \$s.capabilities.drop,
        [.volumeMounts[] | select(.readOnly | not) | .mountPath]]")"
equal "the cluster's DNS has a second address, for it" \
    '["kube-dns-upstream",{"k8s-app":"kube-dns"},["dns 53/UDP 53","dns-tcp 53/TCP 53"]]' \
    "$(field node-local/service.yaml 'select(.metadata.name == "kube-dns-upstream") | [.metadata.name, .spec.selector,
        [.spec.ports[] | "\(.name) \(.port)/\(.protocol) \(.targetPort)"]]')"

# The Corefiles. What they refer to is there in a Pod.
field configmap.yaml .data.Corefile | jq -r . >"$work/Corefile"
equal "clusterdns takes kubeadm's Corefile" 0 \
    "$(status_of "$clusterdns" check --conf "$work/Corefile" --manifests "$repository/Zones/services")"
contains "which reads the cluster it runs in" "KUBERNETES_SERVICE_HOST" \
    "$(env -u KUBERNETES_SERVICE_HOST "$clusterdns" check --conf "$work/Corefile" 2>&1 || true)"
field node-local/configmap.yaml .data.Corefile | jq -r . | sed 's/__PILLAR__LOCAL__DNS__/169.254.20.10/
    s/__PILLAR__DNS__SERVER__/10.96.0.10/' >"$work/Corefile"
equal "clusterdns takes NodeLocal's Corefile" 0 \
    "$(status_of env KUBE_DNS_UPSTREAM_SERVICE_HOST=10.96.0.11 "$clusterdns" check --conf "$work/Corefile")"
contains "which asks the cluster's DNS at its second address" "KUBE_DNS_UPSTREAM_SERVICE_HOST and KUBE_DNS_SERVICE_HOST \
is not set" "$("$clusterdns" check --conf "$work/Corefile" 2>&1 || true)"
