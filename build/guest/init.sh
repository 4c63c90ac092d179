#!/bin/busybox sh
# The guest's first and only process: the card if there is one, the host's files, read-only, with a /mnt of the guest's
# own; then the script that the kernel's command line names.
B=/bin/busybox
argument() { $B sed "s/.*penstock\.$1=\([^ ]*\).*/\1/" /proc/cmdline; }

$B mount -t proc proc /proc
$B mount -t sysfs sys /sys
$B mount -t devtmpfs dev /dev
while read -r module; do $B insmod "/modules/$module.ko"; done </modules/order
$B mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose host /host
for folder in proc sys dev; do $B mount --bind "/$folder" "/host/$folder"; done
$B mount -t tmpfs own /host/mnt
$B ip link set lo up
if [ -e /sys/class/net/eth0 ]; then
  $B ip link set eth0 up
  $B ip addr add "$(argument address)/24" dev eth0
fi
$B chroot /host /bin/sh "$(argument script)"
$B poweroff -f
