#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# tour.sh NAYSAY - six stops: thrice naysay says no to a real curl, twice it relays, and
# at last it plays a scenario and tells whether curl did the right thing.
#
# Every stop shows the command, what curl saw and how curl took it, and is
# checked; the exit status is 0 only when all of them went as told.
set -euo pipefail

naysay="$(readlink -f "${1:?usage: tour.sh NAYSAY}")"
scenarios="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../conf"
work="$(mktemp -d)"
started=()
stop_no=0
wrong=0
corporate='' open='' front=''
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY

if [[ -t 1 && -z "${NO_COLOR-}" ]]; then
    bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' cyan=$'\e[36m' plain=$'\e[0m'
else
    bold='' dim='' red='' green='' cyan='' plain=''
fi

tidy()
{
    [[ ${#started[@]} -eq 0 ]] || kill "${started[@]}" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap tidy EXIT

die()
{
    printf '%stour: %s%s\n' "$red" "$*" "$plain" >&2
    cat "$work"/*.err >&2 2>/dev/null || true
    exit 1
}

# FILE PATTERN PID: the first thing that PATTERN's group matches in FILE, once it is there.
await()
{
    local found
    for _ in {1..500}; do
        found="$(sed -nE "s/$2/\\1/p" "$1" 2>/dev/null | head -1)"
        [[ -z $found ]] || { echo "$found"; return; }
        kill -0 "$3" 2>/dev/null || die "a server ended before it was ready"
        sleep 0.01
    done
    die "a server did not become ready"
}

# A little origin: Python's file server over one file.
start_origin()
{
    mkdir "$work/www"
    echo "hello from the origin" >"$work/www/hello.txt"
    PYTHONUNBUFFERED=1 python3 -m http.server 0 --bind 127.0.0.1 --directory "$work/www" \
        >"$work/origin.out" 2>"$work/origin.log" &
    started+=($!)
    origin="127.0.0.1:$(await "$work/origin.out" '.* port ([0-9]+).*' $!)"
}

# NAME ARGUMENTS…: naysay in the background; its address is in $NAME.
start_naysay()
{
    local -n address="$1"
    local ready="$work/$1.ready"
    shift
    "$naysay" "$@" --listen 127.0.0.1:0 --ready-file "$ready" >"$ready.out" 2>"$ready.err" &
    started+=($!)
    # shellcheck disable=SC2034 # a name of the caller's
    address="$(await "$ready" '.*"proxy": *"(http:[^"]*)".*' $!)"
}

# TITLE "EXIT STATUS-LINE [FIELD]" ARGUMENTS…: one curl, shown and checked.
visit()
{
    local title="$1" exit_wanted="$2" status_wanted="$3" field="$4" seen state=0 line
    shift 4
    stop_no=$((stop_no + 1))
    printf '\n%s%d  %s%s\n' "$bold" "$stop_no" "$title" "$plain"
    printf '   %s$ curl%s%s\n' "$cyan" "$(printf ' %s' "${@@Q}" | sed -E "s/'([][A-Za-z0-9:/.,_%-]+)'/\\1/g")" "$plain"
    curl -sS -m 10 -D "$work/head" -o "$work/body" "$@" 2>"$work/curl.err" || state=$?
    tr -d '\r' <"$work/head" >"$work/lines"
    while read -r line; do
        [[ ! $line =~ ^(HTTP/|$field:) ]] || printf '     %s\n' "$line"
    done <"$work/lines"
    [[ ! -s $work/body ]] || printf '     %s%s%s\n' "$dim" "$(head -1 "$work/body" | cut -c 1-88)" "$plain"
    [[ ! -s $work/curl.err ]] || printf '     %s%s%s\n' "$dim" "$(tail -1 "$work/curl.err")" "$plain"
    seen="$(grep '^HTTP/' "$work/lines" | tail -1)"
    if [[ $state -eq $exit_wanted && "$seen" == *" $status_wanted"* ]] && grep -qi "^$field:" "$work/lines"; then
        printf '   %s✔ curl ends with %d%s\n' "$green" "$state" "$plain"
    else
        printf '   %s✘ curl ends with %d; told were %d, "%s" and a field %s%s\n' "$red" "$state" \
            "$exit_wanted" "$status_wanted" "$field" "$plain"
        wrong=$((wrong + 1))
    fi
}

# TITLE SCENARIO CURL ARGUMENTS…: a scenario played against curl, and its verdict.
play()
{
    local title="$1" scenario="$2" state=0
    shift 2
    stop_no=$((stop_no + 1))
    printf '\n%s%d  %s%s\n' "$bold" "$stop_no" "$title" "$plain"
    sed "s/^/     $dim/;s/\$/$plain/" "$scenario"
    printf '   %s$ naysay run %s -v -- curl %s%s\n' "$cyan" "${scenario##*/}" "$*" "$plain"
    "$naysay" run "$scenario" -v -- curl -q "$@" >"$work/run.out" 2>"$work/run.err" || state=$?
    sed '/^curl: /d;s/^/     /' "$work/run.out" "$work/run.err"
    if [[ $state -eq 0 ]] && grep -q 'down down up' "$work/run.err"; then
        printf '   %s✔ naysay ends with %d%s\n' "$green" "$state" "$plain"
    else
        printf '   %s✘ naysay ends with %d; told was 0%s\n' "$red" "$state" "$plain"
        wrong=$((wrong + 1))
    fi
}

start_origin
start_naysay corporate 407
start_naysay open serve
start_naysay front serve --upstream "http://$origin" --allow-request-control

printf '%snaysay, the proxy that says no, on cue%s\n' "$bold" "$plain"
visit "a corporate proxy asks for a password      ${dim}naysay 407" \
    22 "407 Proxy Auth" Proxy-Authenticate -f -x "$corporate" http://example.com/
visit "the CDN cannot reach the origin            ${dim}naysay serve --upstream … --allow-request-control" \
    22 "522" Content-Type -f -H "Naysay: 522" "$front/hello.txt"
visit "IIS has forgotten the session              ${dim}naysay serve" \
    22 "440" Content-Type -f "$open/status/iis/440"
visit "nobody says no: the origin's own answer    ${dim}naysay serve --upstream …" \
    0 "200 OK" Via "$front/hello.txt"
visit "a tunnel, blind to what passes             ${dim}naysay serve" \
    0 "200 OK" Server -p -x "$open" "http://$origin/hello.txt"

play "a scenario, and what it makes of curl" "$scenarios/cloudflare-blinks.yaml" \
    -fsS --retry 3 --retry-all-errors http://api.test/pay

if [[ $wrong -gt 0 ]]; then
    printf '\n%s%d of %d stops went otherwise than told%s\n' "$red" "$wrong" "$stop_no" "$plain"
    exit 1
fi
printf '\n%sall %d stops as told%s; go on with: %s --help\n' "$green" "$stop_no" "$plain" "${1}"
