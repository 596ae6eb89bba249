#!/usr/bin/env bash
# run.sh runs a Java main class inside a small Linux guest that has an emulated NVDIMM.
#
#   run.sh CLASSPATH MAINCLASS [args...]
#
# CLASSPATH is a jar, a class directory, or several of these joined by ':'.
# The guest has three file systems and a device DAX:
#   /mnt/pmem     ext4 mounted with DAX on an emulated NVDIMM
#   /mnt/disk     ordinary ext4 on a virtio disk
#   /tmp          tmpfs
#   /dev/dax1.0   a second emulated NVDIMM in mode devdax
# The script prints the output of the program (stdout and stderr), then "[daxvm] exit status N".
# The status of the script is the program's status, or one of these:
#   124  the program or the guest ran out of time
#   125  the guest did not start, or died
#   126  the set-up failed
#   2    wrong usage
# The environment has the settings, with the default in brackets:
#   WORKDIR     the folder for downloads and images (${XDG_CACHE_HOME:-~/.cache}/vdm4j/dax-guest)
#   RUN         a name (run). Runs of different names can share a WORKDIR at the same time. Each run
#               has its own file systems
#   JAVA_HOME   the JDK of the guest (the result of ../find-jdk.sh)
#   LIMIT       seconds for the whole guest, including its boot (240)
#   JAVA_OPTS   additional JVM options, separated by blanks
#   CPU         the emulated CPU (max), for example max,-clwb or qemu64
#   SMP         the number of processors of the guest (2)
#   MEM_MB      the memory of the guest (2048)
#   PMEM_MB     the size of /mnt/pmem (256)
#   DEVDAX_MB   the size of the NVDIMM of /dev/dax1.0 (32), a multiple of 16. Its first part holds
#               the kernel's page map
#               0: no such NVDIMM
#   DISK_MB     the size of /mnt/disk (256)
#   KEEP        1: keep /mnt/pmem, /mnt/disk and /dev/dax1.0 of the last run in this WORKDIR
#   CRASH       1: cut the guest off when the program ends, without a sync and an unmount
#   OFFLINE     1: install and download nothing, and fail if a file is missing
#   FILES       a folder that the guest gets at /work/files, on the dynamic loader's path
#   COUNT       1: count flush instructions. A program reads the counts from /dev/vdd (flushcount.c)
set -u -o pipefail
export LC_ALL=C

