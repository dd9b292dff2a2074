#!/usr/bin/env bash
# The subcommands beside serve and env: get, names, lookup, zone, check, and a port that is taken.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
manifests=$repository/Zones/services

# get ARGUMENT...: kubectl's table without its last column, the age.
get() { "$clusterdns" get --manifests "$manifests" "$@" | sed -E 's/ +[^ ]+ *$//'; }

same_as_file "get services" get-services.txt "$(get services)"
same_as_file "get services -A" get-services-all.txt "$(get services -A)"
same_as_file "get services -n examples" get-services-examples.txt "$(get services -n examples)"
same_as_file "get pods" get-pods.txt "$(get pods)"
same_as_file "get namespaces" get-namespaces.txt "$(get namespaces)"
contains "get endpoints shows the Pods behind a Service" "10.244.2.5:80,10.244.3.4:80" "$(get endpoints my-nginx)"
contains "-o wide shows the selector" "run=my-nginx" "$("$clusterdns" get --manifests "$manifests" services -o wide)"
contains "-o yaml shows the address it was given" "clusterIP: 10.0.162.149" \
    "$("$clusterdns" get --manifests "$manifests" services my-nginx -o yaml)"
contains "-o json too" '"10.0.162.149"' "$("$clusterdns" get --manifests "$manifests" services my-nginx -o json)"
equal "a Service that is not there is an error" 1 \
    "$(status_of "$clusterdns" get --manifests "$manifests" services no-such)"
contains "that names it" no-such "$(cat "$work/err")"

names=$("$clusterdns" names my-nginx --manifests "$manifests" | tr -s '[:space:]' '\n' | sed 's/\.$//' || true)
for name in my-nginx my-nginx.default my-nginx.default.svc my-nginx.default.svc.cluster.local; do
    equal "names lists $name" "$name" "$(grep -Fx -m 1 -- "$name" <<<"$names" || true)"
done
san=$("$clusterdns" names my-nginx --manifests "$manifests" --output san || true)
contains "the certificate line is subjectAltName" subjectAltName "$san"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/tls.key" -out "$work/tls.crt" -days 1 -subj /CN=my-nginx \
    -addext "$san" 2>"$work/openssl" || true
contains "openssl takes it" "DNS:my-nginx.default.svc.cluster.local" \
    "$(openssl x509 -in "$work/tls.crt" -noout -ext subjectAltName 2>&1 || cat "$work/openssl")"

steps=$("$clusterdns" lookup my-nginx --from default --manifests "$manifests" || true)
contains "lookup shows the name that was found" my-nginx.default.svc.cluster.local "$steps"
contains "and its address" 10.0.162.149 "$steps"
steps=$("$clusterdns" lookup my-nginx --from kube-system --manifests "$manifests" || true)
contains "lookup shows the step that fails in another namespace" my-nginx.kube-system.svc.cluster.local "$steps"
lacks "and finds no address there" 10.0.162.149 "$steps"

"$clusterdns" zone --manifests "$manifests" >"$work/zone" || true
equal "ldns-read-zone accepts the zone" 0 "$(status_of ldns-read-zone -c "$work/zone")"
contains "which holds the Service" 10.0.162.149 "$(grep -i '^my-nginx.default.svc.cluster.local.' "$work/out" || true)"

copy_registry
write_corefile
equal "check is content with the examples" 0 "$(status_of "$clusterdns" check --conf "$repository/Zones/Corefile")"
printf 'apiVersion: v1\nkind: Service\nmetadata:\n  name: [broken\n' >"$work/services/broken.yaml"
equal "check fails on broken YAML" 1 "$(status_of "$clusterdns" check --conf "$work/Corefile")"
contains "and says where" "broken.yaml:" "$(cat "$work/out" "$work/err")"
rm "$work/services/broken.yaml"
sed 's/name: kube-dns$/name: rival/' \
    "$manifests/kube-dns.yaml" | sed '/^---$/,$d' >"$work/services/rival.yaml"
equal "check fails when two Services claim one address" 1 "$(status_of "$clusterdns" check --conf "$work/Corefile")"
contains "and names one of them" rival "$(cat "$work/out" "$work/err")"
rm "$work/services/rival.yaml"
sed -i 's/loadbalance/loadbalence/' "$work/Corefile"
equal "check fails on an unknown directive" 1 "$(status_of "$clusterdns" check --conf "$work/Corefile")"
contains "and names the nearest known one" loadbalance "$(cat "$work/out" "$work/err")"
contains "with its place" "Corefile:16:5" "$(cat "$work/out" "$work/err")"
equal "serve refuses it too" 1 "$(status_of timeout 10 "$clusterdns" -conf "$work/Corefile")"
sed -i 's/loadbalence/loadbalance/' "$work/Corefile"

start_server
first_port=$port first=$server
write_corefile
sed -i "s/^\.:$port /.:$first_port /" "$work/Corefile"
equal "a port that is taken ends the start" 1 "$(status_of timeout 20 "$clusterdns" -conf "$work/Corefile")"
contains "the message names the port" "$first_port" "$(cat "$work/out" "$work/err")"
contains "and the process that holds it" "$first" "$(cat "$work/out" "$work/err")"
