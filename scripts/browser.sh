#!/bin/sh
# Brings the browser that looks at the portal, where the machine has none. It comes with some hundred libraries, so it is
# installed by the machine's own package manager, which only root may do; others are told the command.
set -eu

[ -n "${FLIPGATE_CHROMIUM:-}" ] && exit 0
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
downloads="${PLAYWRIGHT_BROWSERS_PATH:-${XDG_CACHE_HOME:-$HOME/.cache}/ms-playwright}"
for program in "$downloads"/chromium-*/chrome-linux*/chrome; do
    [ -x "$program" ] && exit 0
done

packages="chromium fonts-dejavu-core"
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "no browser here; install one with: apt-get install -y chromium" >&2
    exit 1
fi
echo "Installing $packages" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # two words, two packages
{ apt-get -q update && apt-get -q install -y --no-install-recommends $packages; } >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    echo "the browser could not be installed; try: apt-get install -y chromium" >&2
    exit 1
}
