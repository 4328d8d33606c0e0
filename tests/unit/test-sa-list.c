/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list-sas answers as charon 5.9.8 gives them, and which of too many SAs must go. */
#include "strongswan/sa-list.h"
#include "vici-text.h"

#define NAME "nm-gre-x"

/* As recorded from a daemon; keys that nobody reads are kept in the first. */
#define IKE_KEYS                                                                            \
    "version=2 local-host=10.0.0.1 local-port=4500 local-id=10.0.0.1 remote-host=10.0.0.2 " \
    "remote-port=4500 remote-id=10.0.0.2 nat-remote=yes nat-any=yes encr-alg=AES_CBC "      \
    "encr-keysize=128 integ-alg=HMAC_SHA2_256_128 prf-alg=PRF_HMAC_SHA2_256 "               \
    "dh-group=CURVE_25519 "
#define REKEYED_CHILD                                                                              \
    NAME " { uniqueid=1 state=ESTABLISHED initiator=yes initiator-spi=40185f42adce9f9f "           \
         "responder-spi=b9eb3373e7555d04 " IKE_KEYS "established=2 rekey-time=13345 child-sas { "  \
         "gre-1 { name=gre uniqueid=1 reqid=1 state=DELETED mode=TUNNEL protocol=ESP encap=yes "   \
         "spi-in=d811b139 spi-out=73244dd4 encr-alg=AES_GCM_16 encr-keysize=128 bytes-in=0 "       \
         "packets-in=0 bytes-out=0 packets-out=0 rekey-time=3441 life-time=3958 install-time=2 "   \
         "local-ts=[10.1.0.0/24] remote-ts=[10.2.0.0/24] } "                                       \
         "gre-3 { name=gre uniqueid=3 reqid=1 state=INSTALLED mode=TUNNEL protocol=ESP encap=yes " \
         "spi-in=e49c840d spi-out=f2c2547e encr-alg=AES_GCM_16 encr-keysize=128 bytes-in=0 "       \
         "packets-in=0 bytes-out=0 packets-out=0 rekey-time=3397 life-time=3958 install-time=2 "   \
         "local-ts=[10.1.0.0/24] remote-ts=[10.2.0.0/24] } } }"

static void
add(GreSaList *list, const char *text)
{
    g_autoptr(GBytes) message = vici_text_message(text);
    ViciSection root = vici_text_root(message);

    gre_sa_list_add(list, NAME, &root);
}

static void
test_recorded(void)
{
    GreSaList         list;
    const GreIkeSa   *ike;
    const GreChildSa *child;
    GreAddress        remote;

    gre_sa_list_init(&list);
    add(&list, REKEYED_CHILD);
    g_assert_cmpuint(list.ike->len, ==, 1);
    ike = list.ike->pdata[0];
    g_assert_cmpstr(ike->unique_id, ==, "1");
    g_assert_cmpstr(ike->initiator_spi, ==, "40185f42adce9f9f");
    g_assert_true(ike->established && ike->ours && !ike->rekeying);
    g_assert_cmpuint(ike->age, ==, 2);
    g_assert_cmpuint(ike->children->len, ==, 1);
    child = gre_sa_list_child(&list);
    g_assert_cmpstr(child->unique_id, ==, "3");
    g_assert_cmpstr(child->encr_alg, ==, "AES_GCM_16");
    g_assert_null(child->integ_alg);
    g_assert_cmpuint(child->encr_keysize, ==, 128);
    g_assert_cmpuint(child->age, ==, 2);
    g_assert_true(child->tunnel_mode && child->encap && !child->rekeyed);
    g_assert_cmphex(child->spi_in, ==, 0xe49c840d);
    g_assert_cmphex(child->spi_out, ==, 0xf2c2547e);
    g_assert_true(gre_sa_list_ike_of_spi(&list, 0xe49c840d) == ike);
    g_assert_null(gre_sa_list_ike_of_spi(&list, 0xf2c2547e));
    g_assert_true(gre_sa_list_has_spi(&list, 0xe49c840d));
    g_assert_true(gre_sa_list_has_spi(&list, 0xf2c2547e));
    g_assert_false(gre_sa_list_has_spi(&list, 0xf2c2547f));
    g_assert_true(gre_address_parse("10.0.0.2", &remote));
    g_assert_null(gre_sa_list_moved(&list, &remote));
    g_assert_true(gre_address_parse("10.0.0.3", &remote));
    g_assert_true(gre_sa_list_moved(&list, &remote) == ike);
    gre_sa_list_clear(&list);
}

