# In the session of an ordinary user: the service starts, takes a file from a device that is always accepted, and stops cleanly.
set -eu
cd "$HOME"
unit=penstock-receive
mkdir -p first Downloads
head -c 30000000 /dev/urandom >sent.bin
value() { systemctl --user show "$unit" -p "$1" --value; }

# A sender is always accepted once the user has answered "a" at a terminal.
mkfifo answers
script -qefc "penstock receive --dir first --once --port 47310 --hidden" typescript <answers >/dev/null &
first=$!
exec 3>answers
send() {
  for try in 1 2 3 4 5 6 7 8 9 10; do
    penstock --state sender send sent.bin --to "127.0.0.1:$1" >sent.log 2>&1 && return
    sleep 0.5
  done
  cat sent.log
  return 1
}
send 47310 &
sender=$!
until grep -q 'always accept' typescript; do sleep 0.2; done
echo a >&3
wait "$sender"
wait "$first"
exec 3>&-

# The unit as it is, on a port that nothing else on this machine has.
mkdir -p ".config/systemd/user/$unit.service.d"
{ echo '[Service]' && echo 'ExecStart=' && sed -n 's/^ExecStart=.*/& --port 47320/p' "/usr/lib/systemd/user/$unit.service"; } \
  >".config/systemd/user/$unit.service.d/port.conf"
systemctl --user daemon-reload
systemctl --user start "$unit"
send 47320
cmp sent.bin Downloads/Penstock/sent.bin
grep -q '^Seccomp:.2' "/proc/$(value MainPID)/status"
grep -q '^NoNewPrivs:.1' "/proc/$(value MainPID)/status"

# Another one is refused.
status=0
penstock --state stranger send sent.bin --to 127.0.0.1:47320 >/dev/null 2>&1 || status=$?
[ "$status" = 3 ] || { echo "a stranger was answered with $status"; exit 1; }

systemctl --user stop "$unit"
echo "result=$(value Result) state=$(value ActiveState) restarts=$(value NRestarts)"
