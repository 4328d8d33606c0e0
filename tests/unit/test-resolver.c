/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names to addresses, by a resolver of our own: order, families, and which errors a name server or
 * its silence gives. */
#include "base/resolver.h"
#include "gre-error.h"

/* What the fake resolver answers: addresses, NULL-terminated, or an error. */
static const char *const *answer;
static int                answer_error;

G_DECLARE_FINAL_TYPE(FakeResolver, fake_resolver, FAKE, RESOLVER, GResolver)

struct _FakeResolver {
    GResolver parent;
};

G_DEFINE_TYPE(FakeResolver, fake_resolver, G_TYPE_RESOLVER)

static void
lookup_async(GResolver          *resolver,
             const char         *name,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            data)
{
    GTask *task = g_task_new(resolver, cancellable, callback, data);
    GList *found = NULL;

    g_assert_cmpstr(name, ==, "b.example");
    for (gsize i = 0; answer && answer[i]; i++)
        found = g_list_append(found, g_inet_address_new_from_string(answer[i]));
    if (found)
        g_task_return_pointer(task, found, (GDestroyNotify) g_resolver_free_addresses);
    else
        g_task_return_new_error(task, G_RESOLVER_ERROR, answer_error, "no luck");
    g_object_unref(task);
}

static GList *
lookup_finish(GResolver *resolver, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void
fake_resolver_class_init(FakeResolverClass *class)
{
    G_RESOLVER_CLASS(class)->lookup_by_name_async = lookup_async;
    G_RESOLVER_CLASS(class)->lookup_by_name_finish = lookup_finish;
}

static void
fake_resolver_init(FakeResolver *resolver)
{
}

typedef struct {
    const char *addresses[4]; /* that it answers */
    int         error;
    int         family;
    const char *expected; /* with a space after each, or the error's text */
    int         code;
} Row;

static const Row rows[] = {
    { { "192.0.2.9", "192.0.2.1" }, 0, AF_INET, "192.0.2.9 192.0.2.1 ", 0 },
    { { "2001:db8::1", "192.0.2.1", "192.0.2.2" },
      0,
      AF_UNSPEC,
      "2001:db8::1 192.0.2.1 192.0.2.2 ",
      0 },
    { { "2001:db8::1", "192.0.2.1" }, 0, AF_INET6, "2001:db8::1 ", 0 },
    { { "192.0.2.1" },
      0,
      AF_INET6,
      "the peer's name \"b.example\" has no IPv6 address",
      GRE_ERROR_PROFILE },
    { { NULL },
      G_RESOLVER_ERROR_NOT_FOUND,
      AF_UNSPEC,
      "the peer's name \"b.example\" does not resolve: no luck",
      GRE_ERROR_PROFILE },
    { { NULL },
      G_RESOLVER_ERROR_TEMPORARY_FAILURE,
      AF_UNSPEC,
      "the peer's name \"b.example\" does not resolve: no luck",
      GRE_ERROR_RESOLVE },
};

static void
on_resolved(const GArray *addresses, const GError *error, gpointer data)
{
    const Row *row = data;
    g_autoptr(GString) found = g_string_new(NULL);
    char text[GRE_ADDRESS_STRLEN];

    for (guint i = 0; addresses && i < addresses->len; i++)
        g_string_append_printf(
            found, "%s ", gre_address_to_string(&g_array_index(addresses, GreAddress, i), text));
    g_assert_cmpint(error ? error->code : 0, ==, row->code);
    g_assert_cmpstr(error ? error->message : found->str, ==, row->expected);
    answer = NULL;
    answer_error = -1; /* done */
}

static void
test_row(gconstpointer data)
{
    const Row *row = data;

    answer = row->addresses;
    answer_error = row->error;
    gre_resolver_lookup("b.example", row->family, NULL, on_resolved, (gpointer) row);
    while (answer_error != -1)
        g_main_context_iteration(NULL, TRUE);
}

static void
on_unexpected(const GArray *addresses, const GError *error, gpointer data)
{
    g_assert_not_reached();
}

static void
test_cancelled(void)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();

    answer = rows[0].addresses;
    gre_resolver_lookup("b.example", AF_INET, cancellable, on_unexpected, NULL);
    g_cancellable_cancel(cancellable);
    for (guint i = 0; i < 10; i++)
        g_main_context_iteration(NULL, FALSE);
}

int
main(int argc, char **argv)
{
    g_autoptr(GResolver) resolver = g_object_new(fake_resolver_get_type(), NULL);

    g_test_init(&argc, &argv, NULL);
    g_resolver_set_default(resolver);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/resolver/%" G_GSIZE_FORMAT, i + 1);

        g_test_add_data_func(path, &rows[i], test_row);
    }
    g_test_add_func("/resolver/cancelled", test_cancelled);
    return g_test_run();
}
