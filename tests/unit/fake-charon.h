/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small strongSwan for tests, on the fake VICI server: it holds connections, secrets, traps and
 * SAs, answers as the real one does and raises its events. What its peer does, the test says.
 */
#ifndef GRE_FAKE_CHARON_H
#define GRE_FAKE_CHARON_H

#include "fake-vici.h"

typedef struct {
    guint       id;
    const char *state; /* as in list-sas */
    guint32     spi_in, spi_out;
} FakeChild;

typedef struct {
    char       *name; /* of the connection; "(unnamed)" */
    guint       id;
    const char *state;
    gboolean    ours;
    guint64     spi; /* the initiator's */
    guint       age;
    gboolean    natted;   /* both ends are behind a NAT */
    const char *remote;   /* the peer's address, NULL: not told */
    GArray     *children; /* FakeChild */
} FakeIke;

/* What becomes of an initiate. */
typedef enum {
    FAKE_PEER_SILENT,    /* a half-open IKE_SA that nobody answers */
    FAKE_PEER_ANSWERS,   /* IKE_SA and CHILD_SA */
    FAKE_PEER_CHILDLESS, /* IKE_SA alone */
    FAKE_PEER_REFUSES,   /* refusal in the log, and no IKE_SA any more */
} FakePeerManner;

typedef struct {
    FakeVici      *vici;
    GPtrArray     *conns; /* char *, names */
    GPtrArray     *shared;
    GPtrArray     *traps;
    GPtrArray     *keys;        /* char *: ids: the SHA-1 of what was loaded, or of the handle */
    GPtrArray     *authorities; /* char *, names */
    GPtrArray     *ikes;        /* FakeIke */
    guint          last_id;
    FakePeerManner manner;
    const char    *refusal;    /* the log line of FAKE_PEER_REFUSES */
    gboolean       keeps_ikes; /* a polite terminate waits for a peer that is silent */
    gboolean       returns;    /* the peer sets up an SA anew as long as it finds a connection */
    guint          n_forced;   /* terminates with force */
    guint          n_polite;
} FakeCharon;

FakeCharon *fake_charon_new(void);
void        fake_charon_free(FakeCharon *charon);

/* As if killed: everything it held is gone. */
void fake_charon_kill(FakeCharon *charon);

/* Whether it takes a command without doing or answering it, as one whose threads are stuck does.
 * @command: (nullable): all */
void fake_charon_hang(FakeCharon *charon, const char *command, gboolean hangs);

/* As `swanctl --load-all` does: takes out connections and secrets that no file names, and logs it.
 */
void fake_charon_load_all(FakeCharon *charon);

/* An SA that came about without our asking; no event is raised. */
FakeIke       *
fake_charon_add_ike(FakeCharon *charon, const char *name, const char *state, gboolean ours);
guint fake_ike_add_child(FakeCharon *charon, FakeIke *ike, const char *state, guint32 spi_in);
FakeIke *fake_charon_find_ike(FakeCharon *charon, guint id);
void     fake_charon_drop_ike(FakeCharon *charon, guint id); /* no event */

void fake_charon_updown(FakeCharon *charon, const char *event, const FakeIke *ike, gboolean up);

/* A line of the log; @ike: (nullable) */
void fake_charon_log(FakeCharon *charon, const FakeIke *ike, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

gboolean fake_charon_is_empty(const FakeCharon *charon);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeCharon, fake_charon_free)

#endif
