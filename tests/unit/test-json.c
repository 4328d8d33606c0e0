/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * D-Bus values as JSON: every type, and strings that are no friend of a reader. And JSON that is
 * read: what RFC 8259 allows, and nothing else.
 */
#include "client/json-read.h"
#include "client/json.h"

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
    { "\342\200\256\342\200\213", "\"\\u202e\\u200b\"" }, /* direction, not seen */
    { "\363\240\200\201", "\"\\udb40\\udc01\"" },
};

static void
test_strings(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
        g_autofree char *json = gre_json_format(g_variant_new_string(strings[i].text), FALSE);
        g_autofree char *member = g_strdup_printf("{%s:true}", strings[i].json);
        g_autoptr(JsonNode) node = gre_json_parse(member);
        JsonNode *value;

        g_assert_cmpstr(json, ==, strings[i].json);
        g_assert_cmpstr(gre_json_first(node, &value), ==, strings[i].text);
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
    { "uint64 9223372036854775807", "9223372036854775807" },
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
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) value = g_variant_parse(NULL, values[i].value, NULL, NULL, &error);
        g_autofree char *json = NULL;

        g_assert_no_error(error);
        json = gre_json_format(value, FALSE);
        g_assert_cmpstr(json, ==, values[i].json);
    }
}

/* The places of blanks are json-glib's. */
static void
test_pretty(void)
{
    g_autofree char *json = gre_json_format(g_variant_new_parsed("[{'a': <1>, 'b': <'x'>}]"), TRUE);

    g_assert_cmpstr(json, ==, "[\n  {\n    \"a\" : 1,\n    \"b\" : \"x\"\n  }\n]");
}

/* ---- what is read ---- */

static void
test_read(void)
{
    g_autoptr(JsonNode) node = gre_json_parse(
        " {\"a\": [1, -2.5e1, true, false, null, 0, 10, 0.5E+2], \"\\u00e4\\n\\\"\": "
        "\"\\ud83d\\ude00/\\/\\b\", \"o\": { } }\n");
    JsonNode *list = gre_json_member(node, "a"), *value = NULL;

    g_assert_nonnull(node);
    g_assert_cmpuint(gre_json_length(list), ==, 8);
    g_assert_true(gre_json_number(gre_json_item(list, 0)) == 1);
    g_assert_true(gre_json_number(gre_json_item(list, 1)) == -25);
    g_assert_true(gre_json_number(gre_json_item(list, 2)) == 1);
    g_assert_true(gre_json_number(gre_json_item(list, 3)) == 0);
    g_assert_true(JSON_NODE_HOLDS_NULL(gre_json_item(list, 4)));
    g_assert_true(gre_json_number(gre_json_item(list, 7)) == 50);
    g_assert_null(gre_json_item(list, 8));
    g_assert_cmpstr(gre_json_text(gre_json_member(node, "\303\244\n\"")), ==,
                    "\360\237\230\200//\b");
    g_assert_cmpstr(gre_json_first(node, &value), ==, "a");
    g_assert_true(value == list);
    g_assert_null(gre_json_first(gre_json_member(node, "o"), &value));
    g_assert_null(gre_json_member(gre_json_member(node, "none"), "x"));
    g_assert_null(gre_json_text(list));
}

static void
test_read_bytes(void)
{
    g_autoptr(JsonNode) node = gre_json_parse("[\"a\377b\"]");

    g_assert_cmpstr(gre_json_text(gre_json_item(node, 0)), ==, "a\357\277\275b");
}

/* In an array, where each of them would be a value if it were one. */
static void
test_read_no_value(void)
{
    static const char *const texts[] = {
        "0x10",        "1.",       "010",     "-010",      "08",       ".5",
        "+1",          "-",        "1e",      "1e999",     "1.e5",     "-0x1",
        "0b1",         "1_0",      "1 2",     "$10",       "nul",      "True",
        "NaN",         "Infinity", "'a'",     "\"",        "\"\\",     "\"\t\"",
        "a",           "\"\n\"",   "\"\\x\"", "\"\\u12\"", "{1: 2}",   "{a: 2}",
        "{",           "[",        ",",       "1,",        "1,,2",     "{\"a\"}",
        "]",           "/**/ 1",   "1 // 2",  "# 1",       "{\"a\":}", "{\"a\":1,}",
        "1]//",        "1][2",     "1]]",     "1] 2",      "}",        "\"\\ud800\\u1\"",
        "\"\\uzzzz\"",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = g_strdup_printf("[%s]", texts[i]);
        g_autoptr(JsonNode) node = gre_json_parse(text);

        if (node)
            g_test_message("%s was taken", text);
        g_assert_null(node);
    }
}

static void
test_read_no_document(void)
{
    static const char *const texts[] = {
        "",  " ",  "null", "1",           "\"a\"",          "[", "{", "]",
        "}", "[1", "[}",   "var a = [1]", "\357\273\277[1]"
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_null(gre_json_parse(texts[i]));
}

static JsonNode *
nested(guint depth)
{
    g_autofree char *open = g_strnfill(depth, '['), *close = g_strnfill(depth, ']');
    g_autofree char *text = g_strconcat(open, close, NULL);

    return gre_json_parse(text);
}

static void
test_read_depth(void)
{
    g_autoptr(JsonNode) deepest = nested(64);

    g_assert_nonnull(deepest);
    g_assert_null(nested(65));
    g_assert_null(nested(1000000));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/strings", test_strings);
    g_test_add_func("/json/values", test_values);
    g_test_add_func("/json/pretty", test_pretty);
    g_test_add_func("/json-read/values", test_read);
    g_test_add_func("/json-read/bytes", test_read_bytes);
    g_test_add_func("/json-read/no-value", test_read_no_value);
    g_test_add_func("/json-read/no-document", test_read_no_document);
    g_test_add_func("/json-read/depth", test_read_depth);
    return g_test_run();
}
