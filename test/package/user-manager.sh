#!/bin/sh
# Runs a script as USER beside a service manager of that user, as a login would have it, on a machine that need not have
# been booted with systemd: in mounts of its own, with a control group of its own. Usage: user-manager.sh USER SCRIPT
set -eu
user=$1 script=$2
if [ "${3:-}" != inside ]; then
  group=penstock-test-$$
  for top in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
    if [ -e "$top/cgroup.procs" ]; then
      mkdir -p "$top/$group"
      chown -R "$user" "$top/$group"
    fi
  done
  status=0
  GROUP=$group unshare --mount --fork sh "$0" "$user" "$script" inside || status=$?
  for top in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
    if [ -d "$top/$group" ]; then find "$top/$group" -depth -type d -exec rmdir {} + 2>/dev/null || true; fi
  done
  exit "$status"
fi
for top in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
  if [ -e "$top/$GROUP/cgroup.procs" ]; then echo $$ >"$top/$GROUP/cgroup.procs"; fi
done
mount -t tmpfs tmpfs /run
run=/run/user/$(id -u "$user")
mkdir -p /run/systemd/system "$run"
chown "$user" "$run"
chmod 700 "$run"
home=$(getent passwd "$user" | cut -d: -f6)
runuser -u "$user" -- env -i HOME="$home" USER="$user" PATH=/usr/bin:/bin LANG=C.UTF-8 XDG_RUNTIME_DIR="$run" \
  sh -c '/lib/systemd/systemd --user >/dev/null 2>&1 & manager=$!
    for second in 1 2 3 4 5 6 7 8 9 10; do
      systemctl --user is-system-running --quiet 2>/dev/null && break
      sleep 0.5
    done
    status=0
    sh "$0" || status=$?
    kill "$manager"
    wait "$manager" || true
    exit "$status"' "$script"
