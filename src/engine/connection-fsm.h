/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states of one connection and their transitions. Pure: no clock, no kernel, no daemon;
 * connection.c carries out what a state requires.
 */
#ifndef GRE_CONNECTION_FSM_H
#define GRE_CONNECTION_FSM_H

#include <glib.h>

typedef enum {
    GRE_STATE_PREPARING, /* waiting for its turn; resolving; looking for the route to the peer */
    GRE_STATE_WAITING,   /* device handed to NetworkManager, with ends to which nothing can be sent;
                          * looking for the peer's address, or the route to it */
    GRE_STATE_SECURING,  /* barrier in place; waiting for the SA */
    GRE_STATE_ACTIVE,    /* device handed to NetworkManager; packets can flow */
    GRE_STATE_SEEKING,   /* device handed to NetworkManager; armed, no SA: nothing flows */
    GRE_STATE_STOPPING,  /* device gone; SA, connection and barrier follow */
    GRE_STATE_STOPPED,   /* nothing left */
    GRE_N_STATES,
} GreState;

typedef enum {
    GRE_EVENT_PREPARED, /* endpoints and the route to the peer are known */
    GRE_EVENT_SECURED,  /* the SA carries traffic, or none is configured */
    GRE_EVENT_ARMED,  /* no SA yet, perhaps no address, but that counts as up for this connection */
    GRE_EVENT_LOST,   /* the SA is gone */
    GRE_EVENT_FAILED, /* it cannot be set up, or a part was removed */
    GRE_EVENT_DOWN,   /* it is to end */
    GRE_EVENT_RELEASED, /* all that it held is released */
    GRE_N_EVENTS,
} GreEvent;

/* The state after @event in @state; @state itself if the event changes nothing. */
GreState gre_connection_fsm_next(GreState state, GreEvent event);

/* Whether the device exists and NetworkManager counts the connection as up. */
gboolean gre_connection_fsm_is_up(GreState state);

const char *gre_connection_fsm_state_name(GreState state);
const char *gre_connection_fsm_event_name(GreEvent event);

#endif
