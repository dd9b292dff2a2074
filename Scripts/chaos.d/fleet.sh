#!/usr/bin/env bash
# A copy of the cluster zone on every node, while endpoints change: how far the copies are behind, and what they cost.
#
# CHAOS_COPIES [50, quick: 5] servers follow one that follows a simulated API server. CHAOS_RATE [1000] endpoints change a
# second, for 5 s; then every copy has to have the primary's version, and the same records, within a second. After that one
# endpoint changes every 200 ms or so, and has to show in a copy's answers within 100 ms. All of it shares this machine's
# cores.
# shellcheck disable=SC2154
# By its whole path, since it starts itself again from another directory.
self=$(realpath "$0")
[ "$0" = "$self" ] || exec bash "$self" "$@"
# A network of its own: counters there count nothing else.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/../../Tests/Scenarios/lib-network.sh"
# shellcheck source=Scripts/chaos.d/lib.sh
. "$(dirname "$0")/lib.sh"
command -v nft >/dev/null || cannot "nft is not installed"

copies=${CHAOS_COPIES:-$(quick_or 5 50)}
rate=${CHAOS_RATE:-1000}
seconds=$(quick_or 2 5)
primary_port=5353
objects=services=400,headless=400,slices=400,endpoints=10
tool fleet
tool registryprobe bench.d
cd "$work"
echo "key \"transfer.key\" { algorithm hmac-sha256; secret \"$(head -c 32 /dev/urandom | base64)\"; };" >keys
chmod 600 keys
[ "$(id -u)" -ne 0 ] || chown 65532 keys 2>/dev/null || true
key=hmac-sha256:transfer.key:$(sed 's/.*secret "\(.*\)".*/\1/' keys)

targets=
for ((number = 1; number <= copies; number++)); do targets+=" 127.0.1.$number:5300"; done
start_api --tls --port 0 --generate "$objects"
chmod 644 kubeconfig
cat >Corefile <<COREFILE
.:$primary_port {
    bind 127.0.0.1
    errors
    tsig {
        secrets keys
    }
    transfer cluster.local {
        to *$targets key transfer.key
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig $work/kubeconfig
        ttl 5
    }
}
COREFILE
port=$primary_port
start_server

# serial ADDRESS PORT
# shellcheck disable=SC2317
serial() { dig +short +time=1 +tries=1 @"$1" -p "$2" cluster.local SOA | awk '{ print $3 }'; }
# shellcheck disable=SC2317
has_zone() { [ -n "$(serial "$1" "$2")" ]; }
await 30 has_zone 127.0.0.1 $primary_port || { fail "the primary has its zone"; cat log; exit 1; }
copy_ids=()
for ((number = 1; number <= copies; number++)); do
    cat >"Corefile.$number" <<COREFILE
.:5300 {
    bind 127.0.1.$number
    errors
    tsig {
        secrets keys
    }
    secondary cluster.local {
        transfer from 127.0.0.1:$primary_port key transfer.key
    }
    transfer {
        to 127.0.0.1/32
    }
    prometheus 127.0.1.$number:9153
}
COREFILE
    # Behind the API server and the primary, which have machines of their own in a cluster.
    nice -n 10 "$clusterdns" -quiet -conf "Corefile.$number" >"log.$number" 2>&1 &
    copy_ids+=($!) started+=($!)
done
begun=$(./fleet 60 $primary_port "$copies")
equal "every copy has the zone at the start" 0 "$(field late "$begun")"

# records ADDRESS PORT: all of the zone but the SOA, in order.
records() {
    dig @"$1" -p "$2" ${3:+-y "$3"} cluster.local AXFR |
        grep -v -e '^;' -e '^$' -e '[[:space:]]SOA[[:space:]]' -e '[[:space:]]TSIG[[:space:]]' | tr -s '\t ' ' ' | LC_ALL=C sort -u
}
record_count=$(records 127.0.0.1 $primary_port "$key" | wc -l)
# What the primary sends: transfers with the heads of their packets, and words of new versions.
nft -f - <<RULES
table inet fleet {
    chain out {
        type filter hook output priority 0
        tcp sport $primary_port counter comment "transfers"
        udp dport 5300 counter comment "words"
    }
}
RULES
# counted COMMENT packets|bytes
counted() { nft list table inet fleet | sed -n "s/.*$2 \([0-9]*\).*\"$1\".*/\1/p"; }

# wholes: how often a copy had all of the zone sent.
wholes() {
    local number
    for ((number = 1; number <= copies; number++)); do curl -s --max-time 5 "http://127.0.1.$number:9153/metrics"; done |
        awk '/^clusterdns_zone_transfers_in_total.*result="whole"/ { sum += $2 } END { print sum + 0 }'
}

wholes_before=$(wholes)
cpu_before=$(cpu_ticks "$server") copy_before=$(cpu_ticks "${copy_ids[0]}")
churned=$(./registryprobe churn --control "${control_url##*:}" --rate "$rate" --seconds "$seconds")
after=$(./fleet 30 $primary_port "$copies")
cpu_after=$(cpu_ticks "$server") copy_after=$(cpu_ticks "${copy_ids[0]}")
octets=$(counted transfers bytes) words=$(counted words packets)
at_least "endpoints changed a second" $((rate * 95 / 100)) "$(field rate "$churned")"
equal "every copy has the primary's version" 0 "$(field late "$after")"
at_most "the last of $copies copies has it after the last change" 1000 "$(field same_ms "$after")" ms
wanted=$(records 127.0.0.1 $primary_port "$key")
for number in 1 $(((copies + 1) / 2)) "$copies"; do
    equal "copy $number has the primary's records" "$wanted" "$(records "127.0.1.$number" 5300)"
done
changes=$(field changes "$churned")
echo "figures: $copies copies of $record_count records, $changes changes in $seconds s: $((octets / changes / copies)) octets a change and copy," \
    "$words words, $(($(wholes) - wholes_before)) times all of the zone; CPU: primary $((cpu_after - cpu_before))0 ms, a copy $((copy_after - copy_before))0 ms;" \
    "memory of a copy: $(memory_kib "${copy_ids[0]}") KiB"

shown=$(./registryprobe visible --address 127.0.1.1 --port 5300 --control "${control_url##*:}" --flips "$(quick_or 20 100)" --pause 197)
echo "figures: one change every 200 ms: $shown"
at_most "half of all changes show in a copy after" 50 "$(field p50_ms "$shown")" ms
at_most "every change shows in a copy after" 100 "$(field max_ms "$shown")" ms
exit "$((failures > 0))"
