#!/usr/bin/env bash
# DNS over TLS: what clients see, certificates that change under them, and those that cannot be used.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
copy_registry
write_corefile
free_port; tls_port=$found
cd "$work"

# certificate NAME [DAYS]: NAME.pem and NAME.key, signed by themselves; -1 days ended yesterday.
certificate() {
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1.test" -keyout "$1.key" -out "$1.csr" 2>/dev/null
    printf 'subjectAltName=DNS:%s.test\n' "$1" >"$1.ext"
    openssl x509 -req -in "$1.csr" -signkey "$1.key" -days "${2:-30}" -extfile "$1.ext" -out "$1.pem" 2>/dev/null
}
use() { cp "$1.pem" tls.pem; cp "$1.key" tls.key; }
for name in first second third; do certificate $name; done
certificate old -1
use first
sed -i -e "s|^\.:$port|.:$port tls://.:$tls_port|" -e 's/    errors/    tls tls.pem tls.key/' Corefile
start_server

# over_tls [OPTION]... NAME: the answer over TLS.
over_tls() { kdig +short +retry=0 +time=5 -p "$tls_port" @127.0.0.1 +tls "$@" 2>&1; }
name=my-nginx.default.svc.cluster.local
equal "kdig gets an answer over TLS" 10.0.162.149 "$(over_tls $name)"
equal "from a server it can be sure of" 10.0.162.149 \
    "$(over_tls +tls-ca="$work/first.pem" +tls-hostname=first.test $name)"
equal "TCP at the other port has no TLS" 10.0.162.149 "$(ask $name A +tcp)"
contains "which certificate it is is said" "tls.pem is in use, for CN=first.test, until 20" "$(cat log)"

# session VERSION [OPTION]...: shakes hands and says goodbye.
session() { openssl s_client -connect "127.0.0.1:$tls_port" "$@" </dev/null 2>&1 || true; }
contains "TLS 1.3" "New, TLSv1.3" "$(session -tls1_3)"
contains "TLS 1.2" "New, TLSv1.2" "$(session -tls1_2)"
for version in tls1_1 tls1; do
    contains "no $version" "alert protocol version" "$(session -$version -cipher 'ALL:@SECLEVEL=0')"
done
contains "the protocol's name is agreed on with clients that offer it" "ALPN protocol: dot" "$(session -alpn dot)"
contains "and not insisted on" "New, TLSv1.3" "$(session -alpn h2)"