static void
test_foreign(void)
{
    GreSaList list;

    gre_sa_list_init(&list);
    add(&list, "office { uniqueid=1 state=ESTABLISHED }");
    add(&list, NAME "y { uniqueid=1 state=ESTABLISHED }");
    add(&list, NAME "=no-section");
    add(&list, "");
    g_assert_cmpuint(list.ike->len + list.leaving, ==, 0);
    g_assert_null(gre_sa_list_child(&list));
    gre_sa_list_clear(&list);
}

/* What every state of an IKE_SA and of a CHILD_SA in it means. */
typedef struct {
    const char *ike, *child;
    gboolean    in_list, established, leaving, carries, half_open;
} StateRow;

/* clang-format off */
static const StateRow states[] = {
    /*                                in_list estab. leaving carries half_open */
    { "CREATED",     "INSTALLED",   TRUE,  FALSE, FALSE, FALSE, TRUE },
    { "CONNECTING",  "INSTALLED",   TRUE,  FALSE, FALSE, FALSE, TRUE },
    { "ESTABLISHED", "CREATED",     TRUE,  TRUE,  FALSE, FALSE, FALSE },
    { "ESTABLISHED", "ROUTED",      TRUE,  TRUE,  FALSE, FALSE, FALSE },
    { "ESTABLISHED", "INSTALLING",  TRUE,  TRUE,  FALSE, FALSE, FALSE },
    { "ESTABLISHED", "INSTALLED",   TRUE,  TRUE,  FALSE, TRUE,  FALSE },
    { "ESTABLISHED", "UPDATING",    TRUE,  TRUE,  FALSE, TRUE,  FALSE },
    { "ESTABLISHED", "REKEYING",    TRUE,  TRUE,  FALSE, TRUE,  FALSE },
    { "ESTABLISHED", "REKEYED",     TRUE,  TRUE,  FALSE, TRUE,  FALSE },
    { "ESTABLISHED", "RETRYING",    TRUE,  TRUE,  FALSE, FALSE, FALSE },
    { "ESTABLISHED", "DELETING",    TRUE,  TRUE,  FALSE, FALSE, FALSE },
    { "ESTABLISHED", "DELETED",     TRUE,  TRUE,  FALSE, FALSE, FALSE },
    { "ESTABLISHED", "DESTROYING",  TRUE,  TRUE,  FALSE, FALSE, FALSE },
    { "REKEYING",    "INSTALLED",   TRUE,  TRUE,  FALSE, TRUE,  FALSE },
    { "REKEYED",     "INSTALLED",   FALSE, FALSE, TRUE,  FALSE, FALSE },
    { "DELETING",    "INSTALLED",   FALSE, FALSE, TRUE,  FALSE, FALSE },
    { "DESTROYING",  "INSTALLED",   FALSE, FALSE, TRUE,  FALSE, FALSE },
};
/* clang-format on */

static void
test_states(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        const StateRow  *row = &states[i];
        g_autofree char *text = g_strdup_printf(
            NAME " { uniqueid=1 state=%s child-sas { gre-2 { uniqueid=2 state=%s } } }", row->ike,
            row->child);
        GreSaList list;

        g_test_message("%s, %s", row->ike, row->child);
        gre_sa_list_init(&list);
        add(&list, text);
        g_assert_cmpint(list.ike->len == 1, ==, row->in_list);
        g_assert_cmpint(list.leaving == 1, ==, row->leaving);
        if (row->in_list)
            g_assert_cmpint(((GreIkeSa *) list.ike->pdata[0])->established, ==, row->established);
        g_assert_cmpint(gre_sa_list_child(&list) != NULL, ==, row->carries);
        g_assert_cmpint(gre_sa_list_half_open(&list, FALSE) != NULL, ==, row->half_open);
        g_assert_null(gre_sa_list_half_open(&list, TRUE));
        gre_sa_list_clear(&list);
    }
}

static void
test_half_open(void)
{
    GreSaList list;

    gre_sa_list_init(&list);
    add(&list, NAME " { uniqueid=1 state=ESTABLISHED initiator=yes }");
    add(&list, NAME " { uniqueid=2 state=CONNECTING initiator=yes }");
    add(&list, NAME " { uniqueid=3 state=CONNECTING }");
    g_assert_cmpstr(gre_sa_list_half_open(&list, TRUE)->unique_id, ==, "2");
    g_assert_cmpstr(gre_sa_list_half_open(&list, FALSE)->unique_id, ==, "3");
    gre_sa_list_clear(&list);
}

