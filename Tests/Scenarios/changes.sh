#!/usr/bin/env bash
# Edits under the manifest directory, a reload and a restart, seen from outside while the server runs.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
copy_registry
build_udpload
write_corefile
start_server
fixtures=$here/fixtures

# milliseconds_until NAME CHANGE...: makes the change and prints how long NAME then takes to have an A record.
milliseconds_until() {
    local begin=${EPOCHREALTIME/./}
    echo "$1 A" >"$work/question"
    shift
    "$@"
    "$udpload" --first-answer --seconds 5 --port "$port" --queries "$work/question" >/dev/null || { echo 5000; return; }
    echo $(((${EPOCHREALTIME/./} - begin) / 1000))
}

# replace_pod OLD NEW: as an editor saves, by a rename over or into the directory.
replace_pod() {
    cp "$fixtures/pod-$2.yaml" "$work/new.yaml"
    mv "$work/new.yaml" "$work/services/my-nginx/pod-$2.yaml"
    rm "$work/services/my-nginx/pod-$1.yaml"
}

# within_200 WHAT MILLISECONDS
within_200() {
    if [ "$2" -le 200 ]; then pass "$1 after $2 ms, at most 200"; else fail "$1 after $2 ms, at most 200"; fi
}

endpoints=my-nginx.default.svc.cluster.local
within_200 "a replaced Pod has its endpoint name" "$(milliseconds_until "10-244-2-7.$endpoints" replace_pod jr4a2 e9ihh)"
within_200 "so has the second" "$(milliseconds_until "10-244-3-8.$endpoints" replace_pod kna2y j4rm4)"
left() { [ "$(status_word "10-244-3-4.$endpoints" A)" = NXDOMAIN ]; }
await 1 left || true
equal "the Pod that went has none" NXDOMAIN "$(status_word "10-244-3-4.$endpoints" A)"
equal "nor a reverse name" NXDOMAIN "$(status_word -x 10.244.3.4)"
equal "the new one has a reverse name" "10-244-2-7.$endpoints." "$(ask -x 10.244.2.7)"
equal "SRV still names the Service" 80 "$(ask "$endpoints" SRV | awk '{ print $3 }')"
equal "the Service keeps its address" 10.0.162.149 "$(ask "$endpoints" A)"

sed 's/name: my-nginx$/name: my-other/' "$work/services/my-nginx/service.yaml" >"$work/new.yaml"
within_200 "a new Service in a new directory resolves" \
    "$(milliseconds_until my-other.default.svc.cluster.local eval "mkdir $work/services/new; mv $work/new.yaml $work/services/new/")"
given=$(ask my-other.default.svc.cluster.local A)
contains "its address is from service_cidr" "10.0." "$given"
printf 'kind: Service\n  metadata: {' >"$work/services/new/broken.yaml"
sleep 0.3
equal "a broken file takes nothing away" "$given" "$(ask my-other.default.svc.cluster.local A)"
contains "and is reported with its place" "broken.yaml:" "$(cat "$work/log")"

stop_server
start_server
equal "a restart gives the Service the same address" "$given" "$(ask my-other.default.svc.cluster.local A)"
rm -r "$work/services/new"
gone() { [ "$(status_word my-other.default.svc.cluster.local A)" = NXDOMAIN ]; }
await 1 gone || true
equal "a removed Service is gone" NXDOMAIN "$(status_word my-other.default.svc.cluster.local A)"

# ttl_of NAME: the TTL of its A record.
ttl_of() { dig +noall +answer +tries=1 -p "$port" @127.0.0.1 "$1" A | awk '{ print $2 }'; }
equal "the TTL is the configured one" 5 "$(ttl_of "$endpoints")"
sed -i 's/ttl 5/ttl 30/' "$work/Corefile"
kill -HUP "$server"
longer() { [ "$(ttl_of "$endpoints")" = 30 ]; }
await 5 longer || true
equal "SIGHUP reads the Corefile again" 30 "$(ttl_of "$endpoints")"
sed -i 's/ttl 30/ttl many/' "$work/Corefile"
kill -HUP "$server"
await 5 grep -q 'Corefile:13' "$work/log" || true
contains "a broken Corefile is reported with its place" "Corefile:13" "$(cat "$work/log")"
equal "and the last good one goes on" 30 "$(ttl_of "$endpoints")"
