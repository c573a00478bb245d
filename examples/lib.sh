# What the examples share: a directory for all files, the programs that were started, both gone at the end; and the relay.
set -euo pipefail
relay=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/relay
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

# need PROGRAM ADVICE: ends the example if the program is missing
need() {
  command -v "$1" >/dev/null || { echo "This example needs $1: $2" >&2; exit 1; }
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start NAME CONDITION COMMAND...: runs it until the condition holds: "port N" when something listens there,
# "line TEXT" when its output has a line that begins so, "answer URL" when something is to be had there
start() {
  local name=$1 condition=$2
  shift 2
  : >"$work/$name.log"
  "$@" >"$work/$name.log" 2>&1 &
  local pid=$!
  pids+=("$pid")
  until holds "$name" $condition; do
    kill -0 "$pid" 2>/dev/null || { echo "$name has ended:" >&2; cat "$work/$name.log" >&2; exit 1; }
    sleep 0.1
  done
}

holds() { # holds NAME port N, or holds NAME line TEXT..., or holds NAME answer URL
  local name=$1 kind=$2
  shift 2
  case $kind in
    port) (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null ;;
    line) grep -q "^$*" "$work/$name.log" ;;
    answer) curl -fs "$1" >/dev/null ;;
  esac
}

# The relay, on a machine that everybody reaches. Builds the command first, if need be.
start_relay() {
  echo "building, if need be ..."
  "$relay" --version >/dev/null
  local clients skeletons http
  clients=$(free_port) skeletons=$(free_port) http=$(free_port)
  start relay "line ready" "$relay" serve --dir "$work/relay" --host 127.0.0.1 \
    --client-port "$clients" --skeleton-port "$skeletons" --http-port "$http" --user alice
  fingerprint=$(sed -n 's/^ *fingerprint *//p' "$work/relay.log" | head -n 1)
  login=("$relay" login "127.0.0.1:$clients" --key "http://127.0.0.1:$http/relay.pem" --fingerprint "$fingerprint"
    --user alice --password-file "$work/relay/alice.password")
}

# on MACHINE: from here on the relay command has the state of that machine; logs in
on() {
  export RELAY_HOME=$work/$1
  "${login[@]}"
}