/* The number decides, not the text: 10 is newer than 9. */
static void
test_newest(void)
{
    GreSaList list;

    gre_sa_list_init(&list);
    add(&list, NAME " { state=ESTABLISHED child-sas { gre-10 { uniqueid=10 state=INSTALLED } "
                    "gre-9 { uniqueid=9 state=INSTALLED } } }");
    add(&list, NAME " { state=ESTABLISHED child-sas { gre-8 { uniqueid=8 state=INSTALLED } } }");
    g_assert_cmpstr(gre_sa_list_child(&list)->unique_id, ==, "10");
    gre_sa_list_clear(&list);
}

/* ---- too many ---- */

typedef struct {
    const char *spi; /* of the IKE_SA's initiator: what it is called by both ends */
    const char *state;
    gint        age;
    const char *children[3]; /* "state spi-of-A spi-of-B" */
} SurplusIke;

typedef struct {
    const char *what;
    SurplusIke  ikes[3];
    const char *ends_ike;   /* by its initiator SPI, or NULL */
    const char *ends_child; /* by A's SPI, or NULL */
    gboolean    by_one;     /* A began all of them; else A and B in turns */
} SurplusRow;

#define ONE               \
    {                     \
        "INSTALLED 10 20" \
    }

static const SurplusRow surplus[] = {
    { "none", { { 0 } }, NULL, NULL, FALSE },
    { "one", { { "aa", "ESTABLISHED", 5, ONE } }, NULL, NULL, FALSE },
    { "begun at once: the lowest SPI stays",
      { { "bb", "ESTABLISHED", 5, ONE }, { "aa", "ESTABLISHED", 5, ONE } },
      "bb",
      NULL,
      FALSE },
    { "the order does not matter",
      { { "aa", "ESTABLISHED", 5, ONE }, { "bb", "ESTABLISHED", 5, ONE } },
      "bb",
      NULL,
      FALSE },
    { "a slow pair is still at once",
      { { "bb", "ESTABLISHED", 5, ONE }, { "aa", "ESTABLISHED", 34, ONE } },
      "bb",
      NULL,
      FALSE },
    { "the remains of a peer that was restarted: the newest stays",
      { { "aa", "ESTABLISHED", 4000, ONE }, { "bb", "ESTABLISHED", 5, ONE } },
      "aa",
      NULL,
      FALSE },
    { "one end began both: the newest stays",
      { { "aa", "ESTABLISHED", 10, ONE }, { "bb", "ESTABLISHED", 5, ONE } },
      "aa",
      NULL,
      TRUE },
    { "one end began both, in one moment",
      { { "bb", "ESTABLISHED", 4, ONE }, { "aa", "ESTABLISHED", 5, ONE } },
      "bb",
      NULL,
      TRUE },
    { "three: one at a time",
      { { "aa", "ESTABLISHED", 5, ONE },
        { "cc", "ESTABLISHED", 5, ONE },
        { "bb", "ESTABLISHED", 5, ONE } },
      "bb",
      NULL,
      FALSE },
    { "one without a CHILD_SA does not count",
      { { "bb", "ESTABLISHED", 5, ONE }, { "aa", "ESTABLISHED", 5, { NULL } } },
      NULL,
      NULL,
      FALSE },
    { "a half-open one does not count",
      { { "bb", "ESTABLISHED", 5, ONE }, { "aa", "CONNECTING", -1, ONE } },
      NULL,
      NULL,
      FALSE },
    { "one that goes does not count",
      { { "bb", "ESTABLISHED", 5, ONE }, { "aa", "DELETING", -1, ONE } },
      NULL,
      NULL,
      FALSE },
    { "while one is rekeyed its age is not known: later",
      { { "bb", "ESTABLISHED", 5, ONE }, { "aa", "REKEYING", -1, ONE } },
      NULL,
      NULL,
      FALSE },
    { "two CHILD_SAs: the lowest SPI of either end stays",
      { { "aa", "ESTABLISHED", 5, { "INSTALLED 40 20", "INSTALLED 30 50" } } },
      NULL,
      "30",
      FALSE },
    { "the same with the ends swapped",
      { { "aa", "ESTABLISHED", 5, { "INSTALLED 20 40", "INSTALLED 50 30" } } },
      NULL,
      "50",
      FALSE },
    { "a rekeyed CHILD_SA goes by itself",
      { { "aa", "ESTABLISHED", 5, { "REKEYED 10 20", "INSTALLED 30 50" } } },
      NULL,
      NULL,
      FALSE },
    { "a deleted one too",
      { { "aa", "ESTABLISHED", 5, { "DELETED 10 20", "INSTALLED 30 50" } } },
      NULL,
      NULL,
      FALSE },
    { "a rekeyed one beside two",
      { { "aa", "ESTABLISHED", 5, { "REKEYED 90 99", "INSTALLED 30 50", "INSTALLED 20 60" } } },
      NULL,
      "30",
      FALSE },
    { "IKE_SAs first, CHILD_SAs then",
      { { "aa", "ESTABLISHED", 5, { "INSTALLED 10 20", "INSTALLED 30 50" } },
        { "bb", "ESTABLISHED", 5, ONE } },
      "bb",
      NULL,
      FALSE },
};

