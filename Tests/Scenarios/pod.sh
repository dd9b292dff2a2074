#!/usr/bin/env bash
# A Pod's view, in a network namespace: its own resolv.conf, a real nginx, and the Service's certificate.
#
# Two namespaces and one veth pair: `dns` holds the server on kube-dns's address 10.0.0.10, `pod` holds jr4a2's address
# and, since kube-proxy is outside this project, the Service's own. Needs root; skips without, fails in CI.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"

if [ "$(id -u)" -ne 0 ]; then
    cannot "the Pod in a network namespace: needs root"
fi
dns=dns-$$ pod=pod-$$
clean_up() {
    ip netns del "$pod" 2>/dev/null || true
    ip netns del "$dns" 2>/dev/null || true
    rm -rf "/etc/netns/$pod"
}
if ! ip netns add "$dns" 2>"$work/err" || ! ip netns add "$pod" 2>>"$work/err" ||
    ! ip link add eth0 netns "$dns" type veth peer name eth0 netns "$pod" 2>>"$work/err"; then
    cannot "the Pod in a network namespace: not allowed here: $(head -n 1 "$work/err")"
fi

# address NAMESPACE ADDRESS...: brings eth0 and lo up with them.
address() {
    local namespace=$1 one
    shift
    ip -n "$namespace" link set lo up
    ip -n "$namespace" link set eth0 up
    for one in "$@"; do ip -n "$namespace" address add "$one/32" dev eth0; done
    ip -n "$namespace" route add default dev eth0
}
address "$dns" 10.0.0.10
address "$pod" 10.244.3.4 10.0.162.149
mkdir -p "/etc/netns/$pod"
printf '%s\n' 'nameserver 10.0.0.10' 'search default.svc.cluster.local svc.cluster.local cluster.local' \
    'options ndots:5' >"/etc/netns/$pod/resolv.conf"
echo 'hosts: files dns' >"/etc/netns/$pod/nsswitch.conf"
echo '127.0.0.1 localhost' >"/etc/netns/$pod/hosts"
in_pod() { ip netns exec "$pod" "$@"; }

# The plain my-nginx gives way to the secured one, under the same name.
copy_registry
cp "$here/fixtures/my-nginx-secured.yaml" "$work/services/my-nginx/service.yaml"
write_corefile
sed -i "s/^\.:$port /.:53 /; s/bind 127.0.0.1/bind 10.0.0.10/" "$work/Corefile"
ip netns exec "$dns" "$clusterdns" -conf "$work/Corefile" >"$work/log" 2>&1 &
started+=($!)
if ! await 20 in_pod bash -c '(exec 3<>/dev/tcp/10.0.0.10/53)'; then
    fail "the server opens port 53 in its namespace"
    cat "$work/log"
    exit 1
fi

# nginx as the Secret and the ConfigMap would make it, with a certificate for the Service's names.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/tls.key" -out "$work/tls.crt" -days 1 -subj /CN=my-nginx \
    -addext "$("$clusterdns" names my-nginx --manifests "$work/services" --output san)" 2>"$work/openssl" ||
    { fail "openssl makes a certificate from clusterdns names"; cat "$work/openssl"; exit 1; }
mkdir "$work/nginx"
echo 'Welcome to nginx!' >"$work/nginx/index.html"
chmod -R a+rX "$work"
cat >"$work/nginx.conf" <<NGINX
pid $work/nginx/pid;
error_log $work/nginx/error.log;
daemon off;
events {}
http {
    access_log off;
    server {
        listen 80;
        listen 443 ssl;
        server_name my-nginx;
        root $work/nginx;
        ssl_certificate $work/tls.crt;
        ssl_certificate_key $work/tls.key;
    }
}
NGINX
ip netns exec "$pod" nginx -e "$work/nginx/error.log" -c "$work/nginx.conf" &
started+=($!)
await 10 in_pod bash -c '(exec 3<>/dev/tcp/10.244.3.4/443)' || { fail "nginx starts"; cat "$work/nginx/error.log"; exit 1; }

answer=$(in_pod nslookup my-nginx || true)
contains "nslookup my-nginx finds the full name" "my-nginx.default.svc.cluster.local" "$answer"
contains "and the address" "Address: 10.0.162.149" "$answer"
equal "getent hosts my-nginx, which is gethostbyname" "10.0.162.149 my-nginx.default.svc.cluster.local" \
    "$(in_pod getent hosts my-nginx | tr -s ' ' || true)"
contains "getent ahosts my-nginx, which is getaddrinfo" 10.0.162.149 "$(in_pod getent ahosts my-nginx || true)"
contains "the Service's name verifies against the certificate" "Welcome to nginx!" \
    "$(in_pod curl -sS --max-time 10 --cacert "$work/tls.crt" https://my-nginx/ 2>&1 || true)"
contains "so does the full name" "Welcome to nginx!" \
    "$(in_pod curl -sS --max-time 10 --cacert "$work/tls.crt" https://my-nginx.default.svc.cluster.local/ 2>&1 || true)"
equal "by Pod IP the certificate does not match (curl's code 60)" 60 \
    "$(status_of ip netns exec "$pod" curl -sS --max-time 10 --cacert "$work/tls.crt" https://10.244.3.4/)"
contains "and needs -k" "Welcome to nginx!" "$(in_pod curl -sSk --max-time 10 https://10.244.3.4/ 2>&1 || true)"
equal "the secured Service has SRV for https" "0 100 443 my-nginx.default.svc.cluster.local." \
    "$(in_pod dig +short SRV _https._tcp.my-nginx.default.svc.cluster.local)"

# The Pod is replaced; the answer follows.
begin=${EPOCHREALTIME/./}
mv "$work/services/my-nginx/pod-jr4a2.yaml" "$work/pod-jr4a2.yaml"
cp "$here/fixtures/pod-e9ihh.yaml" "$work/services/my-nginx/"
followed() { [ "$(in_pod dig +short -x 10.244.2.7)" = 10-244-2-7.my-nginx.default.svc.cluster.local. ]; }
await 3 followed || true
echo "the reverse name of the new Pod came after $(((${EPOCHREALTIME/./} - begin) / 1000)) ms (dig's own start included)"
equal "the reverse name of the new Pod" 10-244-2-7.my-nginx.default.svc.cluster.local. "$(in_pod dig +short -x 10.244.2.7)"
equal "the old Pod's endpoint name is gone" "" \
    "$(in_pod dig +short 10-244-3-4.my-nginx.default.svc.cluster.local)"
