/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A NetworkManager for tests, on a bus connection of its own and in the same main loop: its
 * profiles (/s/NUMBER), its active connections (/a/NUMBER), and what it was asked to bring up.
 */
#ifndef GRE_FAKE_NM_H
#define GRE_FAKE_NM_H

#include <gio/gio.h>

#define NM         "org.freedesktop.NetworkManager"
#define NM_PATH    "/org/freedesktop/NetworkManager"
#define NM_PROFILE NM ".Settings.Connection"

typedef struct _FakeNm FakeNm;

typedef struct {
    FakeNm     *nm;
    char       *path;
    GVariant   *settings;
    guint       object;
    guint       asked;          /* how often for its settings */
    const char *settings_error; /* D-Bus error names: what GetSettings, … */
    const char *look_error;     /* GetConnectionByUuid … */
    const char *activate_error; /* and ActivateConnection answer, where not NULL */
    GString    *calls;          /* "look " and "activate(BASE) " */
    gint64      activated;      /* when it was last asked for, monotonic */
} FakeNmProfile;

FakeNm *fake_nm_new(void);
void    fake_nm_free(FakeNm *nm); /* as if it was killed */

void fake_nm_own(FakeNm *nm);    /* takes the name … */
void fake_nm_export(FakeNm *nm); /* and has its objects; the real one does it in this order */
void fake_nm_disown(FakeNm *nm);

/* @device: its active connection is "/a/DEVICE". */
void fake_nm_add_device(FakeNm *nm, const char *device);

typedef struct {
    FakeNm    *nm;
    char      *path;
    char      *ifname;
    guint      object;
    guint      asked;     /* how often for its name */
    guint      set;       /* how often it was set unmanaged … */
    GDBusError set_error; /* and what that answers, if not 0 */
} FakeNmDevice;

/* NetworkManager has found a device of the kernel's, /d/NUMBER, and announces it. */
FakeNmDevice *fake_nm_find_device(FakeNm *nm, guint number, const char *ifname);
void          fake_nm_lose_device(FakeNm *nm, guint number);

GVariant *fake_nm_tunnel(const char *id, const char *uuid);
GVariant *fake_nm_companion(const char *id, const char *uuid, const char *protects);
GVariant *fake_nm_ethernet(const char *id, const char *uuid);

/* Adds or changes one and says nothing. @settings: floating. */
FakeNmProfile *fake_nm_put(FakeNm *nm, guint number, GVariant *settings);

/* The same with the signal that goes with it. */
void fake_nm_add(FakeNm *nm, guint number, GVariant *settings);
void fake_nm_update(FakeNm *nm, guint number, GVariant *settings);
void fake_nm_remove(FakeNm *nm, guint number);

FakeNmProfile *fake_nm_profile(FakeNm *nm, guint number);
guint          fake_nm_activations(const FakeNmProfile *profile); /* how often it was asked for */
guint fake_nm_lists(const FakeNm *nm); /* how often it was asked which profiles there are */

/* Answers to GetSettings are worked out and kept back from now on. */
void  fake_nm_hold(FakeNm *nm);
guint fake_nm_held(const FakeNm *nm);
void  fake_nm_let_go(FakeNm *nm); /* of the oldest one */
void  fake_nm_let_all_go(FakeNm *nm);

/* An active connection is there, in that state (NMActiveConnectionState), or changes to it; from 4
 * (deactivated) on it is no object any more. */
void  fake_nm_set_active(FakeNm *nm, guint number, const char *uuid, guint32 state);
guint fake_nm_active_asked(const FakeNm *nm); /* how often for the UUID of one */

#endif
