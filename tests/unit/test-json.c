/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * D-Bus values as JSON: every type, and strings that are no friend of a reader.
 */
#include "client/json.h"

#include <math.h>

static const struct {
    const char *text, *json;
} strings[] = {
    { "", "\"\"" },
    { "plain", "\"plain\"" },
    { "a\"b\\c/d", "\"a\\\"b\\\\c/d\"" },
    { "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"" },
    { "\x01\x1b[31m\x1f\x7f", "\"\\u0001\\u001b[31m\\u001f\\u007f\"" },
    { "\302\233", "\"\\u009b\"" }, /* CSI in one character */
    { "\342\200\250\342\200\251", "\"\\u2028\\u2029\"" },
    { "B\303\274ro \346\235\261", "\"B\303\274ro \346\235\261\"" },
    { "\360\237\230\200", "\"\360\237\230\200\"" },
    { "a\377b", "\"a\357\277\275b\"" },
    { "cut \303", "\"cut \357\277\275\"" },
    { "\300\200", "\"\357\277\275\357\277\275\"" },                 /* overlong */
    { "\355\240\200", "\"\357\277\275\357\277\275\357\277\275\"" }, /* a surrogate */
};

static void
test_strings(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        gre_json_append_string(out, strings[i].text);
        g_assert_cmpstr(out->str, ==, strings[i].json);
        g_assert_true(g_utf8_validate(out->str, -1, NULL));
    }
}

static const struct {
    const char *value, *json;
} values[] = {
    { "true", "true" },
    { "byte 0xff", "255" },
    { "int16 -32768", "-32768" },
    { "uint16 65535", "65535" },
    { "-2147483648", "-2147483648" },
    { "uint32 4294967295", "4294967295" },
    { "int64 -9223372036854775808", "-9223372036854775808" },
    { "uint64 18446744073709551615", "18446744073709551615" },
    { "handle 3", "3" },
    { "1.5", "1.5" },
    { "'x'", "\"x\"" },
    { "objectpath '/a'", "\"/a\"" },
    { "signature 'a{sv}'", "\"a{sv}\"" },
    { "<<'x'>>", "\"x\"" },
    { "@ms nothing", "null" },
    { "@ms 'x'", "\"x\"" },
    { "@as []", "[]" },
    { "@a{sv} {}", "{}" },
    { "('a', uint32 1, true)", "[\"a\",1,true]" },
    { "[{'a': <1>, 'b\"': <['x', 'y']>}]", "[{\"a\":1,\"b\\\"\":[\"x\",\"y\"]}]" },
    { "{1: 2}", "{\"1\":2}" },
};

static void
test_values(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) value = g_variant_parse(NULL, values[i].value, NULL, NULL, &error);

        g_assert_no_error(error);
        gre_json_append(out, value, FALSE);
        g_assert_cmpstr(out->str, ==, values[i].json);
    }
}

static void
test_no_numbers(void)
{
    const double numbers[] = { NAN, INFINITY, -INFINITY };

    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        gre_json_append(out, g_variant_new_double(numbers[i]), FALSE);
        g_assert_cmpstr(out->str, ==, "null");
    }
}

static void
test_pretty(void)
{
    g_autoptr(GString) out = g_string_new(NULL);

    gre_json_append(out, g_variant_new_parsed("[{'a': <1>, 'b': <@as []>}, {}]"), TRUE);
    g_assert_cmpstr(out->str, ==, "[\n  {\n    \"a\": 1,\n    \"b\": []\n  },\n  {}\n]");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/strings", test_strings);
    g_test_add_func("/json/values", test_values);
    g_test_add_func("/json/no-numbers", test_no_numbers);
    g_test_add_func("/json/pretty", test_pretty);
    return g_test_run();
}
