#!/usr/bin/env bash
# Zones of the cluster at other servers, and theirs here: Knot, NSD and BIND as secondaries and as primaries.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
for tool in knotd nsd named kdig dig; do
    command -v $tool >/dev/null || cannot "$tool is not installed"
done
copy_registry
write_corefile
cd "$work"
# named and knotd give up the right to read what is not theirs.
chmod 755 .
mkdir -m 777 knot nsd bind copies
free_port; knot_port=$found
free_port; nsd_port=$found
free_port; bind_port=$found
free_port; tls_port=$found
free_port; bind_tls_port=$found
secret=$(head -c 32 /dev/urandom | base64)
cat >keys <<KEYS
key "transfer.key" { algorithm hmac-sha256; secret "$secret"; };
KEYS
chmod 644 keys
sed -i -e 's/^    errors/    errors\n    tsig {\n        secrets keys\n    }\n    transfer {\n        to * key transfer.key\n        to 127.0.0.1:KNOT 127.0.0.1:NSD 127.0.0.1:BIND key transfer.key\n    }/' \
    -e "s/:KNOT/:$knot_port/; s/:NSD/:$nsd_port/; s/:BIND/:$bind_port/" Corefile
status=$(status_of "$clusterdns" check -conf Corefile)
equal "keys that others may read are refused" 1 "$status"
contains "with the remedy" "chmod 600" "$(cat out err)"
chmod 600 keys
chown 65532 keys 2>/dev/null || true
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x.test -addext subjectAltName=DNS:x.test -keyout tls.key -out tls.pem 2>/dev/null
chown 65532 tls.key 2>/dev/null || true
sed -i -e "s|^\.:$port|.:$port tls://.:$tls_port|" -e 's/    errors/    errors\n    tls tls.pem tls.key/' Corefile
start_server
key=hmac-sha256:transfer.key:$secret

# axfr TOOL OPTION...: the records of the zone but the SOA, in order.
plain() { grep -v -e '^;' -e '^$' -e '[[:space:]]SOA[[:space:]]' -e '[[:space:]]TSIG[[:space:]]' | tr -s '\t ' ' ' | LC_ALL=C sort -u; }
# sort_within: each run of lines between SOAs in order, all joined by commas.
sort_within() { awk '/^SOA/ { run++; print run " 0 " $0; next } { print run " 1 " $0 }' | LC_ALL=C sort -k1,1n -k2,2n -k3 | cut -d' ' -f3- | paste -sd,; }
# differences ZONE SERIAL: what leads from that version to the latest.
differences() {
    kdig @127.0.0.1 -p "$port" "$1" IXFR="$2" | sed -e '/^;/d' -e '/^$/d' |
        awk -v zone=".$1." '{ sub(zone "$", "", $1); print $4 == "SOA" ? "SOA " $7 : $1 " " $5 }' | sort_within
}
wanted=$("$clusterdns" zone cluster.local -conf Corefile | plain)
equal "dig gets what clusterdns zone prints" "$wanted" \
    "$(dig @127.0.0.1 -p "$port" -y "$key" cluster.local AXFR | plain)"
equal "kdig too, over TLS" "$wanted" \
    "$(kdig @127.0.0.1 -p "$tls_port" +tls -y "$key" cluster.local AXFR | plain)"
contains "without a key it is refused" "Transfer failed" "$(dig @127.0.0.1 -p "$port" cluster.local AXFR)"
contains "with another secret too" "BADSIG" \
    "$(kdig @127.0.0.1 -p "$port" -y "hmac-sha256:transfer.key:AAAA" cluster.local SOA)"
contains "and over TLS" "BADSIG" \
    "$(kdig @127.0.0.1 -p "$tls_port" +tls -y "hmac-sha256:transfer.key:AAAA" cluster.local SOA)"
contains "an answer to a signed question is signed" "NOERROR" \
    "$(kdig @127.0.0.1 -p "$port" -y "$key" cluster.local SOA)"

