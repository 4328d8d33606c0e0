/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states of one connection and what leads from one to the next. Pure: no clock, no kernel, no
 * daemon; connection.c does what entering a state means.
 */
#ifndef GRE_CONNECTION_FSM_H
#define GRE_CONNECTION_FSM_H

#include <glib.h>

typedef enum {
    GRE_STATE_PREPARING, /* waiting for its turn; resolving; looking for the way to the peer */
    GRE_STATE_SECURING,  /* barrier laid; waiting for the SA */
    GRE_STATE_ACTIVE,    /* device handed to NetworkManager; packets can flow */
    GRE_STATE_SEEKING,   /* device handed to NetworkManager; armed, no SA: nothing flows */
    GRE_STATE_STOPPING,  /* device gone; SA, connection and barrier follow */
    GRE_STATE_STOPPED,   /* nothing left */
    GRE_N_STATES,
} GreState;

typedef enum {
    GRE_EVENT_PREPARED, /* endpoints and the way to the peer are known */
    GRE_EVENT_SECURED,  /* the SA carries traffic, or none is wanted */
    GRE_EVENT_ARMED,    /* no SA yet, but that counts as up for this connection */
    GRE_EVENT_LOST,     /* the SA is gone */
    GRE_EVENT_FAILED,   /* it can't be had, or somebody took a part away */
    GRE_EVENT_DOWN,     /* it is asked to end */
    GRE_EVENT_RELEASED, /* all that it held is released */
    GRE_N_EVENTS,
} GreEvent;

/* The state that @event leads to from @state; @state itself where the event changes nothing. */
GreState gre_connection_fsm_next(GreState state, GreEvent event);

/* Whether the device stands and NetworkManager counts the connection as up. */
gboolean gre_connection_fsm_is_up(GreState state);

const char *gre_connection_fsm_state_name(GreState state);
const char *gre_connection_fsm_event_name(GreEvent event);

#endif
