/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the service's GetStatus tells (see docs/architecture.md for the keys), as text: a table, a
 * block for each tunnel, or JSON. Pure: the time, the width and the colours are the caller's.
 */
#ifndef GRE_STATUS_TEXT_H
#define GRE_STATUS_TEXT_H

#include <glib.h>

typedef struct {
    gint64     now;    /* seconds since 1970, for "5 min ago" */
    GTimeZone *zone;   /* for dates */
    guint      width;  /* columns, 0 for no limit */
    gboolean   colour; /* with a terminal's escape sequences */
} GreStatusStyle;

/**
 * gre_status_table:
 * @tunnels: aa{sv}
 *
 * Returns: (transfer full): a line for each tunnel below a line of titles, then the last failure of
 *   each that wants to be up and isn't. A sentence where there is no tunnel. Where it is wider than
 *   the style's width, addresses and names are cut.
 */
char *gre_status_table(GVariant *tunnels, const GreStatusStyle *style);

/* All that is known of each tunnel, an empty line between two. As gre_status_table(). */
char *gre_status_text_blocks(GVariant *tunnels, const GreStatusStyle *style);

/**
 * gre_status_json:
 *
 * Returns: (transfer full): an array of objects with the keys of GetStatus, and a newline; always
 *   UTF-8. SPIs are strings "0x…", the headers of mtu-parts objects with name and bytes.
 */
char *gre_status_json(GVariant *tunnels);

/* The colour of a state, as an escape sequence; "" for none. Its end is GRE_STATUS_PLAIN. */
const char *gre_status_text_colour(const char *state);
#define GRE_STATUS_PLAIN "\033[0m"

/* "2026-11-21 09:36:39". */
char *gre_status_text_date(gint64 time, GTimeZone *zone);

#endif