# The same zone at three servers, all of which check the signature.
cat >knot.conf <<KNOT
server:
    rundir: $work/knot
    listen: 127.0.0.1@$knot_port
database:
    storage: $work/knot
key:
  - id: transfer.key
    algorithm: hmac-sha256
    secret: $secret
remote:
  - id: here
    address: 127.0.0.1@$port
    key: transfer.key
acl:
  - id: out
    address: 127.0.0.1
    action: [transfer, notify]
  - id: signed
    address: 127.0.0.1
    key: transfer.key
    action: [transfer, notify]
zone:
  - domain: cluster.local
    master: here
    storage: $work/knot
    acl: [out, signed]
  - domain: knot.test
    storage: $work/knot
    acl: out
KNOT
zone_file() {
    printf '%s\n' "\$ORIGIN $1." '$TTL 60' "@ SOA ns hostmaster $2 3600 600 86400 60" '@ NS ns' 'ns A 192.0.2.1' \
        '*.wild TXT "wild"' 'mail MX 10 ns'
    for number in $(seq 2000); do echo "host$number A 192.0.2.7"; done
}
zone_file knot.test 1 >knot/knot.test.zone
cat >nsd.conf <<NSD
server:
    ip-address: 127.0.0.1@$nsd_port
    username: ""
    zonesdir: "$work/nsd"
    database: ""
    pidfile: "$work/nsd/pid"
    xfrdfile: "$work/nsd/xfrd"
    zonelistfile: "$work/nsd/zonelist"
    xfrdir: "$work/nsd"
remote-control:
    control-enable: no
key:
    name: transfer.key
    algorithm: hmac-sha256
    secret: "$secret"
zone:
    name: cluster.local
    zonefile: cluster.local.zone
    request-xfr: 127.0.0.1@$port transfer.key
    allow-notify: 127.0.0.1 transfer.key
zone:
    name: nsd.test
    zonefile: nsd.test.zone
    provide-xfr: 127.0.0.1 transfer.key
NSD
zone_file nsd.test 1 >nsd/nsd.test.zone
cat >named.conf <<BIND
key transfer.key { algorithm hmac-sha256; secret "$secret"; };
tls here { cert-file "$work/tls.pem"; key-file "$work/bind/tls.key"; };
options {
    directory "$work/bind"; pid-file "$work/bind/pid"; session-keyfile "$work/bind/session.key";
    listen-on port $bind_port { 127.0.0.1; }; listen-on-v6 { none; };
    listen-on port $bind_tls_port tls here { 127.0.0.1; };
    recursion no; dnssec-validation no; allow-transfer { key transfer.key; };
};
controls { };
zone cluster.local { type secondary; primaries port $port { 127.0.0.1 key transfer.key; }; file "cluster.local"; masterfile-format text; };
zone bind.test { type primary; file "bind.test.zone"; ixfr-from-differences yes; notify explicit; also-notify { 127.0.0.1 port $port key transfer.key; }; };
BIND
zone_file bind.test 1 >bind/bind.test.zone
cp tls.key bind/tls.key
chmod 644 bind/tls.key
knotd -c knot.conf >knot.log 2>&1 & started+=($!)
nsd -d -c nsd.conf >nsd.log 2>&1 & started+=($!)
named -g -c named.conf >bind.log 2>&1 & bind=$!; started+=("$bind")

# serial PORT ZONE
serial() { dig +short +time=1 +tries=1 @127.0.0.1 -p "$1" "$2" SOA | awk '{ print $3 }'; }
same_serial() { [ -n "$(serial "$1" "$3")" ] && [ "$(serial "$1" "$3")" = "$(serial "$2" "$3")" ]; }
for other in knot nsd bind; do
    other_port=${other}_port
    await 10 same_serial "$port" "${!other_port}" cluster.local || true
    equal "$other has the serial of the cluster zone" "$(serial "$port" cluster.local)" "$(serial "${!other_port}" cluster.local)"
    for name in my-nginx.default.svc kubernetes.default.svc; do
        equal "$other answers $name" "$(ask $name.cluster.local A +short)" \
            "$(dig +short @127.0.0.1 -p "${!other_port}" $name.cluster.local A)"
    done
