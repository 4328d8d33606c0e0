/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of lines in the journal, each with an id of its own: `journalctl MESSAGE_ID=ID` finds
 * them, whatever their text. An id never changes, and never gets another meaning. nm-gre-service(8)
 * lists them, and data/nm-gre.catalog explains them (compared by tests/check/message-ids.sh).
 */
#ifndef GRE_MESSAGE_IDS_H
#define GRE_MESSAGE_IDS_H

/* clang-format off */

#define GRE_MESSAGES(KIND) \
    KIND(STATE,                "b28802a1d45742e2892fa029c3a16d92") \
    KIND(UP_SECURED,           "ef6fd2a9a0484677b8f829c229ce083f") \
    KIND(UP_DEVICE,            "94e156884e61413d92cd1e40c83ed3dc") \
    KIND(DOWN,                 "b880ab48dfdc46cb9ba05414dfcf1f70") \
    KIND(FAILED,               "74d71dc0a74b45329aee0819dc0da367") \
    KIND(TROUBLE,              "dc5cc7ebcdc74c61a240aa39ba440d1e") \
    KIND(PROFILE_INVALID,      "533c2274c648468fb02bbd97ba6a17ad") \
    KIND(PROFILE_IGNORED,      "eeddcb5f81a344429e373316dbbf533d") \
    KIND(PROFILES_READ,        "5806cf0712f046f49303235269ac4069") \
    KIND(PROFILE_CONFLICT,     "0dbf7619c2494dd1905cc0a62a280fdb") \
    KIND(SECRET_ASKED,         "8481094e6ec5463cbd664fab9498ff87") \
    KIND(MTU,                  "185c2e4625664cee8a0ef90dacb424a9") \
    KIND(MOVED,                "3dfb38982bc8498784d2b7c4f080b6db") \
    KIND(DEVICE_GONE,          "373cf684a1e14919aeb9c658663674cd") \
    KIND(DEVICE_FAILED,        "b811ff3b9dd24c438288d689545ec6f0") \
    KIND(DEVICE_NOT_UNMANAGED, "6d4a0d49d5da4e96823ae9607dff7332") \
    KIND(BARRIER_UP,           "22865651e2944186b06216f4126c7b15") \
    KIND(BARRIER_FAILED,       "0b3a81fc10df43c8a5bfb19c78ba188e") \
    KIND(BARRIER_REMOVED,      "745cfa6d059049e4b98bb414ebc4fef7") \
    KIND(BARRIER_FOREIGN,      "2c7dbbf0f4d84449b8c8893792522d34") \
    KIND(BARRIER_PARTLY,       "152bbb38b2b946ae8cb8dd56f126bef3") \
    KIND(SA_RENEWED,           "f64b904dbe3c4b4fa114c77fc560a277") \
    KIND(LEFTOVER_REMOVED,     "c152682179bf4d51a26d5c9df073a534") \
    KIND(LEFTOVER_KEPT,        "3a8a5191deb34b758d19ea945062ab87") \
    KIND(COMPANION_RESTART,    "3b81fb42ce6f4ff4be5caee39ed09dc6") \
    KIND(RESTART,              "3c6342e4d7174fe39e7bd48419b98c3f") \
    KIND(RESTART_FAILED,       "61fb5b78d1684ea397caf660fff5a10e") \
    KIND(NM_STOPPED,           "32f4b593df3b4e8c98d8897cbed46cee") \
    KIND(SERVICE_FAILED,       "2409d11585584c56b75f56d99a013bbd") \
    KIND(SERVICE_STARTED,      "58f25c9aa846493a94861dbe4a356145") \
    KIND(SERVICE_RELOADED,     "492eb0a13c9649d5933eae8653b28415") \
    KIND(BUS_LOST,             "b09e3ceea8ec41708d8072f0c3d34049") \
    KIND(NOTIFY_FAILED,        "8d0df5531bdb487985745102dc54be00") \
    KIND(LIBRARY,              "a992c1d133584011ab9b0f48089db4fd")

#define GRE_MESSAGE_ROW(name, id) GRE_MESSAGE_##name,
/* clang-format on */

typedef enum { GRE_MESSAGES(GRE_MESSAGE_ROW) GRE_N_MESSAGES } GreMessage;
#undef GRE_MESSAGE_ROW

/* 32 hexadecimal digits. */
const char *gre_message_ids_get(GreMessage message);

#endif
