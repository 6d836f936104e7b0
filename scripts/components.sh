#!/bin/sh
# Brings the components of the rehearsal that no wheel carries: Prometheus (with promtool) and Alertmanager.
# They come from the machine's own Debian sources, unpacked into a cache folder: no root, no service started.
set -eu

packages="prometheus prometheus-alertmanager"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/flipgate/components"

here() { # here SETTING NAME...: does a setting, PATH or the cache folder hold one of these programs?
    setting=$1; shift
    [ -n "$setting" ] && return 0
    for name in "$@"; do
        command -v "$name" >/dev/null 2>&1 && return 0
        [ -x "$cache/usr/bin/$name" ] && return 0
    done
    return 1
}

if here "${FLIPGATE_PROMETHEUS:-}" prometheus && here "${FLIPGATE_PROMTOOL:-}" promtool &&
    here "${FLIPGATE_ALERTMANAGER:-}" alertmanager prometheus-alertmanager; then
    exit 0
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/unpack.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed() {
    tail -n 5 "$work/log" >&2 || true
    echo "prometheus and alertmanager could not be fetched; install them with: apt-get install -y $packages" >&2
    exit 1
}

command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 || failed
# Lists and archives of our own: the machine's need root, and on fresh images they are empty.
mkdir -p "$work/lists/partial" "$work/archives/partial"
apt() {
    apt-get -q -o APT::Sandbox::User="$(id -un)" -o Dir::State::lists="$work/lists" -o Dir::Cache="$work" \
        -o Acquire::Languages=none "$@" >>"$work/log" 2>&1
}
echo "Fetching $packages into $cache" >&2
apt update || failed
# shellcheck disable=SC2086 # two words, two packages
(cd "$work" && apt download $packages) || failed
for package in "$work"/*.deb; do
    dpkg-deb -x "$package" "$work/root" >>"$work/log" 2>&1 || failed
done
# Debian's Alertmanager reads its templates from an absolute folder, which only root could fill. In this copy the path is
# made relative (of the same length), and the rehearsal starts it in the cache folder.
LC_ALL=C sed -i 's#/usr/share/prometheus/alertmanager#usr/share/prometheus/alertmanager/#g' \
    "$work/root/usr/bin/prometheus-alertmanager" || failed

mkdir -p "$cache/usr/bin" "$cache/usr/share/prometheus/alertmanager"
mv -f "$work"/root/usr/share/prometheus/alertmanager/*.tmpl "$cache/usr/share/prometheus/alertmanager/"
mv -f "$work"/root/usr/bin/* "$cache/usr/bin/"
