/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection's states: every state with every event. */
#include "engine/connection-fsm.h"

#define PREP GRE_STATE_PREPARING
#define WAIT GRE_STATE_WAITING
#define SECU GRE_STATE_SECURING
#define ACTI GRE_STATE_ACTIVE
#define SEEK GRE_STATE_SEEKING
#define STPG GRE_STATE_STOPPING
#define STPD GRE_STATE_STOPPED

/* clang-format off */
static const GreState expected[GRE_N_STATES][GRE_N_EVENTS] = {
    /*           prepared secured armed lost  failed down  released */
    [PREP] =   { SECU,    PREP,   WAIT, PREP, STPG,  STPG, PREP },
    [WAIT] =   { WAIT,    ACTI,   SEEK, WAIT, STPG,  STPG, WAIT },
    [SECU] =   { SECU,    ACTI,   SEEK, SECU, STPG,  STPG, SECU },
    [ACTI] =   { ACTI,    ACTI,   ACTI, SEEK, STPG,  STPG, ACTI },
    [SEEK] =   { SEEK,    ACTI,   SEEK, SEEK, STPG,  STPG, SEEK },
    [STPG] =   { STPG,    STPG,   STPG, STPG, STPG,  STPG, STPD },
    [STPD] =   { STPD,    STPD,   STPD, STPD, STPD,  STPD, STPD },
};
/* clang-format on */

static void
test_row(gconstpointer data)
{
    GreState state = GPOINTER_TO_INT(data);

    for (guint event = 0; event < GRE_N_EVENTS; event++) {
        GreState next = gre_connection_fsm_next(state, event);

        if (next != expected[state][event])
            g_error("%s + %s: %s, not %s", gre_connection_fsm_state_name(state),
                    gre_connection_fsm_event_name(event), gre_connection_fsm_state_name(next),
                    gre_connection_fsm_state_name(expected[state][event]));
    }
}

/* Asked to end, and released: no state keeps a connection. */
static void
test_end(void)
{
    static const GreEvent ways[] = { GRE_EVENT_DOWN, GRE_EVENT_FAILED };

    for (guint state = 0; state < GRE_N_STATES; state++)
        for (guint i = 0; i < G_N_ELEMENTS(ways); i++)
            g_assert_cmpint(gre_connection_fsm_next(gre_connection_fsm_next(state, ways[i]),
                                                    GRE_EVENT_RELEASED),
                            ==, GRE_STATE_STOPPED);
}

static void
test_up(void)
{
    for (guint state = 0; state < GRE_N_STATES; state++)
        g_assert_cmpint(gre_connection_fsm_is_up(state), ==,
                        state == GRE_STATE_WAITING || state == GRE_STATE_ACTIVE ||
                            state == GRE_STATE_SEEKING);
}

static void
test_names(void)
{
    static const char *const states[] = { "preparing", "waiting",  "securing", "active",
                                          "seeking",   "stopping", "stopped" };
    static const char *const events[] = { "prepared", "secured", "armed",   "lost",
                                          "failed",   "down",    "released" };

    G_STATIC_ASSERT(G_N_ELEMENTS(states) == GRE_N_STATES);
    G_STATIC_ASSERT(G_N_ELEMENTS(events) == GRE_N_EVENTS);
    for (guint i = 0; i < GRE_N_STATES; i++)
        g_assert_cmpstr(gre_connection_fsm_state_name(i), ==, states[i]);
    for (guint i = 0; i < GRE_N_EVENTS; i++)
        g_assert_cmpstr(gre_connection_fsm_event_name(i), ==, events[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint state = 0; state < GRE_N_STATES; state++) {
        g_autofree char *path = g_strdup_printf("/fsm/%s", gre_connection_fsm_state_name(state));

        g_test_add_data_func(path, GINT_TO_POINTER(state), test_row);
    }
    g_test_add_func("/fsm/every-state-ends", test_end);
    g_test_add_func("/fsm/up", test_up);
    g_test_add_func("/fsm/names", test_names);
    return g_test_run();
}
