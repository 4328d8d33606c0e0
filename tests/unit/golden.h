/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Golden files: what output is compared with. With NM_GRE_UPDATE_GOLDEN in the environment, which
 * `make update-golden` sets, the files that differ are written instead.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <glib.h>

static inline void
golden_check(const char *path, const char *made)
{
    g_autofree char *expected = NULL;

    g_test_message("%s", path);
    g_file_get_contents(path, &expected, NULL, NULL);
    if (g_strcmp0(made, expected) != 0 && g_getenv("NM_GRE_UPDATE_GOLDEN"))
        g_assert_true(g_file_set_contents(path, made, -1, NULL));
    else
        g_assert_cmpstr(made, ==, expected);
}

#endif
