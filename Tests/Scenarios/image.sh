#!/usr/bin/env bash
# The container image, made from the program at hand: what is in it, and that it serves as a Pod would.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"

# The file capability and the namespaces of the check need root.
[ "$(id -u)" -eq 0 ] || cannot "the container image: needs root"
archive=$work/image.oci.tar
equal "Scripts/image builds the archive, and its program answers at port 53 as user 65532" 0 \
    "$(status_of "$repository/Scripts/image" --program "$clusterdns" --output "$archive" --check)"
[ -s "$archive" ] || { cat "$work/out" "$work/err"; exit 1; }
grep 'unpacked' "$work/out" || true

mkdir "$work/layout"
tar -x -C "$work/layout" -f "$archive"
# blob DIGEST: the file of sha256:…
blob() { echo "$work/layout/blobs/${1/://}"; }
manifest=$(blob "$(jq -r '.manifests[0].digest' "$work/layout/index.json")")
configuration=$(blob "$(jq -r .config.digest "$manifest")")
equal "the program is what runs, as nobody's user" '["/clusterdns"] 65532:65532' \
    "$(jq -r '.config | "\(.Entrypoint | tojson) \(.User)"' "$configuration")"
equal "the ports of CoreDNS are declared" "53/tcp 53/udp 8080/tcp 8181/tcp 9153/tcp" \
    "$(jq -r '.config.ExposedPorts | keys | join(" ")' "$configuration")"
equal "one layer" 1 "$(jq '.layers | length' "$manifest")"
tar -tf "$(blob "$(jq -r '.layers[0].digest' "$manifest")")" >"$work/files"
equal "no shell, and nothing to install more with" "" \
    "$(grep -E '(^|/)(sh|bash|dash|busybox|apt|dpkg)$' "$work/files" || true)"
equal "no ConfigMap, key or token" "" "$(grep -E '\.(key|pem|token)$|Corefile' "$work/files" || true)"
equal "an unknown argument is refused" 2 "$(status_of "$repository/Scripts/image" --nope)"
