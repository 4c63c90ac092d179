#!/bin/sh
# Builds the engine without Node under a sanitizer and runs the driver's cases.
# Usage: native/driver/run.sh [asan|tsan]. Exit code 0: every case passed and the sanitizer found nothing.
set -eu
mode=${1:-asan}
here=$(cd "$(dirname "$0")" && pwd)
native=$(dirname "$here")
case $mode in
  asan) flags='-fsanitize=address,undefined -fno-sanitize-recover=all' ;;
  tsan) flags='-fsanitize=thread' ;;
  *) echo "usage: run.sh [asan|tsan]" >&2; exit 2 ;;
esac
exec make -s -f "$here/Makefile" -C "$native" MODE="$mode" SANITIZE="$flags" check