say()  { printf '[daxvm] %s\n' "$*"; }
fail() { printf '[daxvm] %s\n' "$*" >&2; exit 126; }
now()  { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN{printf "%.1f", b-a}'; }

[ $# -ge 2 ] || { echo "usage: $0 CLASSPATH MAINCLASS [args...]" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
WORKDIR=${WORKDIR:-${XDG_CACHE_HOME:-$HOME/.cache}/vdm4j/dax-guest}
cp_arg=$1 main_class=$2; shift 2

LIMIT=${LIMIT:-240} CPU=${CPU:-max} SMP=${SMP:-2} MEM_MB=${MEM_MB:-2048}
PMEM_MB=${PMEM_MB:-256} DISK_MB=${DISK_MB:-256} DEVDAX_MB=${DEVDAX_MB:-32}
KEEP=${KEEP:-0} CRASH=${CRASH:-0} OFFLINE=${OFFLINE:-0}
RUN=${RUN:-run} FILES=${FILES:-} COUNT=${COUNT:-0}
kernel_meta=linux-image-cloud-amd64

mkdir -p "$WORKDIR" || fail "cannot make $WORKDIR"
work=$(cd "$WORKDIR" && pwd -P) || fail "cannot enter $WORKDIR"
debs=$work/debs unpacked=$work/unpacked
mkdir -p "$debs" "$unpacked"
log=$work/setup.log
exec 9>"$work/lock"; flock -w 120 9 || fail "another run is using $work"

# ---- Debian packages -------------------------------------------------------------------
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
lists_fresh=0
apt_update() {
  [ $lists_fresh = 1 ] && return 0
  [ "$OFFLINE" = 1 ] && fail "OFFLINE=1, but package lists are needed"
  say "apt-get update"; as_root apt-get -q update >>"$log" 2>&1 || fail "apt-get update failed, see $log"
  lists_fresh=1
}
need_tool() {                     # need_tool COMMAND PACKAGE: install the package if the command is absent
  command -v "$1" >/dev/null 2>&1 && return 0
  [ "$OFFLINE" = 1 ] && fail "OFFLINE=1, but $1 is missing (Debian package $2)"
  apt_update
  say "installing $2"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$2" >>"$log" 2>&1 \
    || fail "cannot install $2, see $log"
  command -v "$1" >/dev/null 2>&1 || fail "$2 is installed, but there is no $1"
}
apt_get_debs() { ( cd "$debs" && apt-get -q -o APT::Sandbox::User=root download "$@" ) >>"$log" 2>&1; }
fetch_debs() {                    # fetch_debs PACKAGE...: download and unpack each into $unpacked/PACKAGE, once
  local p missing=()
  for p in "$@"; do [ -e "$unpacked/$p.done" ] || missing+=("$p"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$OFFLINE" = 1 ] && fail "OFFLINE=1, but these Debian packages have not been fetched: ${missing[*]}"
  say "fetching ${#missing[@]} Debian packages, $1 first"
  for p in "${missing[@]}"; do rm -f "$debs/$p"_*.deb; done
  apt_get_debs "${missing[@]}" || return 1
  for p in "${missing[@]}"; do
    rm -rf "${unpacked:?}/$p"; mkdir -p "$unpacked/$p"
    dpkg -x "$debs/$p"_*.deb "$unpacked/$p" || fail "cannot unpack $p"
    touch "$unpacked/$p.done"
  done
}
packages_for_guest() {            # The order is the kernel, busybox, and the libraries of the guest's
                                  # programs. Packages of maintainer scripts are left out.
  apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
      "$kernel_meta" busybox-static "$@" 2>>"$log" | awk -v meta="$kernel_meta" -v roots="$*" '
    /^[^ ]/ { p=$1; known[p]=1; next }
    $1 ~ /^\|?(Pre)?Depends:$/ && $2 !~ /^</ { dep[p]=dep[p]" "$2 }
    END { split(dep[meta],k," "); if (!(k[1] in known)) exit 1
      print k[1]; print "busybox-static"
      n=split(roots,todo," ")
      for(i=1;i<=n;i++){ p=todo[i]; if(p in seen) continue; seen[p]=1
        if(p ~ /^(usrmerge|usr-is-merged|perl.*|python.*|libicu.*|dpkg|debconf.*|init-system-helpers|logsave|gcc-.*-base)$/) continue
        if(!(p in known)) exit 1
        print p; m=split(dep[p],d," "); for(j=1;j<=m;j++) todo[++n]=d[j] } }'
}

t_setup=$(now)
: >"$log"
case $(dpkg --print-architecture 2>/dev/null) in amd64) ;; *) fail "this script needs a Debian amd64 machine";; esac
PATH=$PATH:$(dirname "$(command -v bash)")/../sbin; export PATH     # mke2fs is in sbin.
need_tool qemu-system-x86_64 qemu-system-x86
need_tool mke2fs e2fsprogs
case $DEVDAX_MB in *[!0-9]*) fail "DEVDAX_MB is a number of MiB";; esac
[ $((DEVDAX_MB % 16)) = 0 ] || fail "DEVDAX_MB is a multiple of 16"

guest_roots="libc6 libc-bin zlib1g libpmem1 ndctl e2fsprogs"
list_and_fetch() {
  if [ ! -e "$work/packages" ]; then
    [ "$OFFLINE" = 1 ] && fail "OFFLINE=1, but nothing has been fetched into $work"
    packages_for_guest $guest_roots >"$work/packages.new" || return 1
    mv "$work/packages.new" "$work/packages"
  fi
  fetch_debs $(cat "$work/packages")
}
# The archive removes a package, mainly the kernel, when a newer version comes. The script then tries
# again with new lists.
list_and_fetch || { apt_update; rm -f "$work/packages"; list_and_fetch; } \
  || fail "cannot get $kernel_meta, busybox-static, $guest_roots from Debian, see $log"
kernel_pkg=$(head -1 "$work/packages")

# ---- JDK ---------------------------------------------------------------------------------
major_of() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null; }
[ -n "${JAVA_HOME:-}" ] || JAVA_HOME=$("$here/../find-jdk.sh") || exit 126
[ -x "${JAVA_HOME:-}/bin/java" ] || fail "no JDK found; set JAVA_HOME"
jdk_id=$(cksum <"$JAVA_HOME/release" | tr ' ' '-')

