/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replaces the running program by the one that is installed now, without an end in between:
 * execve(2) with the bus connections' descriptors inherited. A bus name that vanishes, even for an
 * instant, would end its VPN in NetworkManager (_name_owner_changed() in nm-vpn-connection.c).
 *
 * What the next program has to know is in a file in memory (memfd_create(2)) without a name: it has
 * secrets.
 */
#ifndef GRE_HANDOVER_H
#define GRE_HANDOVER_H

#include "gre-secret.h"

typedef struct _GreHandover GreHandover;

/* An activation. */
typedef struct {
    int        fd;       /* of its bus connection */
    GVariant  *record;   /* a{sv}: other programs of this service may know more or fewer keys */
    GreSecret *settings; /* as NetworkManager sent them: a{sa{sv}}, serialised */
} GreHandoverItem;

/* @nm: unique bus name of NetworkManager. */
GreHandover *gre_handover_new(const char *nm);

/* @fd: of the connection that owns the service's name, without FD_CLOEXEC, taken: it keeps the name
 * until the next program has it. */
void gre_handover_keep_bus(GreHandover *handover, int fd);

/* @fd: without FD_CLOEXEC, taken; @record: floating. */
void gre_handover_add(GreHandover *handover, int fd, GVariant *record, GreSecret *settings);

/* The descriptor of a file with all of it, which programs inherit; -1 and errno on error. */
int gre_handover_write(const GreHandover *handover);

/**
 * gre_handover_execute:
 * @program: its path and its arguments, NULL-terminated; one that gives the file follows them
 *
 * Returns only if it failed.
 */
void gre_handover_execute(GreHandover *handover, const char *const *program, GError **error);

/**
 * gre_handover_read:
 * @fd: the file, taken and wiped
 *
 * Returns: (transfer full): what the earlier program added, or NULL.
 */
GreHandover *gre_handover_read(int fd, GError **error);

const char *gre_handover_nm(const GreHandover *handover);

/* The next item, borrowed, but for its descriptor, which is the caller's; NULL at the end. */
const GreHandoverItem *gre_handover_take(GreHandover *handover);

/* Closes the descriptors of what was not taken, and the bus. NULL is allowed. */
void gre_handover_free(GreHandover *handover);

#endif
