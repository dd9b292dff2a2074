#!/usr/bin/env bash
# The commands with --kubeconfig, against a simulated API server: they say the same as of manifests, and what they lack.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
simulated=${SIMULATED_API_SERVER:-$(dirname "$clusterdns")/SimulatedAPIServer}
[ -x "$simulated" ] || { fail "$simulated is there; build it, or name it with SIMULATED_API_SERVER"; exit 1; }

copy_registry
# A server gives out addresses of its own; the tutorial's is asked for.
sed -i 's/^spec:/spec:\n  clusterIP: 10.0.162.149/' "$work/services/my-nginx/service.yaml"
kubeconfig=$work/kubeconfig
"$simulated" --manifests "$work/services" --tls --port 0 --token s3cret --kubeconfig "$kubeconfig" >"$work/api" 2>&1 &
started+=($!)
await 20 grep -q '^ready' "$work/api" || { fail "the simulated API server starts"; cat "$work/api"; exit 1; }
control=$(sed -n 's/^control //p' "$work/api")

# control METHOD REQUEST: steers the simulated server.
control() { curl -sS --max-time 5 -X "$1" "$control/$2" >"$work/control"; }
# run COMMAND ARGUMENT...: a command of clusterdns that reads the server; its stderr goes to $work/err.
run() { "$clusterdns" "$@" --kubeconfig "$kubeconfig" 2>"$work/err"; }
# status COMMAND ARGUMENT...: its exit status; output in $work/out and $work/err.
status() { status_of "$clusterdns" "$@" --kubeconfig "$kubeconfig"; }
# without_age: a table without its last column.
without_age() { sed -E 's/ +[^ ]+ *$//'; }

same_as_file "get services" get-services.txt "$(run get services | without_age)"
same_as_file "get services -A" get-services-all.txt "$(run get services -A | without_age)"
same_as_file "get pods" get-pods.txt "$(run get pods | without_age)"
contains "get endpointslices" "10.244.0.2,10.244.1.2" "$(run get endpointslices -n kube-system)"
equal "get -o name" service/my-nginx "$(run get services my-nginx -o name)"
equal "workloads are left to kubectl" 1 "$(status get deployments)"
contains "which is named" "kubectl get deployments" "$(cat "$work/err")"
if command -v kubectl >/dev/null; then
    for type in services pods namespaces endpointslices; do
        equal "get $type -A names what kubectl names" \
            "$(KUBECONFIG=$kubeconfig kubectl get "$type" -A -o name | sort)" "$(run get "$type" -A -o name | sort)"
    done
else
    skip "get beside kubectl: there is no kubectl here"
fi

contains "names" my-nginx.default.svc.cluster.local "$(run names my-nginx)"
contains "lookup finds the Service" 10.0.162.149 "$(run lookup my-nginx --from default)"
run zone >"$work/zone" || true
equal "zone is a master file that ldns reads" 0 "$(status_of ldns-read-zone -c "$work/zone")"
contains "with the Service in it" 10.0.162.149 "$(grep -i '^my-nginx.default.svc.cluster.local.' "$work/out" || true)"
equal "check is content with rights and objects" 0 "$(status check)"

# The environment: the Pod's own time, and only what its container refers to.
pod=my-nginx-3800858182-jr4a2
control DELETE requests
same_as_file "env of a Pod with ConfigMaps and Secrets" env-app.txt "$(run env -n examples --pod app | LC_ALL=C sort)"
control GET requests
lacks "lists no Secret and no ConfigMap" '"list secrets"' "$(cat "$work/control")"
same_as_file "env --as-started goes by the Pod's start" env-as-started.txt \
    "$(run env --pod $pod --as-started | LC_ALL=C sort)"
control POST 'deny?verb=get&resource=secrets'
equal "Secrets that may not be read: status 1" 1 "$(status env -n examples --pod app)"
contains "which right is missing" "forbids the verb get on secrets" "$(cat "$work/err")"
contains "the rest is printed" "API_URL=" "$(cat "$work/out")"
lacks "and nothing made up" "TOKEN=" "$(cat "$work/out")"
control POST heal

control POST 'deny?verb=list&resource=endpointslices'
equal "a zone without slices: status 1" 1 "$(status zone)"
contains "and what is missing" "forbids the verb list on endpointslices.discovery.k8s.io" "$(cat "$work/err")"
contains "Services are still there" "my-nginx.default.svc" "$(cat "$work/out")"
control POST heal
control POST 'deny?verb=watch&resource=services'
equal "check finds that serve could not watch" 1 "$(status check)"
contains "and says which verb" "forbids the verb watch on services" "$(cat "$work/out" "$work/err")"
control POST heal
control POST 'deny?verb=list&resource=services'
equal "without Services there is nothing to say" 1 "$(status get services)"
contains "but why" "forbids the verb list on services" "$(cat "$work/err")"
control POST heal

control POST 'fault?effect=html'
equal "a page of HTML is no answer" 1 "$(status get services)"
contains "which is said with the URL" https://127.0.0.1 "$(cat "$work/err")"
control POST heal
control POST 'token?accept=another'
equal "a token that is not accepted" 1 "$(status get services)"
contains "is to be renewed" "renew" "$(cat "$work/err")"
lacks "and is not printed" s3cret "$(cat "$work/err" "$work/out")"
control POST 'token'
equal "a context that is not there" 1 "$(status get services --context nope)"
contains "and those that are" simulated "$(cat "$work/err")"
control POST stop
equal "a server that is away" 1 "$(status lookup my-nginx)"
contains "is named" "The API server https://127.0.0.1" "$(cat "$work/err")"
equal "--context needs --kubeconfig" 64 "$(status_of "$clusterdns" zone --context simulated)"
equal "manifests or a cluster, not both" 64 "$(status zone --manifests "$work/services")"