# ---- guest: initramfs with the kernel modules ---------------------------------------------
bb=$(find "$unpacked/busybox-static" -type f -path '*bin/busybox' | head -1)
kdir=$unpacked/$kernel_pkg
kver=$(ls "$kdir/lib/modules" 2>/dev/null || ls "$kdir/usr/lib/modules"); kver=${kver%%$'\n'*}
modroot=$kdir; [ -d "$kdir/lib/modules" ] || modroot=$kdir/usr
vmlinuz=$kdir/boot/vmlinuz-$kver
[ -e "$vmlinuz" ] || fail "no kernel in $kernel_pkg"
wanted="crc32c_generic virtio_pci virtio_blk virtio_console nfit libnvdimm"
wanted+=" dax_pmem device_dax nd_pmem ext4"
# Increase this number when the construction of the images changes.
recipe=14
initrd=$work/initrd-$kernel_pkg-r$recipe.cpio
if [ ! -e "$initrd" ]; then
  say "building the initramfs ($kver)"
  "$bb" depmod -b "$modroot" "$kver" >>"$log" 2>&1 || fail "depmod failed"
  rm -f "$work"/initrd-*.cpio; st=$work/stage-initrd; rm -rf "$st"; mkdir -p "$st"/{bin,dev,proc,sys,root,mod}
  cp "$bb" "$st/bin/busybox"
  # The modules and their dependencies are in an order that insmod can use.
  awk -v want="$wanted" '
    { m=$1; sub(/:$/,"",m); n=m; sub(/.*\//,"",n); sub(/\.ko.*/,"",n); gsub(/-/,"_",n); file[n]=m
      d=""; for(i=NF;i>1;i--) d=d" "$i; dep[n]=d }
    END { k=split(want,w," "); for(i=1;i<=k;i++) if (w[i] in file) { c=split(dep[w[i]],x," ")
            for(j=1;j<=c;j++) if(!(x[j] in out)){out[x[j]]=1; print x[j]}
            if(!(file[w[i]] in out)){out[file[w[i]]]=1; print file[w[i]]} } }' \
    "$modroot/lib/modules/$kver/modules.dep" >"$work/modules.list"
  while read -r m; do cp "$modroot/lib/modules/$kver/$m" "$st/mod/"; echo "${m##*/}"; done <"$work/modules.list" >"$st/mod/order"
  cat >"$st/init" <<'INIT'
#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc p /proc; $b mount -t sysfs s /sys; $b mount -t devtmpfs d /dev
while read m; do
  case $m in *.xz) $b xzcat /mod/$m >/m.ko; f=/m.ko;; *) f=/mod/$m;; esac
  $b insmod $f || echo "daxvm: cannot load $m"
done </mod/order
i=0; while [ ! -b /dev/vda ] && [ $i -lt 100 ]; do $b usleep 100000; i=$((i+1)); done
$b mount -t ext4 -o ro /dev/vda /root || { echo "daxvm: no root image"; $b poweroff -f; }
for d in proc sys dev; do $b mount --move /$d /root/$d; done
exec $b switch_root /root /sbin/init
INIT
  chmod +x "$st/init"
  ( cd "$st" && find . | "$bb" cpio -o -H newc 2>>"$log" ) >"$initrd.new" || fail "cpio failed"
  mv "$initrd.new" "$initrd"; rm -rf "$st"
fi

