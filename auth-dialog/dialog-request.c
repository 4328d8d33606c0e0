/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conventions come from NetworkManager, src/libnmc-base/nm-secret-agent-simple.c; gnome-shell,
 * js/ui/components/networkAgent.js; and the dialogs of other VPN plugins.
 */
#include "config.h"

#include "dialog-request.h"
#include "gre-i18n.h"
#include "gre-profile.h"

#include <string.h>

#define MESSAGE_TAG "x-vpn-message:"

static void
clear_secret(gpointer data)
{
    gre_secret_free_text(((GreDialogSecret *) data)->value);
}

void
gre_dialog_request_free(GreDialogRequest *request)
{
    g_free(request->title);
    g_free(request->message);
    g_array_unref(request->secrets);
    g_free(request);
}

static gboolean
is_hinted(const GreDialogSource *source, const char *name)
{
    return source->hints && g_strv_contains(source->hints, name);
}

static char *
make_message(const GreDialogSource *source)
{
    for (gsize i = 0; source->hints && source->hints[i]; i++)
        if (g_str_has_prefix(source->hints[i], MESSAGE_TAG))
            return g_utf8_make_valid(source->hints[i] + strlen(MESSAGE_TAG), -1);
    return g_strdup_printf(_("A secret is needed to bring up the tunnel \"%s\"."), source->name);
}

static void
add_secret(GreDialogRequest      *request,
           const GreDialogSource *source,
           const GreProperty     *property,
           const GreSecretUse    *use)
{
    gboolean        hinted = is_hinted(source, property->name);
    gboolean        needed = use->required || hinted;
    GreDialogSecret secret = { .property = property };

    if (!(use->flags & GRE_SECRET_NOT_SAVED))
        secret.value = g_strdup(g_hash_table_lookup(source->secrets, property->name));
    secret.ask =
        source->interactive && needed && (hinted || source->reprompt || secret.value == NULL);
    if (needed || secret.value)
        g_array_append_val(request->secrets, secret);
    /* cppcheck-suppress memleak; the array has it */
}

GreDialogRequest *
gre_dialog_request_new(const GreDialogSource *source, GError **error)
{
    GreProfileSource profile_source = { .id = source->name,
                                        .uuid = source->uuid,
                                        .data = source->data };
    g_autoptr(GreProfile) profile = gre_profile_new(&profile_source, error);
    GreDialogRequest *request;
    GreSecretUse      use;

    if (!profile)
        return NULL;
    request = g_new0(GreDialogRequest, 1);
    request->title = g_strdup_printf(_("Authentication for the tunnel \"%s\""), source->name);
    request->message = make_message(source);
    request->secrets = g_array_new(FALSE, FALSE, sizeof(GreDialogSecret));
    g_array_set_clear_func(request->secrets, clear_secret);
    for (const GreProperty *property = gre_property_table; property->name; property++)
        if (gre_profile_uses_secret(profile, property, &use))
            add_secret(request, source, property, &use);
    return request;
}

gboolean
gre_dialog_request_asks(const GreDialogRequest *request)
{
    for (guint i = 0; i < request->secrets->len; i++)
        if (g_array_index(request->secrets, GreDialogSecret, i).ask)
            return TRUE;
    return FALSE;
}

void
gre_dialog_request_answer(GreDialogRequest *request, const char *name, const char *value)
{
    for (guint i = 0; i < request->secrets->len; i++) {
        GreDialogSecret *secret = &g_array_index(request->secrets, GreDialogSecret, i);

        if (!secret->ask || strcmp(secret->property->name, name) != 0)
            continue;
        gre_secret_free_text(secret->value);
        secret->value = g_strdup(value);
    }
}

/* ---- text, without leaving copies in memory ---- */

typedef struct {
    char *text;
    gsize len, size;
} Text;

static void
append_char(Text *text, char c)
{
    if (text->len + 1 >= text->size) {
        gsize size = text->size ? text->size * 2 : 256;
        char *larger = g_malloc0(size);

        if (text->text)
            memcpy(larger, text->text, text->len);
        gre_secret_free_text(text->text);
        text->text = larger;
        text->size = size;
    }
    text->text[text->len++] = c;
}

static void
append(Text *text, const char *string)
{
    for (; *string; string++)
        append_char(text, *string);
}

/* Escapes like g_key_file_set_string(): leading blanks, line breaks, backslashes. */
static void
append_value(Text *text, const char *key, const char *value)
{
    static const char raw[] = " \t\n\r\\", escaped[] = "stnr\\";
    gboolean          leading = TRUE;

    append(text, key);
    append_char(text, '=');
    for (; *value; value++) {
        const char *found = strchr(raw, *value);

        leading = leading && (*value == ' ' || *value == '\t');
        if (found && (leading || found - raw > 1)) {
            append_char(text, '\\');
            append_char(text, escaped[found - raw]);
        } else
            append_char(text, *value);
    }
    append_char(text, '\n');
}

char *
gre_dialog_request_to_keyfile(const GreDialogRequest *request, gboolean with_values)
{
    Text text = { 0 };

    append(&text, "[VPN Plugin UI]\n");
    append_value(&text, "Version", "2");
    append_value(&text, "Title", request->title);
    append_value(&text, "Description", request->message);
    for (guint i = 0; i < request->secrets->len; i++) {
        const GreDialogSecret *secret = &g_array_index(request->secrets, GreDialogSecret, i);

        append(&text, "\n[");
        append(&text, secret->property->name);
        append(&text, "]\n");
        append_value(&text, "Value", with_values && secret->value ? secret->value : "");
        append_value(&text, "Label", _(secret->property->help));
        append_value(&text, "IsSecret", "true");
        append_value(&text, "ShouldAsk", secret->ask ? "true" : "false");
    }
    return text.text;
}

char *
gre_dialog_request_to_lines(const GreDialogRequest *request)
{
    Text text = { 0 };

    for (guint i = 0; i < request->secrets->len; i++) {
        const GreDialogSecret *secret = &g_array_index(request->secrets, GreDialogSecret, i);

        if (!secret->value || strchr(secret->value, '\n'))
            continue; /* this format can't carry a line break */
        append(&text, secret->property->name);
        append_char(&text, '\n');
        append(&text, secret->value);
        append_char(&text, '\n');
    }
    append(&text, "\n\n");
    return text.text;
}
