#!/usr/bin/env bash
# Zones from master files: what is served, what a change does, and what is said of files that cannot be used.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir -p "$work/auto"
# zone SERIAL LINE...: the zone file of example.
zone() {
    printf "\$TTL 60\n@ SOA ns host %s 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n" "$1"
    shift
    printf '%s\n' "$@"
}
zone 1 "www A 192.0.2.2" "*.wild CNAME www" "sub NS ns.sub" "ns.sub A 192.0.2.3" "old DNAME wild" >"$work/db.example"
zone 1 "a A 192.0.2.4" >"$work/auto/db.one.test"
free_port; port=$found
free_port; ready_port=$found
free_port; metrics_port=$found
cat >"$work/Corefile" <<COREFILE
example:$port {
    bind 127.0.0.1
    errors
    ready 127.0.0.1:$ready_port
    prometheus 127.0.0.1:$metrics_port
    file db.example {
        reload 1s
    }
}
test:$port {
    bind 127.0.0.1
    auto {
        directory auto
        reload 1s
    }
}
COREFILE
said() { grep -q "$1" "$work/log"; }
refused() { [ "$(status_word "$1" A)" = REFUSED ]; }
answers() { [ "$(ask "$1" A)" = "$2" ]; }

equal "check has nothing to say of good zones" 0 "$(status_of "$clusterdns" check --conf "$work/Corefile")"
start_server
equal "a name" 192.0.2.2 "$(ask www.example A)"
equal "a wildcard that is an alias" "192.0.2.2
www.example." "$(ask x.wild.example A)"
equal "a redirection" "192.0.2.2
wild.example.
www.example.
x.wild.example." "$(ask x.old.example A)"
contains "a referral with its glue" "192.0.2.3" "$(dig +norec -p "$port" @127.0.0.1 a.sub.example A)"
equal "a zone that auto found" 192.0.2.4 "$(ask a.one.test A)"
equal "a name in no zone of auto" REFUSED "$(status_word a.two.test A)"
equal "ready once the files were read" 200 \
    "$(curl -s -o "$work/page" -w '%{http_code}' "http://127.0.0.1:$ready_port/ready")"

zone 2 "www A 192.0.2.9" >"$work/db.new" && mv "$work/db.new" "$work/db.example"
zone 1 "a A 192.0.2.5" >"$work/auto/db.two.test"
await 5 answers www.example 192.0.2.9 || true
equal "a changed file is served" 192.0.2.9 "$(ask www.example A)"
await 5 answers a.two.test 192.0.2.5 || true
equal "so is a new one" 192.0.2.5 "$(ask a.two.test A)"
rm "$work/auto/db.one.test"
await 5 refused a.one.test || true
equal "and one that is gone is not" REFUSED "$(status_word a.one.test A)"

zone 2 "www A 192.0.2.10" >"$work/db.example"
await 5 said "raise the serial" || true
contains "a change without a new serial is said" "serial went from 2 to 2" "$(cat "$work/log")"
zone 3 "www A 192.0.2.11" "www CNAME ns" "x A 192.0.2.256" >"$work/db.example"
await 5 said "db.example:7" || true
contains "a broken file is said with its lines" 'db.example:6: www.example. has a CNAME and other data' \
    "$(cat "$work/log")"
equal "and the zone before it stays" 192.0.2.10 "$(ask www.example A)"
contains "and it is counted" "clusterdns_zone_load_failed_total" "$(curl -s "http://127.0.0.1:$metrics_port/metrics")"
sleep 2
equal "once, however often it is looked at" 1 "$(grep -c 'db.example:6' "$work/log")"
equal "check says the same" 1 "$(status_of "$clusterdns" check --conf "$work/Corefile")"
contains "with both lines" 'db.example:7: error: "192.0.2.256" is no IPv4 address' "$(cat "$work/out")"

# A zone that was signed elsewhere, and has to be again within three days.
zone 1 "a A 192.0.2.7" >"$work/unsigned"
(
    cd "$work"
    key=$(ldns-keygen -a ECDSAP256SHA256 signed.test 2>/dev/null)
    ldns-signzone -o signed.test -e "$(date -u -d '+3 days' +%Y%m%d%H%M%S)" -f signed unsigned "$key"
    mv signed auto/db.signed.test
)
await 5 answers a.signed.test 192.0.2.7 || true
contains "a signed zone has its signatures" "RRSIG" "$(dig +dnssec -p "$port" @127.0.0.1 a.signed.test A)"
contains "that they end soon is said" "that end within 7 days" "$(cat "$work/log")"
contains "and measured" "clusterdns_zone_signatures_end_timestamp_seconds $(date -d '+3 days' +%s | cut -c1-5)" \
    "$(curl -s "http://127.0.0.1:$metrics_port/metrics")"

stop_server
equal "the server ends as it should" 0 "$server_status"
