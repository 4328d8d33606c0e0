/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats, each in a file of its own: how to recognize the content, and the reader. import.c
 * has the table.
 */
#ifndef GRE_READ_H
#define GRE_READ_H

#include "import/file.h"
#include "import/ledger.h"

#include <NetworkManager.h>

typedef struct {
    const char *name; /* for the user, untranslated */
    gboolean (*is_one)(const GreFile *file);
    gboolean chooses; /* of several tunnels, by gre_choice_pick() */
    /* @ledger: of the file; the reader takes the lines that it has read. @notes gets lines (char*),
     * by g_ptr_array_add(). */
    NMConnection *(*read)(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error);
} GreReader;

extern const GreReader gre_read_keyfile;
extern const GreReader gre_read_swanctl;
extern const GreReader gre_read_interfaces;
extern const GreReader gre_read_netdev;
extern const GreReader gre_read_netplan;
extern const GreReader gre_read_ipsec;
extern const GreReader gre_read_commands;
extern const GreReader gre_read_uci;
extern const GreReader gre_read_vyos;
extern const GreReader gre_read_routeros;
extern const GreReader gre_read_fortios;
extern const GreReader gre_read_junos;
extern const GreReader gre_read_cisco;

#endif
