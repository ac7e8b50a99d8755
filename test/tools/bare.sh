#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs test/run.sh in a bare Debian 12, since a developer's machine hides a missing package: a fresh system in a folder, made from
# the package sources that this machine uses itself, and in it nothing but a clean clone. Needs root. bare.sh [KEEP_DIRECTORY]
set -eu
cd "$(dirname "$0")/../.."
tree=$PWD
[ "$(id -u)" = 0 ] || { echo "a bare Debian 12 is made with debootstrap and chroot, which need root"; exit 1; }

# In a mount namespace of its own, what is mounted here is seen by nobody else and is gone when we are, however we end.
if [ "${ADSYNC_BARE_NAMESPACE-}" != yes ]; then
    work=$(mktemp -d /var/tmp/adsync-bare-XXXXXX)
    trap 'rm -rf --one-file-system "$work"' EXIT
    trap 'exit 130' INT TERM
    ADSYNC_BARE_NAMESPACE=yes unshare --mount --propagation private sh test/tools/bare.sh "$work/debian"
    exit
fi

bare=$1
mounted=
unmount() {
    for place in $mounted; do umount "$place" || umount -l "$place"; done
    mounted=
}
trap unmount EXIT
trap 'exit 130' INT TERM
mount_on() {
    place=$1
    shift
    mkdir -p "$place"
    mount "$@" "$place"
    mounted="$place $mounted"
}

# the first source of this machine that has Debian 12's main part
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 == "bookworm" && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    awk '$1 == "URIs:" { uri = $2 } $1 == "Suites:" && / bookworm( |$)/ { print uri; exit }
         $1 == "deb" { sub(/\[[^]]*\] */, ""); if ($3 == "bookworm") { print $2; exit } }')
[ -n "$mirror" ] || { echo "no package source of Debian 12 (bookworm) is configured in /etc/apt"; exit 1; }
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
export http_proxy="${http_proxy-}" https_proxy="${https_proxy-}"
[ -n "$http_proxy" ] || unset http_proxy
[ -n "$https_proxy" ] || unset https_proxy

mkdir -p "$bare"
debootstrap --variant=minbase bookworm "$bare" "$mirror"

# the same sources, keys and settings of apt as here
for path in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf /etc/apt/apt.conf.d /etc/apt/preferences.d /etc/apt/auth.conf.d \
    /etc/apt/trusted.gpg.d /etc/apt/keyrings /usr/share/keyrings; do
    [ -e "$path" ] || continue
    rm -rf "${bare:?}$path"
    mkdir -p "$bare$(dirname "$path")"
    cp -aL "$path" "$bare$path"
done
for path in /etc/resolv.conf /etc/hosts; do
    if [ -e "$path" ]; then cp -L "$path" "$bare$path"; fi
done

mkdir -p "$bare/root"
# npm's settings too: where it gets packages from and whom it trusts
registry=$(npm config get registry 2>/dev/null) || registry=
trusted=$(npm config get cafile 2>/dev/null) || trusted=
if [ -f "$trusted" ]; then cp -L "$trusted" "$bare/root/npm-ca.pem"; else trusted=; fi
git clone --quiet --no-hardlinks "$tree" "$bare/root/adsync"
mount_on "$bare/proc" -t proc proc
mount_on "$bare/dev/shm" -t tmpfs tmpfs
mount_on "$bare/dev/pts" -t devpts devpts

# nothing of this machine's environment goes in, but a proxy if there is one
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} \
    ${https_proxy:+https_proxy="$https_proxy"} ${registry:+npm_config_registry="$registry"} \
    ${trusted:+npm_config_cafile=/root/npm-ca.pem} chroot "$bare" sh /root/adsync/test/run.sh