# ---- guest: root image with the JDK --------------------------------------------------------
rootimg=$work/root-$kernel_pkg-$jdk_id-r$recipe.img
if [ ! -e "$rootimg" ]; then
  say "building the root image (JDK $(major_of "$JAVA_HOME"))"
  rm -f "$work"/root-*.img; st=$work/stage-root; rm -rf "$st"
  mkdir -p "$st"/{bin,sbin,usr/bin,usr/sbin,lib,usr/lib,proc,sys,dev,tmp,run,etc,work,mnt/pmem,mnt/disk,root,jdk}
  for p in $(tail -n +3 "$work/packages"); do
    # These are the libraries and the few programs that the guest's init calls.
    ( cd "$unpacked/$p" && find . \( -path './lib*' -o -path './usr/lib/*' -o -name ndctl -o -name mke2fs \) \
        \( -type f -o -type l \) ! -path '*/gconv/*' ! -path '*/systemd/*' ! -path '*/engines-3/*' ! -path '*/udev/*' -print0 ) \
      | while IFS= read -r -d '' f; do mkdir -p "$st/$(dirname "$f")"; cp -a "$unpacked/$p/$f" "$st/$f"; done
  done
  cp "$bb" "$st/bin/busybox"
  ( cd "$st/bin" && for a in $("$bb" --list); do [ -e "$a" ] || ln -s busybox "$a"; done )
  ( cd "$JAVA_HOME" && tar cf - --exclude=./lib/src.zip --exclude=./jmods --exclude=./man --exclude=./legal --exclude=./include . ) \
    | tar xf - -C "$st/jdk" || fail "cannot copy the JDK"
  # A JDK packaged by Debian has links to files outside itself. The copy follows them.
  find "$st/jdk" -xtype l -delete
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$st/etc/passwd"; printf 'root:x:0:\n' >"$st/etc/group"
  printf '127.0.0.1 localhost\n' >"$st/etc/hosts"; ln -s /proc/mounts "$st/etc/mtab"
  cat >"$st/sbin/init" <<'INIT'
#!/bin/busybox sh
export PATH=/bin:/sbin:/usr/bin:/usr/sbin:/jdk/bin HOME=/root LD_LIBRARY_PATH= LC_ALL=C.UTF-8
unset LD_LIBRARY_PATH
port() { for p in /sys/class/virtio-ports/*; do [ "$(cat $p/name)" = "$1" ] && echo /dev/${p##*/}; done; }
mount -t tmpfs -o size=50% t /tmp; mount -t tmpfs t /run; mkdir -p /dev/shm; mount -t tmpfs t /dev/shm; mkdir -p /run/ndctl
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd
ifconfig lo 127.0.0.1 up
i=0; while [ -z "$(port status)" -o -z "$(port out)" ] && [ $i -lt 100 ]; do usleep 50000; i=$((i+1)); done
exec 3>"$(port status)"
note() { echo "$*" >&3; }
die() { note "broken $*"; sync; poweroff -f; sleep 60; }
. /proc/self/fd/5 5<<E
$(for w in $(cat /proc/cmdline); do case $w in daxvm.*) echo "${w#daxvm.}";; esac; done)
E
note "up $(cut -d' ' -f1 /proc/uptime)"
mount -t ext4 -o ro /dev/vdb /work || die "no work image"
mount -t ext4 /dev/vdc /mnt/disk || die "no disk"
i=0; while [ ! -b /dev/pmem0 ] && [ $i -lt 100 ]; do usleep 50000; i=$((i+1)); done
[ -b /dev/pmem0 ] || die "no pmem device"
if [ "$(cat /sys/block/pmem0/queue/dax)" != 1 ]; then
  /usr/bin/ndctl create-namespace -f -e namespace0.0 -m fsdax -M mem || die "ndctl cannot set fsdax mode"
  /sbin/mke2fs -q -F -t ext4 -b 4096 -m 0 /dev/pmem0 || die "cannot make ext4 on pmem0"
fi
mount -t ext4 -o dax=always /dev/pmem0 /mnt/pmem || die "no DAX mount on pmem0"
if [ "$devdax" != 0 ]; then
  # A new NVDIMM is a block device at first. On a kept NVDIMM, the kernel finds the device DAX.
  i=0
  while [ ! -b /dev/pmem1 -a ! -c /dev/dax1.0 ] && [ $i -lt 100 ]; do usleep 50000; i=$((i+1)); done
  [ -c /dev/dax1.0 ] || /usr/bin/ndctl create-namespace -f -e namespace1.0 -m devdax -M mem -a 2M \
    || die "ndctl cannot set devdax mode"
  [ -c /dev/dax1.0 ] || die "no device DAX"