# message ID: a query for type A of the name, with its length in front, in hexadecimal.
question=$(printf '%s' "$name" | tr . '\n' | while read -r label; do printf '%02x%s' ${#label} "$(printf %s "$label" | od -An -tx1 | tr -d ' \n')"; done)00
message() { printf '%04x%04x01000001000000000000%s00010001' $((${#question} / 2 + 16)) "$1" "$question"; }
octets() { printf "$(sed 's/../\\x&/g')"; }
# say HEXADECIMAL: those octets, and then a pause for the answers.
say() { octets <<<"$1"; sleep "${2-0.5}"; }
# tls_answer HEXADECIMAL [OPTION]..., tcp_answer HEXADECIMAL: what comes back, in hexadecimal.
tls_answer() { local sent=$1; shift; say "$sent" | openssl s_client -quiet -no_ign_eof -connect "127.0.0.1:$tls_port" "$@" 2>/dev/null | od -An -v -tx1 | tr -d ' \n'; }
tcp_answer() {
    exec 5<>"/dev/tcp/127.0.0.1/$port"
    octets <<<"$1" >&5
    timeout 0.5 cat <&5 | od -An -v -tx1 | tr -d ' \n' || true
    exec 5>&-
}

# Tickets leave with the first answer.
tls_answer "$(message 1)" -sess_out ticket >/dev/null
contains "a session is resumed with TLS 1.3" "Reused, TLSv1.3" \
    "$(say "$(message 2)" | openssl s_client -connect "127.0.0.1:$tls_port" -sess_in ticket 2>&1 | tr -d '\0')"
equal "and with TLS 1.2" "New Reused Reused Reused Reused Reused" \
    "$(session -tls1_2 -reconnect | sed -n 's/^\(New\|Reused\), TLSv1.2.*/\1/p' | xargs)"

many=$(for id in $(seq 100); do message "$id"; done)
one=$(tls_answer "$(message 1)")
equal "100 pipelined queries get 100 answers" $((100 * ${#one})) "$(tls_answer "$many" | wc -c)"

# What is refused over TCP is refused over TLS, octet by octet: UPDATE, NOTIFY, AXFR, no question, an unknown TSIG key.
tsig=03666f6f0000fa00ff00000000001d08686d61632d6d643507736967000000000000000000000000000000
declare -A requests=(
    [UPDATE]="$(printf '%04x00072800000100000000000007636c7573746572056c6f63616c0000060001' 31)"
    [NOTIFY]="$(printf '%04x00072000000100000000000007636c7573746572056c6f63616c0000060001' 31)"
    [AXFR]="$(printf '%04x00070000000100000000000007636c7573746572056c6f63616c0000fc0001' 31)"
    ["no question"]="000c000701000000000000000000"
    ["an unknown TSIG key"]="$(printf '%04x000701000001000000000001%s00010001%s' $((${#question} / 2 + 16 + ${#tsig} / 2)) "$question" "$tsig")"
)
for what in "${!requests[@]}"; do
    equal "$what: the same as over TCP" "$(tcp_answer "${requests[$what]}")" "$(tls_answer "${requests[$what]}")"
done
contains "UPDATE is not done" 0007a80400 "$(tls_answer "${requests[UPDATE]}")"

metrics=$(curl -s "http://127.0.0.1:$metrics_port/metrics")
contains "queries over TLS are counted as TCP, at their own server" \
    "server=\"tls://127.0.0.1:$tls_port\",zone=\".\",view=\"\",proto=\"tcp\"" "$metrics"

# A connection from before, which says its second query when told to.
mkfifo more
(octets <<<"$(message 1)"; read -r _ <more; octets <<<"$(message 2)"; sleep 0.5) |
    openssl s_client -quiet -no_ign_eof -connect "127.0.0.1:$tls_port" 2>/dev/null | od -An -v -tx1 | tr -d ' \n' >open &
before=$!

subject() { session | sed -n 's/^ *0 s:\(.*\)/\1/p'; }
shows() { [ "$(subject)" = "CN = $1.test" ]; }
shows_soon() { if await 5 shows "$1"; then pass "$2"; else fail "$2: it shows $(subject)"; fi; }
shows first && pass "the certificate is the first" || fail "the certificate is the first"
use second
kill -HUP "$server"
shows_soon second "SIGHUP: the next handshake has the new one"
contains "which is said" "tls.pem is in use, for CN=second.test" "$(cat log)"
echo now >more
wait "$before" || true
equal "and the connection from before lives on" $((2 * ${#one})) "$(wc -c <open)"

# With `reload`, a file that changed is enough; one that is broken is said once and changes nothing.
sed -i 's/    loadbalance/    reload 2s 1s\n    loadbalance/' Corefile
kill -HUP "$server"
reloads() { [ "$(grep -c 'Reloading complete' log)" -ge 2 ]; }
await 5 reloads || true
use third
shows_soon third "reload: a renewed file is seen without a signal"
errors() { grep -c '^\[ERROR\]' log || true; }
cp second.key tls.key
has_failed() { [ "$(errors)" -ge 1 ]; }
await 6 has_failed || true
sleep 4
equal "a key of another certificate is one error line" 1 "$(errors)"
contains "with the place, the files and whom it is for" \
    "Corefile:3:5: \"tls\" cannot be used: the key in $work/tls.key is not that of the certificate in $work/tls.pem, for CN=third.test" \
    "$(grep '^\[ERROR\]' log)"
shows third && pass "and the old one goes on" || fail "and the old one goes on"
use second
shows_soon second "until the files are right"

# Clients that hang up in the midst of their handshake, and such that never go on with it.
random=$(printf '%064x' 7)
extensions=000a00040002001d000d000400020403002b0003020304003300260024001d0020$(printf '%064x' 9)
body=0303${random}0000021301'0100'$(printf '%04x' $((${#extensions} / 2)))$extensions
hello=$(printf '160301%04x01%06x%s' $((${#body} / 2 + 4)) $((${#body} / 2)) "$body" | sed 's/../\\x&/g')
descriptors() { find "/proc/$server/fd" -type l | wc -l; }
contains "the hello is one that the server answers" 16030300 "$(
    exec 5<>"/dev/tcp/127.0.0.1/$tls_port"
    printf "$hello" >&5
    timeout 1 head -c 4 <&5 | od -An -tx1 | tr -d ' \n'
)"
descriptors_before=$(descriptors)
for _ in $(seq 10000); do
    exec 5<>"/dev/tcp/127.0.0.1/$tls_port"
    printf "$hello" >&5
    exec 5>&-
done
equal "10,000 hang up behind their hello, and one is answered" 10.0.162.149 "$(over_tls $name)"
settled() { [ "$(descriptors)" -le $((descriptors_before + 2)) ]; }
if await 8 settled; then pass "their descriptors are given back"; else fail "there are $(descriptors) descriptors, not $descriptors_before"; fi
exec 5<>"/dev/tcp/127.0.0.1/$tls_port" 6<>"/dev/tcp/127.0.0.1/$tls_port"
printf "${hello:0:80}" >&6  # its first 20 octets
from=$(date +%s%N)
timeout 10 cat <&5 >/dev/null || true
timeout 10 cat <&6 >/dev/null || true
took=$((($(date +%s%N) - from) / 1000000))
if [ "$took" -ge 3500 ] && [ "$took" -le 5500 ]; then pass "a handshake that never ends is closed after 5 s"
else fail "a handshake that never ends is closed after $took ms"; fi
exec 5>&- 6>&-

stop_server
equal "the server ends with status 0" 0 "$server_status"

# Refused at the start, each with a sentence.
# refused WHAT SENTENCE...: `check` and the server say so.
refused() {
    equal "$1: the server does not start" 1 "$(status_of "$clusterdns" -conf "$work/Corefile")"
    contains "$1: it says why" "Corefile:3:5: \"tls\" cannot be used: $2" "$(cat out err)"
    contains "$1: so does check" "Corefile:3:5: error: \"tls\" cannot be used: $2" "$("$clusterdns" check --conf "$work/Corefile" || true)"
}
use old
ended=$(date -u -d "$(openssl x509 -in old.pem -noout -enddate | cut -d= -f2)" '+%F %T UTC')
refused "a certificate that has expired" "the certificate in $work/tls.pem, for CN=old.test, expired on $ended; renew it"
use first
cp second.key tls.key
refused "a key of another certificate" "the key in $work/tls.key is not that of the certificate in $work/tls.pem, for CN=first.test"
rm tls.key
refused "no key" "$work/tls.key cannot be read (no such file or directory)"
