/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strongswan.conf(5), with the files that it includes: only the setting that says where the daemon
 * listens.
 */
#ifndef GRE_STRONGSWAN_CONF_H
#define GRE_STRONGSWAN_CONF_H

#include <glib.h>

/**
 * gre_strongswan_conf_socket:
 * @path: of strongswan.conf
 * @root: prefix of absolute paths in includes, "" for the real ones
 *
 * Reads plugins.vici.socket of charon-systemd, then of charon. Follows an include that has a line
 * of its own, with wildcards, relative to the file's directory.
 *
 * Returns: (transfer full) (nullable): the path of a "unix://" socket; NULL if the file can't be
 * read, is unclear, or says nothing.
 */
char *gre_strongswan_conf_socket(const char *path, const char *root);

#endif