fi
# Otherwise the kernel writes data without a sync to the disk after 30 s, and CRASH=1 does not lose it.
echo 0 >/proc/sys/vm/dirty_writeback_centisecs
grep ' /mnt/' /proc/mounts | while read l; do note "mount $l"; done
note "flags $(grep -m1 ^flags /proc/cpuinfo | tr ' ' '\n' | grep -E '^(clflush|clflushopt|clwb|clzero|avx|avx2|avx512f|sse4_2|erms|fsrm|movdir64b|movdiri|bmi2)$' | tr '\n' ' ')"
note "start $(cut -d' ' -f1 /proc/uptime)"
cd /tmp
exec 4>"$(port out)"
sh /work/cmd </dev/null >&4 2>&1 4>&- 3>&- &
pid=$!
( sleep $left; kill -QUIT $(pidof java) 2>/dev/null; sleep 5; note "late"; kill -KILL $(pidof java) $pid 2>/dev/null ) >/dev/null 2>&1 4>&- &
wait $pid; rc=$?
note "end $(cut -d' ' -f1 /proc/uptime)"
note "rc $rc"
exec 4>&-
if [ "$crash" = 1 ]; then echo 1 >/proc/sys/kernel/sysrq; echo b >/proc/sysrq-trigger; sleep 60; fi
cd /; sync; umount /mnt/pmem || note "mount-busy pmem"; umount /mnt/disk; sync
note "off $(cut -d' ' -f1 /proc/uptime)"
poweroff -f
sleep 60
INIT
  chmod +x "$st/sbin/init"
  mb=$(( $(du -sm "$st" | cut -f1) * 11 / 10 + 24 ))
  rm -f "$rootimg.new"
  mke2fs -q -t ext4 -m 0 -O ^has_journal -E root_owner=0:0 -d "$st" "$rootimg.new" "${mb}M" >>"$log" 2>&1 || fail "mke2fs failed, see $log"
  mv "$rootimg.new" "$rootimg"; rm -rf "$st"
fi

flock -u 9
exec 8>"$work/lock-$RUN"; flock -w 120 8 || fail "another run of the name $RUN is using $work"

# ---- this run's images ---------------------------------------------------------------------
run=$work/$RUN; rm -rf "$run"; mkdir -p "$run/w/cp"
guest_cp= n=0
IFS=: read -r -a parts <<<"$cp_arg"
for e in "${parts[@]}"; do
  [ -e "$e" ] || fail "no such class path entry: $e"
  if [ -d "$e" ]; then cp -rL "$e" "$run/w/cp/$n"; guest_cp=$guest_cp:/work/cp/$n
  else cp -L "$e" "$run/w/cp/$n.jar"; guest_cp=$guest_cp:/work/cp/$n.jar; fi
  n=$((n+1))
done
q() { printf "'%s' " "${1//\'/\'\\\'\'}"; }
if [ -n "$FILES" ]; then
  cp -rL "$FILES" "$run/w/files" || fail "cannot copy $FILES"
fi
{ printf 'export LD_LIBRARY_PATH=/work/files VDM4J_DAX_GUEST=1\nexec java --enable-native-access=ALL-UNNAMED %s ' "${JAVA_OPTS:-}"
  printf -- '-cp '; q "${guest_cp#:}"; q "$main_class"; for a in "$@"; do q "$a"; done; echo; } >"$run/w/cmd"
mb=$(( $(du -sm "$run/w" | cut -f1) * 12 / 10 + 8 ))
mke2fs -q -t ext4 -m 0 -O ^has_journal -d "$run/w" "$run/work.img" "${mb}M" >>"$log" 2>&1 || fail "mke2fs failed, see $log"
pmem=$work/$RUN-pmem.img disk=$work/$RUN-disk.img devdax=$work/$RUN-devdax.img
if [ "$KEEP" != 1 ] || [ ! -e "$pmem" ] || [ ! -e "$disk" ]; then
  rm -f "$pmem" "$disk" "$devdax"
  truncate -s "${PMEM_MB}M" "$pmem"; truncate -s "${DISK_MB}M" "$disk"
  mke2fs -q -F -t ext4 -b 4096 -m 0 -E lazy_itable_init=1 "$disk" >>"$log" 2>&1 || fail "mke2fs failed, see $log"
fi
devdax_opts=()
if [ "$DEVDAX_MB" != 0 ]; then
  [ -e "$devdax" ] || truncate -s "${DEVDAX_MB}M" "$devdax"
  devdax_bytes=$(stat -c %s "$devdax")
  devdax_opts=(-object "memory-backend-file,id=dd,share=on,mem-path=$devdax,size=$devdax_bytes"
    -device nvdimm,id=nv1,memdev=dd,unarmed=off)
