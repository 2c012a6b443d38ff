# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2153  # ROOT is set in tools/images
# The root file system below all images: Debian's minimal set of packages.

# debian_sources: this machine's own Debian archives, as lines of sources.list.
debian_sources() {
  # shellcheck disable=SC2016  # apt replaces these
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' 'Origin: Debian' |
    awk -v debian="$DEBIAN" '$3 ~ "^" debian "($|-security|-updates)"' | sort -u
}

# make_rootfs: prints the path of the tar, which is made once.
make_rootfs() {
  local tar
  tar=$CACHE/rootfs/$DEBIAN-$(cat "$PARTS/base.bash" "$ROOT/k8s/images/dba-base/install-packages" | hash_of).tar
  [[ -s $tar ]] || build_rootfs "$tar"
  echo "$tar"
}

build_rootfs() {
  local tar=$1 work=$1.d sources mirror
  need debootstrap debootstrap
  sources=$(debian_sources)
  mirror=$(awk -v debian="$DEBIAN" '$3 == debian { print $2; exit }' <<<"$sources")
  say "making a root file system with debootstrap (once; about 45 s)"
  rm -rf "$work"
  mkdir -p "$work"
  # shellcheck disable=SC2086  # without a mirror of its own, debootstrap takes its default
  logged "$CACHE/rootfs/debootstrap.log" debootstrap --variant=minbase "$DEBIAN" "$work" $mirror
  [[ -z $sources ]] || echo "$sources" >"$work/etc/apt/sources.list"
  slim_rootfs "$work"
  tar -C "$work" --numeric-owner --sort=name -cf "$tar.new" .
  mv "$tar.new" "$tar"
  rm -rf "$work"
  say "made a root file system of $(($(stat -c %s "$tar") >> 20)) MiB"
}

# slim_rootfs: no documentation (licences stay), manuals or translations.
slim_rootfs() {
  local root=$1
  cat >"$root/etc/dpkg/dpkg.cfg.d/slim" <<'EOF'
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
EOF
  find "$root/usr/share/doc" -type f ! -name copyright -delete
  rm -rf "$root"/usr/share/{man,info,locale}/* "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/*
  # dev is the container's own; device files need not travel.
  rm -rf "${root:?}"/dev/*
  # No service is started while packages are installed (policy-rc.d of invoke-rc.d(8)).
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  install -m 755 "$ROOT/k8s/images/dba-base/install-packages" "$root/usr/local/bin/install-packages"
  echo 'dba:x:65532:65532::/nonexistent:/usr/sbin/nologin' >>"$root/etc/passwd"
  echo 'dba:x:65532:' >>"$root/etc/group"
}
