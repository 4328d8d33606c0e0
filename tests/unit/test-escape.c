/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is shown of text that somebody else wrote: each kind of character, and bytes that are none.
 */
#include "gre-escape.h"

static const struct {
    const char *text, *shown;
} rows[] = {
    { "", "" },
    { "plain text, \"100 %\" \\", "plain text, \"100 %\" \\" },
    { "Z\303\274rich \346\235\261 \360\237\230\200",
      "Z\303\274rich \346\235\261 \360\237\230\200" },
    { "two\nlines\r", "two\\nlines\\x0d" },
    { "tab\there\x1b[31m\x01\x1f", "tab\\x09here\\x1b[31m\\x01\\x1f" },
    { "\x7f", "\\x7f" },
    { "\302\200\302\233\302\237\302\240", "\\u0080\\u009b\\u009f\302\240" }, /* C1, a blank */
    { "\342\200\250\342\200\251", "\\u2028\\u2029" },
    { "\342\200\256\342\201\246\330\234", "\\u202e\\u2066\\u061c" }, /* direction */
    { "a\342\200\213b\302\255c", "a\\u200bb\\u00adc" },              /* not seen */
    { "\363\240\200\201", "\\U000e0001" },
    { "\315\270", "\\u0378" }, /* none that Unicode knows */
    { "a\377b\303", "a\\xffb\\xc3" },
    { "\300\200\355\240\200", "\\xc0\\x80\\xed\\xa0\\x80" }, /* overlong, a surrogate */
};

static void
test_rows(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *shown = gre_escape_text(rows[i].text);

        g_assert_cmpstr(shown, ==, rows[i].shown);
        g_assert_true(g_utf8_validate(shown, -1, NULL));
    }
}

/* A character at a time, as a text that is cut wants it. */
static void
test_next(void)
{
    g_autoptr(GString) out = g_string_new("<");
    const char text[] = "\n\303\274";

    g_assert_true(gre_escape_next(out, text) == text + 1);
    g_assert_true(gre_escape_next(out, text + 1) == text + 3);
    g_assert_cmpstr(out->str, ==, "<\\n\303\274");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/escape/rows", test_rows);
    g_test_add_func("/escape/next", test_next);
    return g_test_run();
}