fi
count_opts=()
if [ "$COUNT" = 1 ]; then
  command -v gcc >/dev/null || fail "gcc is missing. It builds the counter"
  gcc -O2 -Wall -shared -fPIC -o "$run/flushcount.so" "$here/flushcount.c" >>"$log" 2>&1 || fail "cannot build flushcount.c, see $log"
  truncate -s 1M "$run/counts"
  count_opts=(-plugin "$run/flushcount.so,live=$run/counts,out=$run/totals"
    -drive "if=none,id=counts,format=raw,readonly=on,file=$run/counts" -device virtio-blk-pci,drive=counts)
fi
PMEM_BYTES=$(stat -c %s "$pmem")
say "set-up took $(since "$t_setup") s"

# ---- the guest -------------------------------------------------------------------------------
left=$((LIMIT - 35)); [ $left -ge 10 ] || left=10
t_guest=$(now)
: >"$run/status"; : >"$run/out"
kernel_args="console=ttyS0 loglevel=4 panic=-1 mitigations=off nokaslr random.trust_cpu=on"
kernel_args+=" tsc=reliable no_timer_check rcupdate.rcu_expedited=1"
timeout -k 5 "$LIMIT" qemu-system-x86_64 \
  -accel tcg,thread=single -machine pc,nvdimm=on -cpu "$CPU" -smp "$SMP" \
  -m "${MEM_MB}M,slots=2,maxmem=$((MEM_MB + PMEM_MB + DEVDAX_MB + 2048))M" \
  -nodefaults -no-user-config -display none -monitor none -no-reboot -nic none \
  -kernel "$vmlinuz" -initrd "$initrd" \
  -append "$kernel_args daxvm.devdax=$DEVDAX_MB daxvm.crash=$CRASH daxvm.left=$left" \
  -serial "file:$run/console" \
  -drive "if=none,id=root,format=raw,readonly=on,file=$rootimg" -device virtio-blk-pci,drive=root \
  -drive "if=none,id=work,format=raw,readonly=on,file=$run/work.img" -device virtio-blk-pci,drive=work \
  -drive "if=none,id=disk,format=raw,cache=unsafe,file=$disk" -device virtio-blk-pci,drive=disk \
  ${count_opts[@]+"${count_opts[@]}"} \
  -object "memory-backend-file,id=pm,share=on,mem-path=$pmem,size=$PMEM_BYTES" -device nvdimm,id=nv,memdev=pm,unarmed=off \
  ${devdax_opts[@]+"${devdax_opts[@]}"} \
  -device virtio-serial-pci \
  -chardev "file,id=out,path=$run/out" -device virtserialport,chardev=out,name=out \
  -chardev "file,id=st,path=$run/status" -device virtserialport,chardev=st,name=status \
  </dev/null 2>"$run/qemu.err" 8>&- 9>&- &
vm=$!
tail -q -c +1 -s 0.2 -f --pid="$vm" "$run/out" 8>&- 9>&- &
tl=$!
trap 'kill "$vm" "$tl" 2>/dev/null; wait "$vm" 2>/dev/null; exit 130' INT TERM HUP
wait "$vm"; qrc=$?
wait "$tl"
trap - INT TERM HUP

get() { sed -n "s/^$1 //p" "$run/status" | tail -1; }
rc=$(get rc)
echo
sed -n 's/^mount /[daxvm] mount: /p' "$run/status"
say "cpu flags: $(get flags)"
say "guest up at $(get up) s, java started at $(get start) s, ended at $(get end) s of guest time; emulator ran $(since "$t_guest") s"
if grep -q '^late$' "$run/status"; then say "the program ran out of time ($left s)"; exit 124; fi
if [ -z "$rc" ]; then
  [ $qrc = 124 ] || [ $qrc = 137 ] && { say "the guest ran out of time ($LIMIT s); console: $run/console"; tail -5 "$run/console"; exit 124; }
  say "the guest did not start: $(get broken) (emulator's status $qrc; console: $run/console)"
  cat "$run/qemu.err" >&2; tail -15 "$run/console" >&2; exit 125
fi
grep '^mount-busy' "$run/status" && say "note: /mnt/pmem could not be unmounted"
say "exit status $rc"
exit "$rc"
