/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The service's GetStatus (docs/architecture.md has the keys) as text: a table, a block for each
 * tunnel, or JSON. Pure: time, width and colours are parameters.
 */
#ifndef GRE_STATUS_TEXT_H
#define GRE_STATUS_TEXT_H

#include <glib.h>

typedef struct {
    gint64     now;    /* seconds since 1970, for "5 min ago" */
    GTimeZone *zone;   /* for dates */
    guint      width;  /* columns, 0 for no limit */
    gboolean   colour; /* with escape sequences for a terminal */
} GreStatusStyle;

/**
 * gre_status_table:
 * @tunnels: aa{sv}
 *
 * Returns: (transfer full): a title line and a line for each tunnel, then the last failure of each
 * tunnel that should be up and isn't. A sentence if there are no tunnels. Cuts addresses and names
 * if the table is wider than the style's width.
 */
char *gre_status_table(GVariant *tunnels, const GreStatusStyle *style);

/* Everything that is known of each tunnel, separated by empty lines. As gre_status_table(). */
char *gre_status_text_blocks(GVariant *tunnels, const GreStatusStyle *style);

/**
 * gre_status_json:
 *
 * Returns: (transfer full): an array of objects with the keys of GetStatus, and a newline; always
 * UTF-8. SPIs are strings "0x…", the headers of mtu-parts objects with name and bytes.
 */
char *gre_status_json(GVariant *tunnels);

/* The colour of a state as an escape sequence; "" for none. GRE_STATUS_PLAIN ends it. */
const char *gre_status_text_colour(const char *state);
#define GRE_STATUS_PLAIN "\033[0m"

/* "2026-11-21 09:36:39". */
char *gre_status_text_date(gint64 time, GTimeZone *zone);

#endif
