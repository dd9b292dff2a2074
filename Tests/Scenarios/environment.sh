#!/usr/bin/env bash
# `clusterdns env`: the service environment that kubelet would give, by hand from the rules of Kubernetes 1.36.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
manifests=$repository/Zones/services

# env_of ARGUMENT...: the variables in name order; what is said beside them is in $work/err.
env_of() { "$clusterdns" env --manifests "$manifests" "$@" 2>"$work/err" | LC_ALL=C sort; }

pod=my-nginx-3800858182-jr4a2
same_as_file "a Pod created again knows my-nginx" env-recreated.txt "$(env_of --pod $pod)"
equal "with nothing to say on stderr" "" "$(cat "$work/err")"
same_as_file "as it was started it knows only kubernetes" env-as-started.txt "$(env_of --pod $pod --as-started)"
contains "stderr names the Service it misses" my-nginx "$(cat "$work/err")"
contains "and what to do" recreate "$(tr '[:upper:]' '[:lower:]' <"$work/err")"
same_as_file "what a new Pod in a namespace would get" env-secure.txt "$(env_of --namespace secure)"
same_as_file "env, envFrom, references and fields" env-app.txt "$(env_of --namespace examples --pod app)"

equal "the order is the same every time" "$("$clusterdns" env --manifests "$manifests" --pod $pod)" \
    "$("$clusterdns" env --manifests "$manifests" --pod $pod)"
equal "shell output can be sourced" 10.0.162.149 \
    "$(eval "$("$clusterdns" env --manifests "$manifests" --pod $pod --output shell)" && echo "${MY_NGINX_SERVICE_HOST-}")"
contains "json output is one object" '10.0.162.149' \
    "$("$clusterdns" env --manifests "$manifests" --pod $pod --output json | tr -d ' \n' |
        grep -o '"MY_NGINX_SERVICE_HOST":"[^"]*"' || true)"

equal "an unknown Pod is an error" 1 "$(status_of "$clusterdns" env --manifests "$manifests" --pod no-such)"
contains "that names it" no-such "$(cat "$work/err")"

copy_registry
sed -i '/optional: true/d' "$work/services/examples/environment.yaml"
equal "a required ConfigMap that is missing is an error" 1 \
    "$(status_of "$clusterdns" env --manifests "$work/services" --namespace examples --pod app)"
contains "that names the ConfigMap" not-there "$(cat "$work/err")"