static void
put_surplus_ike(GreSaList *list, const SurplusIke *ike, guint number, gboolean by_b, gboolean of_b)
{
    GString *text = g_string_new(NULL);
    /* Each end has numbers of its own, and its own moment from which it counts. */
    guint id = of_b ? 70 - number : number;

    g_string_printf(text, NAME " { uniqueid=%u state=%s initiator-spi=%s ", id, ike->state,
                    ike->spi);
    if (by_b == of_b)
        g_string_append(text, "initiator=yes ");
    if (ike->age >= 0)
        g_string_append_printf(text, "established=%d ", ike->age + (of_b ? 1 : 0));
    g_string_append(text, "child-sas { ");
    for (guint i = 0; i < G_N_ELEMENTS(ike->children) && ike->children[i]; i++) {
        g_auto(GStrv) words = g_strsplit(ike->children[i], " ", 3);

        g_string_append_printf(text, "gre-%u { uniqueid=%s state=%s spi-in=%s spi-out=%s } ", i,
                               words[1], words[0], words[of_b ? 2 : 1], words[of_b ? 1 : 2]);
    }
    g_string_append(text, "} }");
    add(list, text->str);
    g_string_free(text, TRUE);
}

static const char *
spi_of(const GreSaList *list, const char *ike_id)
{
    for (guint i = 0; ike_id && i < list->ike->len; i++) {
        const GreIkeSa *ike = list->ike->pdata[i];

        if (strcmp(ike->unique_id, ike_id) == 0)
            return ike->initiator_spi;
    }
    return NULL;
}

/* Of a pair that both ends began, the end that did not begin the surplus one has its own to end
 * instead. */
static void
check_instead(const SurplusRow *row, const GreSaList *list, const char *instead, gboolean of_b)
{
    gboolean pair = row->ikes[1].spi && !row->ikes[2].spi && row->ends_ike && !row->by_one;
    guint    at = pair && strcmp(row->ikes[1].spi, row->ends_ike) == 0;
    gboolean theirs = at != (guint) of_b;

    if (pair && theirs && ABS(row->ikes[0].age - row->ikes[1].age) <= 30)
        g_assert_cmpstr(spi_of(list, instead), ==, row->ikes[1 - at].spi);
    else
        g_assert_null(instead);
}

static void
test_surplus(gconstpointer data)
{
    gboolean of_b = GPOINTER_TO_INT(data);

    for (guint i = 0; i < G_N_ELEMENTS(surplus); i++) {
        const SurplusRow *row = &surplus[i];
        GreSurplus        found;
        GreSaList         list;
        gboolean          any;

        g_test_message("%s", row->what);
        gre_sa_list_init(&list);
        for (guint j = 0; j < G_N_ELEMENTS(row->ikes) && row->ikes[j].spi; j++)
            put_surplus_ike(&list, &row->ikes[j], j + 1, !row->by_one && j % 2, of_b);
        any = gre_sa_list_surplus(&list, &found);
        g_assert_cmpint(any, ==, row->ends_ike || row->ends_child);
        g_assert_cmpstr(spi_of(&list, found.ike), ==, row->ends_ike);
        g_assert_cmpstr(found.child, ==, row->ends_child);
        check_instead(row, &list, found.instead, of_b);
        gre_sa_list_clear(&list);
    }
}

