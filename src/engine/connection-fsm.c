/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of a connection's states. */
#include "engine/connection-fsm.h"

/* Other combinations change nothing. */
static const struct {
    GreState from;
    GreEvent event;
    GreState to;
} transitions[] = {
    /* clang-format off */
    { GRE_STATE_PREPARING, GRE_EVENT_PREPARED, GRE_STATE_SECURING },
    { GRE_STATE_PREPARING, GRE_EVENT_ARMED,    GRE_STATE_WAITING },
    { GRE_STATE_PREPARING, GRE_EVENT_FAILED,   GRE_STATE_STOPPING },
    { GRE_STATE_PREPARING, GRE_EVENT_DOWN,     GRE_STATE_STOPPING },

    { GRE_STATE_WAITING,   GRE_EVENT_SECURED,  GRE_STATE_ACTIVE },
    { GRE_STATE_WAITING,   GRE_EVENT_ARMED,    GRE_STATE_SEEKING },
    { GRE_STATE_WAITING,   GRE_EVENT_FAILED,   GRE_STATE_STOPPING },
    { GRE_STATE_WAITING,   GRE_EVENT_DOWN,     GRE_STATE_STOPPING },

    { GRE_STATE_SECURING,  GRE_EVENT_SECURED,  GRE_STATE_ACTIVE },
    { GRE_STATE_SECURING,  GRE_EVENT_ARMED,    GRE_STATE_SEEKING },
    { GRE_STATE_SECURING,  GRE_EVENT_FAILED,   GRE_STATE_STOPPING },
    { GRE_STATE_SECURING,  GRE_EVENT_DOWN,     GRE_STATE_STOPPING },

    { GRE_STATE_ACTIVE,    GRE_EVENT_LOST,     GRE_STATE_SEEKING },
    { GRE_STATE_ACTIVE,    GRE_EVENT_FAILED,   GRE_STATE_STOPPING },
    { GRE_STATE_ACTIVE,    GRE_EVENT_DOWN,     GRE_STATE_STOPPING },

    { GRE_STATE_SEEKING,   GRE_EVENT_SECURED,  GRE_STATE_ACTIVE },
    { GRE_STATE_SEEKING,   GRE_EVENT_FAILED,   GRE_STATE_STOPPING },
    { GRE_STATE_SEEKING,   GRE_EVENT_DOWN,     GRE_STATE_STOPPING },

    { GRE_STATE_STOPPING,  GRE_EVENT_RELEASED, GRE_STATE_STOPPED },
    /* clang-format on */
};

GreState
gre_connection_fsm_next(GreState state, GreEvent event)
{
    for (guint i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (transitions[i].from == state && transitions[i].event == event)
            return transitions[i].to;
    return state;
}

gboolean
gre_connection_fsm_is_up(GreState state)
{
    return state == GRE_STATE_WAITING || state == GRE_STATE_ACTIVE || state == GRE_STATE_SEEKING;
}

const char *
gre_connection_fsm_state_name(GreState state)
{
    static const char *const names[GRE_N_STATES] = { "preparing", "waiting",  "securing", "active",
                                                     "seeking",   "stopping", "stopped" };

    return names[state];
}

const char *
gre_connection_fsm_event_name(GreEvent event)
{
    static const char *const names[GRE_N_EVENTS] = { "prepared", "secured", "armed",   "lost",
                                                     "failed",   "down",    "released" };

    return names[event];
}
