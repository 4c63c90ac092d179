#!/bin/sh
# Menus, icons and types are refreshed by the system's own triggers; every file belongs to the package.
set -e
# "configure" without an earlier version is a first installation of Debian's, "1" is one of rpm's.
case "$1,$2" in
  configure, | 1,) ;;
  *) exit 0 ;;
esac
if grep -qsw tls /proc/sys/net/ipv4/tcp_available_ulp; then exit 0; fi
cat <<'END'
Penstock: the kernel can encrypt transfers once its module "tls" is loaded. To load it now and whenever the system starts:
  echo tls | sudo tee /etc/modules-load.d/penstock-ktls.conf && sudo modprobe tls
END
exit 0