/* Networks that the peer negotiates one by one (mode=xfrm) make no surplus, twins of one do. */
static void
test_networks(void)
{
    static const char ike[] = NAME " { uniqueid=1 state=ESTABLISHED initiator-spi=aa established=5 "
                                   "child-sas { ";
    static const char one[] = "gre-1 { uniqueid=1 state=INSTALLED spi-in=10 spi-out=20 "
                              "local-ts=[10.1.0.0/24] remote-ts=[10.2.0.0/24] } ";
    static const char other[] = "gre-2 { uniqueid=2 state=INSTALLED spi-in=30 spi-out=40 "
                                "local-ts=[10.1.0.0/24] remote-ts=[10.3.0.0/24] } ";
    static const char twin[] = "gre-3 { uniqueid=3 state=INSTALLED spi-in=50 spi-out=60 "
                               "local-ts=[10.1.0.0/24] remote-ts=[10.3.0.0/24] } ";
    g_autofree char  *two = g_strconcat(ike, one, other, "} }", NULL);
    g_autofree char  *three = g_strconcat(ike, one, other, twin, "} }", NULL);
    GreSurplus        surplus_of;
    GreSaList         list;

    gre_sa_list_init(&list);
    add(&list, two);
    g_assert_false(gre_sa_list_surplus(&list, &surplus_of));
    g_assert_cmpstr(gre_sa_list_child(&list)->selectors, ==, "10.1.0.0/24 === 10.3.0.0/24");
    gre_sa_list_clear(&list);
    gre_sa_list_init(&list);
    add(&list, three);
    g_assert_true(gre_sa_list_surplus(&list, &surplus_of));
    g_assert_cmpstr(surplus_of.child, ==, "3");
    gre_sa_list_clear(&list);
}

/* Which differences make a CHILD_SA another one for its tunnels. */
#define CHILD(id, encr, integ, keysize, tunnel, in_udp, replaced, in, out)                      \
    {                                                                                           \
        .unique_id = (char *) (id), .encr_alg = (char *) (encr), .integ_alg = (char *) (integ), \
        .encr_keysize = (keysize), .tunnel_mode = (tunnel), .encap = (in_udp),                  \
        .rekeyed = (replaced), .spi_in = (in), .spi_out = (out)                                 \
    }

static void
test_equal(void)
{
    const GreChildSa base = CHILD("1", "AES_CBC", "HMAC_SHA1_96", 128, FALSE, FALSE, FALSE, 1, 2);
    GreChildSa       same = CHILD("9", "AES_CBC", "HMAC_SHA1_96", 128, FALSE, FALSE, TRUE, 1, 2);
    const GreChildSa others[] = {
        CHILD("1", "AES_GCM_16", "HMAC_SHA1_96", 128, FALSE, FALSE, FALSE, 1, 2),
        CHILD("1", "AES_CBC", NULL, 128, FALSE, FALSE, FALSE, 1, 2),
        CHILD("1", "AES_CBC", "HMAC_SHA1_96", 256, FALSE, FALSE, FALSE, 1, 2),
        CHILD("1", "AES_CBC", "HMAC_SHA1_96", 128, TRUE, FALSE, FALSE, 1, 2),
        CHILD("1", "AES_CBC", "HMAC_SHA1_96", 128, FALSE, TRUE, FALSE, 1, 2),
        CHILD("1", "AES_CBC", "HMAC_SHA1_96", 128, FALSE, FALSE, FALSE, 3, 2),
        CHILD("1", "AES_CBC", "HMAC_SHA1_96", 128, FALSE, FALSE, FALSE, 1, 3),
    };

    same.bytes_in = same.packets_out = same.rekey = 7;
    g_assert_true(gre_sa_list_child_equal(&base, &same));
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(gre_sa_list_child_equal(&base, &others[i]));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sa-list/recorded", test_recorded);
    g_test_add_func("/sa-list/foreign", test_foreign);
    g_test_add_func("/sa-list/states", test_states);
    g_test_add_func("/sa-list/half-open", test_half_open);
    g_test_add_func("/sa-list/newest", test_newest);
    g_test_add_data_func("/sa-list/surplus/seen-from-a", GINT_TO_POINTER(FALSE), test_surplus);
    g_test_add_data_func("/sa-list/surplus/seen-from-b", GINT_TO_POINTER(TRUE), test_surplus);
    g_test_add_func("/sa-list/networks", test_networks);
    g_test_add_func("/sa-list/equal", test_equal);
    return g_test_run();
}
