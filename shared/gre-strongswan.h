/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a distribution has strongSwan: its socket, settings, unit and packages. No other file names
 * one of them.
 */
#ifndef GRE_STRONGSWAN_H
#define GRE_STRONGSWAN_H

#include <glib.h>

/* A distribution and its derivatives. */
typedef struct {
    const char *os;         /* a word of ID or ID_LIKE in os-release; NULL: any other */
    const char *package;    /* that has the daemon */
    const char *install;    /* a shell command that installs and starts it, or NULL */
    const char *config_dir; /* of strongswan.conf; the sysconfdir of strongSwan's build */
} GreStrongswanSystem;

/* @os: ID and ID_LIKE of os-release, with a blank between them. Never NULL. */
const GreStrongswanSystem *gre_strongswan_system(const char *os);

/* ID and ID_LIKE of this machine's os-release, for gre_strongswan_system(). (transfer full) */
char *gre_strongswan_os(void);

/* Sets the only socket to use, such as that of a command line's option; NULL: look for it. So does
 * the environment variable NM_GRE_VICI_SOCKET. */
void gre_strongswan_set_socket(const char *path);

/* The paths where the daemon may listen, likely ones first. Reads strongswan.conf, so that each
 * call knows a changed setting. (transfer full) */
char **gre_strongswan_sockets(void);

/* Whether a daemon is installed, running or not. */
gboolean gre_strongswan_is_installed(void);

/* The systemd unit of the daemon. (transfer none) */
const char *gre_strongswan_unit(void);

/* The directory of strongswan.conf and ipsec.conf: "/etc" or "/etc/strongswan". (transfer none) */
const char *gre_strongswan_config_dir(void);

/* The path of a file below that directory. (transfer full) */
char *gre_strongswan_config_path(const char *name);

/* The same for the settings in @file, which may be that of another distribution. A file elsewhere
 * belongs to this machine's. (transfer none) */
const char *gre_strongswan_config_dir_of(const char *file);

/* Appends a line of a shell script for any machine, which sets @variable to swanctl's directory
 * there. */
void gre_strongswan_write_swanctl_dir(GString *script, const char *variable);

/* For tests: the directory that stands for "/"; NULL for the real one. */
void gre_strongswan_set_root(const char *path);

#endif
