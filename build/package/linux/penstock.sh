#!/bin/sh
# The command line of the installed application: its own program, without a display. No web page is ever loaded in this
# mode, so there is nothing that a sandbox would hold. What follows "--" is for Penstock and not for Chromium.
here=$(dirname -- "$(readlink -f -- "$0")")
exec "$here/../penstock" --cli --ozone-platform=headless --disable-gpu --no-sandbox --no-zygote --log-level=3 -- "$@"
