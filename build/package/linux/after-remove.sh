#!/bin/sh
# Every file belongs to the package and goes with it. What a user received, and the settings, are the user's.
exit 0
