#!/usr/bin/env bash
# One bootstrap for every command: virtual environment, locked packages, components, report. A second run does nothing twice.
set -euo pipefail
cd "$(dirname "$0")/.."
exec 9<"scripts/setup.sh" && flock 9 # two commands at once set up once

main() {
    once venv "$PWD" create_venv
    once packages "$(digest requirements.lock)" install_packages
    once suite "$(digest pyproject.toml)" install_suite
    scripts/components.sh || say "a component is missing; what needs it will name it"
    scripts/browser.sh || say "without a browser the portal's gates hold"
    [[ ! -f package-lock.json ]] || report
}

# once NAME KEY COMMAND: run COMMAND unless it has succeeded for this KEY.
once() {
    local stamp=".venv/.done-$1"
    [[ -f $stamp && $(<"$stamp") == "$2" ]] && return
    "$3" || return
    echo "$2" >"$stamp"
}

digest() { sha256sum "$@" | sha256sum | cut -d' ' -f1; }

say() { echo "setup: $*" >&2; }

stop() { say "$@"; exit 1; }

create_venv() {
    local python
    python=$(find_python) || exit 1
    "$python" -c 'import ensurepip' 2>/dev/null || stop "$python has no ensurepip; run: apt-get install -y python3-venv"
    say "virtual environment with $("$python" --version)"
    "$python" -m venv --clear .venv
}

find_python() {
    local python
    for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$python"; return; }
    done
    python=${PYTHON:-python3}
    stop "Python 3.11 or newer is needed, $python is $("$python" --version 2>/dev/null || echo "not there");" \
        "name one: make PYTHON=/path/to/python3"
}

install_packages() {
    say "packages of requirements.lock, checked against their hashes"
    installer --require-hashes --no-deps -r requirements.lock
}

install_suite() { installer --no-deps -e .; }

installer() {
    if command -v uv >/dev/null; then
        uv pip install --quiet --python .venv/bin/python "$@"
    else
        .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check "$@"
    fi
}

report() {
    if ! command -v npm >/dev/null; then
        say "no npm here: the report comes out as a plain HTML page"
    else
        once report "$(digest package-lock.json)" install_report ||
            say "npm could not install the report's packages: it comes out as a plain HTML page"
    fi
}

install_report() {
    say "packages of the report"
    npm ci --silent --no-audit --no-fund
}

main