done

# A change of the registry: NOTIFY at once, then differences.
cat >services/added.yaml <<YAML
apiVersion: v1
kind: Service
metadata: { name: added, namespace: default }
spec: { clusterIP: 10.0.77.77, ports: [{ port: 80 }] }
YAML
for other in knot nsd bind; do
    other_port=${other}_port
    has_added() { [ "$(dig +short +time=1 +tries=1 @127.0.0.1 -p "${!other_port}" added.default.svc.cluster.local A)" = 10.0.77.77 ]; }
    if await 3 has_added; then pass "$other has a new Service within seconds"; else fail "$other has a new Service within seconds"; fi
done
contains "knot was told, and takes differences" "IXFR, incoming" "$(cat knot.log)"
contains "bind too" "received notify for zone 'cluster.local'" "$(cat bind.log)"
equal "differences lead to the same zone" "$("$clusterdns" zone cluster.local -conf Corefile | plain)" \
    "$(kdig @127.0.0.1 -p "$knot_port" cluster.local AXFR | plain)"

# A master file goes out by differences too: old SOA, what is gone, new SOA, what came (RFC 1995 §4).
zone_file static.test 7 >static.zone
cat >>Corefile <<COREFILE
static.test:$port {
    bind 127.0.0.1
    transfer {
        to *
    }
    file static.zone {
        reload 1s
    }
}
COREFILE
kill -HUP "$server"
static_serial() { [ "$(serial "$port" static.test)" = "$1" ]; }
await 10 static_serial 7 || true
sed -i -e 's/hostmaster 7 /hostmaster 9 /' -e 's/^host3 .*/host3 A 192.0.2.33/' -e '/^host4 /d' static.zone
await 10 static_serial 9 || true
equal "differences of a master file" "SOA 9,SOA 7,host3 192.0.2.7,host4 192.0.2.7,SOA 9,host3 192.0.2.33,SOA 9" \
    "$(differences static.test 7)"
equal "and of an older version all of it" 2005 \
    "$(kdig @127.0.0.1 -p "$port" static.test IXFR=1 | sed -e '/^;/d' -e '/^$/d' | wc -l)"


# Transfers are counted by how they ended, also one that its client leaves, and an answer over UDP.
out() { curl -s "http://127.0.0.1:$metrics_port/metrics" | sed -n "s/^clusterdns_zone_transfers_out_total{type=\"$1\",result=\"$2\"} //p"; }
# counted TYPE RESULT COMMAND...: how many more there are once it has run.
counted() {
    local kind=$1 result=$2 before
    before=$(out "$kind" "$result")
    shift 2
    "$@" >/dev/null 2>&1 || true
    sleep 0.3
    echo "$(($(out "$kind" "$result") - before))"
}
equal "a zone that was sent is counted" 1 "$(counted axfr sent dig @127.0.0.1 -p "$port" static.test AXFR)"
equal "so are differences" 1 "$(counted ixfr sent kdig @127.0.0.1 -p "$port" static.test IXFR=7)"
equal "and that there are none, over UDP" 1 "$(counted ixfr sent kdig @127.0.0.1 -p "$port" +notcp static.test IXFR=9)"
equal "what is refused is" 1 "$(counted axfr refused dig @127.0.0.1 -p "$port" cluster.local AXFR)"
equal "and differences that are" 1 "$(counted ixfr refused kdig @127.0.0.1 -p "$port" cluster.local IXFR=1)"

# Their zones here.
cat >>Corefile <<COREFILE
knot.test:$port {
    bind 127.0.0.1
    secondary {
        transfer from 127.0.0.1:$knot_port
    }
}
nsd.test:$port bind.test:$port {
    bind 127.0.0.1
    transfer {
        to *
    }
    secondary nsd.test {
        state copies
        transfer from 127.0.0.1:$nsd_port key transfer.key
    }
    secondary bind.test {
        transfer from 127.0.0.1:$bind_port key transfer.key
    }
}
COREFILE
kill -HUP "$server"
for other in knot nsd bind; do
    await 10 test -n "$(serial "$port" $other.test)" || true
    has_it() { [ "$(serial "$port" $other.test)" = 1 ]; }
    await 10 has_it || true
    equal "a copy of the zone of $other" 1 "$(serial "$port" $other.test)"
    equal "and its last name" 192.0.2.7 "$(dig +short @127.0.0.1 -p "$port" host2000.$other.test A)"
    equal "and a wildcard" '"wild"' "$(dig +short @127.0.0.1 -p "$port" a.b.wild.$other.test TXT)"
done

# A new version: NOTIFY, then differences.
sed -i -e 's/hostmaster 1 /hostmaster 2 /' -e 's/^host7 .*/host7 A 192.0.2.8/' bind/bind.test.zone
kill -HUP "$bind"
new_version() { [ "$(serial "$port" bind.test)" = 2 ]; }
if await 5 new_version; then pass "NOTIFY of bind brings the new version"; else fail "NOTIFY of bind brings the new version"; fi
equal "with what changed" 192.0.2.8 "$(dig +short @127.0.0.1 -p "$port" host7.bind.test A)"
contains "by differences" "IXFR" "$(grep 'bind.test/IN' bind.log)"
contains "NOTIFY of somebody else is not for us" "REFUSED" \
    "$(dig @127.0.0.1 -p "$port" -b 127.0.0.2 +opcode=notify nsd.test SOA 2>&1)"

# The same over TLS (RFC 9103): whose certificate is another's is not asked.
sed -i -e "s|transfer from 127.0.0.1:$bind_port|tls $work/tls.pem\n        transfer from tls://127.0.0.1%y.test:$bind_tls_port|" Corefile
kill -HUP "$server"
says_so() { grep -q 'there is no TLS with it' log; }
await 10 says_so || true
contains "a primary whose certificate is for another name is not asked" \
    "bind.test. from tls://127.0.0.1:$bind_tls_port: there is no TLS with it" "$(cat log)"
contains "and nothing is answered from it" SERVFAIL "$(dig @127.0.0.1 -p "$port" host7.bind.test A)"
sed -i -e "s|%y.test|%x.test|" Corefile
kill -HUP "$server"
await 10 new_version || true
equal "a zone of bind over TLS" 192.0.2.8 "$(dig +short @127.0.0.1 -p "$port" host7.bind.test A)"
sed -i -e 's/hostmaster 2 /hostmaster 3 /' -e 's/^host8 .*/host8 A 192.0.2.9/' bind/bind.test.zone
kill -HUP "$bind"
third_version() { [ "$(serial "$port" bind.test)" = 3 ]; }
await 5 third_version || true
equal "and its next version" 192.0.2.9 "$(dig +short @127.0.0.1 -p "$port" host8.bind.test A)"

equal "which goes on to others by differences" "SOA 3,SOA 2,host8 192.0.2.7,SOA 3,host8 192.0.2.9,SOA 3" \
    "$(differences bind.test 2)"
metrics=$(curl -s "http://127.0.0.1:$metrics_port/metrics")
contains "how old a copy is can be measured" "clusterdns_zone_copy_good_timestamp_seconds{zone=\"bind.test.\"} $(date +%s | cut -c1-7)" "$metrics"
contains "and how it came" 'clusterdns_zone_transfers_in_total{result="whole"}' "$metrics"
contains "and what failed" 'clusterdns_zone_transfers_in_total{result="failed"}' "$metrics"

# The primaries go, and the copies stay, also over a restart.
kill "${started[@]:1}" 2>/dev/null || true
stop_server
start_server
equal "without its primary a copy answers on" 192.0.2.7 "$(dig +short @127.0.0.1 -p "$port" host1.nsd.test A)"
exit "$((failures > 0))"
